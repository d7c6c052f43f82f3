import { benchBill } from './bill.ts'
import { benchImports } from './imports.ts'
import { benchMonth } from './month.ts'
import { benchStarts } from './starts.ts'
import { benchTurns } from './turns.ts'

// `npm run bench [-- bills|imports|month|turns|starts]`: ratios against a floor measured in the same run.

const databaseUrl = process.env['BENCH_DATABASE_URL'] ?? process.env['DATABASE_URL']
const only = process.argv[2]

const benches: Record<string, () => Promise<object>> = {
  bills: benchBill,
  ...(databaseUrl
    ? { imports: () => benchImports(databaseUrl), turns: () => benchTurns(databaseUrl) }
    : {}),
  month: () => benchMonth(databaseUrl),
  starts: benchStarts,
}
for (const [name, bench] of Object.entries(benches)) {
  if (only && only !== name) continue
  console.log(`${name} ${JSON.stringify(await bench(), rounded, 2)}`)
}
if (!databaseUrl)
  console.log(
    'imports and turns need a PostgreSQL server, month asks for one: set BENCH_DATABASE_URL',
  )

function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1000) / 1000 : value
}
