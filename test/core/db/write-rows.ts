import { openTown } from '../../../core/db/open-town.ts'

// A process that writes numbered rows into the embedded town of the directory named on the command
// line, and says each number once its transaction has committed, until it is killed.
const [dataDir = ''] = process.argv.slice(2)
const log = { ...console, info() {} }
const { sql } = await openTown({ schema: 'town', dataDir, log })
await sql.unsafe('CREATE TABLE IF NOT EXISTS numbered (n int4 PRIMARY KEY, filler text)')
const { start } = await sql.one<{ start: number }>`
  select coalesce(max(n), 0) + 1 as start from numbered`
for (let n = start; ; n++) {
  await sql.transaction(async (inside) => {
    await inside.run`insert into numbered values (${n}, ${'x'.repeat(500)})`
    await inside.run`update numbered set filler = filler || 'y' where n = ${n}`
  })
  process.stdout.write(`${n}\n`)
}
