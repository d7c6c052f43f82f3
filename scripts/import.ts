import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { type Context } from '../core/context.ts'
import { type ControlOutput } from '../core/db/control-channel.ts'
import { type Encoding, SINGLE_BYTE } from '../core/exchange/formats/encoding.ts'
import { importFile } from '../core/exchange/import-file.ts'
import { IMPORT_KINDS } from '../core/exchange/kind.ts'
import { describeRefusal, describeReport, USAGE } from './import-words.ts'

/** Where a command speaks, and the folder its file names are relative to. */
export type CommandIo = ControlOutput & { cwd: string }

/** A file is held in memory; a year of a large city is smaller. */
const FILE_BYTES_MAX = 256 * 1024 * 1024
const AUTHOR = 'command line'
const ENCODINGS: readonly Encoding[] = ['utf-8', 'utf-16le', 'utf-16be', ...SINGLE_BYTE]

/**
 * Imports a file into the town: `--provider CODE --kind KIND [--encoding E] [--own-only] [--dry-run]
 * [--json] FILE`. Prints a summary for people, or with `--json` the report alone.
 * Returns the exit code: 0 applied, applied before, or a dry run without errors; 1 refused; 2 wrong usage.
 */
export async function runImport(
  ctx: Context,
  argv: readonly string[],
  io: CommandIo,
): Promise<number> {
  const options = readOptions(argv)
  const content = options && (await readContent(path.resolve(io.cwd, options.file)))
  if (!options || !content) {
    io.err(options ? `Файл ${options.file} не читається\n` : USAGE)
    return 2
  }
  const { file, json, ...input } = options
  const fileName = path.basename(file)
  const imported = await importFile(ctx, { ...input, fileName, content, author: AUTHOR })
  const report = imported.ok
    ? imported.value
    : imported.code === 'rows-refused'
      ? imported.report
      : null
  if (json) io.out(`${JSON.stringify(report ?? imported)}\n`)
  else if (report) io.out(describeReport(fileName, report, input.dryRun))
  else if (!imported.ok) io.out(describeRefusal(fileName, imported))
  return imported.ok ? 0 : 1
}

function readOptions(argv: readonly string[]) {
  const parsed = parse(argv)
  const file = parsed?.positionals[0]
  if (!parsed || file === undefined || parsed.positionals.length > 1) return null
  const { values } = parsed
  const kind = IMPORT_KINDS.find((one) => one === values.kind)
  const encoding = ENCODINGS.find((one) => one === values.encoding)
  if (!kind || (values.encoding !== undefined && !encoding)) return null
  return {
    file,
    kind,
    json: values.json,
    dryRun: values['dry-run'],
    ownOnly: values['own-only'],
    ...(values.provider !== undefined && { provider: values.provider }),
    ...(encoding && { encoding }),
  }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        provider: { type: 'string' },
        kind: { type: 'string' },
        encoding: { type: 'string' },
        'own-only': { type: 'boolean', default: false },
        'dry-run': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    })
  } catch {
    // parseArgs throws on options it does not know: that is wrong usage, nothing else
    return null
  }
}

async function readContent(file: string): Promise<Buffer | null> {
  const known = await stat(file).catch(() => null)
  if (!known?.isFile() || known.size > FILE_BYTES_MAX) return null
  return readFile(file)
}
