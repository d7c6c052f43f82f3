import path from 'node:path'
import { environment, readConfig } from '../config.ts'
import { type Town } from '../core/context.ts'
import { type ControlOutput, type ControlRequest } from '../core/db/control-channel.ts'
import { askHolder } from '../core/db/directory-lock.ts'
import { openTown } from '../core/db/open-town.ts'
import { contextOf } from '../core/town.ts'
import { openLog } from '../log.ts'
import { runApiKey } from './api-key.ts'
import { runBackup } from './backup.ts'
import { runImport } from './import.ts'
import { runMonth } from './month.ts'
import { runReplay } from './replay.ts'
import { runReport } from './report.ts'
import { runUndo } from './undo.ts'
import { runVerify } from './verify.ts'

/** A command: words in, words out, exit code. Paths in `argv` are relative to `cwd`. */
export type Command = (
  town: Town,
  argv: readonly string[],
  io: ControlOutput & { cwd: string },
) => Promise<number>

const COMMANDS: Record<string, Command> = {
  import: runImport,
  undo: runUndo,
  report: runReport,
  replay: runReplay,
  verify: runVerify,
  month: runMonth,
  'api-key': runApiKey,
  backup: runBackup,
}
const USAGE = 2

/** Does a command another process brought: on the embedded database only the holder has the data. */
export async function serveCommand(
  town: Town,
  request: ControlRequest,
  output: ControlOutput,
): Promise<number> {
  const command = COMMANDS[request.command]
  if (!command) {
    output.err(`unknown command ${request.command}\n`)
    return USAGE
  }
  return command(town, request.argv, { ...output, cwd: request.cwd })
}

/** `tsx scripts/command.ts <command> …`: here, or in the process that holds the embedded data. */
async function main(): Promise<number> {
  const [command = '', ...argv] = process.argv.slice(2)
  const output: ControlOutput = {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
  }
  if (!COMMANDS[command]) {
    output.err(`commands: ${Object.keys(COMMANDS).join(', ')}\n`)
    return USAGE
  }
  const config = readConfig(environment())
  const { dataDir, schema, url } = config.database
  const request = { command, argv, cwd: process.cwd() }
  if (!url) {
    const exit = await askHolder(path.join(dataDir, schema), request, output)
    if (exit !== null) return exit
  }
  const log = openLog('warn')
  const database = await openTown({ schema, databaseUrl: url, dataDir, log })
  try {
    return await serveCommand(await contextOf(database, config.town, log), request, output)
  } finally {
    await database.close()
  }
}

if (import.meta.filename === path.resolve(process.argv[1] ?? ''))
  process.exitCode = await main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : 'failed'}\n`)
    return 1
  })
