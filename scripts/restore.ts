import path from 'node:path'
import { environment, readConfig } from '../config.ts'
import { type ControlOutput } from '../core/db/control-channel.ts'
import { type Database, openTown } from '../core/db/open-town.ts'
import { restoreBackup } from '../core/db/restore.ts'
import { type Logger } from '../core/log.ts'
import { contextOf, type TownSettings } from '../core/town.ts'
import { openLog } from '../log.ts'
import { runVerify } from './verify.ts'

const USAGE = `npm run -s restore -- FILE    fills an empty town from a backup, then verifies it
`
const REFUSED = 1
const WRONG_USAGE = 2

/**
 * Fills an empty town from a backup file and verifies it. Gives what `verify` gives: 0 when every
 * posting and statement is whole; 1 also when the file cannot be restored, and nothing is changed then.
 */
export async function runRestore(
  database: Database,
  settings: TownSettings,
  log: Logger,
  file: string,
  io: ControlOutput,
): Promise<number> {
  const restored = await restoreBackup(database.sql, file)
  if (!restored.ok) {
    io.err(`${restored.code}: ${inWords(restored)}; nothing was changed\n`)
    return REFUSED
  }
  const { tables, town, writtenAt } = restored.value
  const rows = tables.reduce((sum, table) => sum + table.rows, 0)
  io.out(`${rows} rows of ${tables.length} tables of ${town}, as of ${writtenAt}, are restored\n`)
  return runVerify(await contextOf(database, settings, log), [], io)
}

type Refusal = Exclude<Awaited<ReturnType<typeof restoreBackup>>, { ok: true }>

function inWords(refusal: Refusal): string {
  switch (refusal.code) {
    case 'backup-damaged':
      return refusal.reason
    case 'backup-of-other-version':
      return (
        `the backup was made at migration ${refusal.theirs}, this program is at ${refusal.ours}: ` +
        'restore with the release that made it, then upgrade'
      )
    case 'town-not-empty':
      return (
        `the town has rows in ${refusal.table}: restore into an empty one ` +
        '(another TOWN_SCHEMA or DATA_DIR)'
      )
  }
}

/** Not a command for the holder of an embedded town: nothing may run in a town that is filled. */
async function main(): Promise<number> {
  const [name, ...more] = process.argv.slice(2)
  const io: ControlOutput = {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
  }
  if (!name || name.startsWith('-') || more.length > 0) {
    io.err(USAGE)
    return WRONG_USAGE
  }
  const config = readConfig(environment())
  const { dataDir, schema, url } = config.database
  const log = openLog('warn')
  const database = await openTown({ schema, databaseUrl: url, dataDir, log })
  try {
    return await runRestore(database, config.town, log, path.resolve(name), io)
  } finally {
    await database.close()
  }
}

if (import.meta.filename === path.resolve(process.argv[1] ?? ''))
  process.exitCode = await main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return REFUSED
  })
