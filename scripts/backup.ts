import path from 'node:path'
import { type Context } from '../core/context.ts'
import { writeBackup } from '../core/db/backup.ts'
import { type ControlOutput } from '../core/db/control-channel.ts'

const USAGE = `npm run -s backup -- FILE     writes the whole town into a new file
`
const DONE = 0
const REFUSED = 1
const WRONG_USAGE = 2

/**
 * Writes a backup and says what is in it. Gives 0 when the file is there, 1 when one of this name is
 * there already, 2 for other arguments than one file name.
 */
export async function runBackup(
  ctx: Context,
  argv: readonly string[],
  io: ControlOutput & { cwd: string },
): Promise<number> {
  const [name, ...more] = argv
  if (!name || name.startsWith('-') || more.length > 0) {
    io.err(USAGE)
    return WRONG_USAGE
  }
  const file = path.resolve(io.cwd, name)
  const written = await writeBackup(ctx, file)
  if (!written.ok) {
    io.err(`${written.code}: ${file} is there already and stays as it is\n`)
    return REFUSED
  }
  const { bytes, rows, tables } = written.value
  io.out(`${file}: ${rows} rows of ${tables} tables, ${bytes} bytes\n`)
  return DONE
}
