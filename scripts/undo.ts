import { parseArgs } from 'node:util'
import { type Context } from '../core/context.ts'
import { type ControlOutput } from '../core/db/control-channel.ts'
import { undoBatch } from '../core/exchange/undo-batch.ts'

const USAGE = `npm run -s undo -- BATCH --reason TEXT    takes back what an import brought
`
const DONE = 0
const REFUSED = 1
const WRONG_USAGE = 2
const AUTHOR = 'command line'

/**
 * Undoes an import: charges and payments by reversal, readings and awards by taking them away.
 * Returns the exit code: 0 undone; 1 refused, with the code; 2 wrong usage.
 */
export async function runUndo(
  ctx: Context,
  argv: readonly string[],
  io: ControlOutput,
): Promise<number> {
  const asked = readArgs(argv)
  if (!asked) {
    io.err(USAGE)
    return WRONG_USAGE
  }
  const undone = await undoBatch(ctx, { ...asked, author: AUTHOR })
  if (!undone.ok) {
    io.err(`${undone.code}\n`)
    return REFUSED
  }
  io.out(`batch ${asked.batchId}: ${undone.value.undone} ${undone.value.kind} taken back\n`)
  return DONE
}

function readArgs(argv: readonly string[]): { batchId: number; reason: string } | null {
  try {
    const { positionals, values } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { reason: { type: 'string' } },
    })
    const batchId = Number(positionals[0])
    if (positionals.length !== 1 || !Number.isInteger(batchId) || !values.reason) return null
    return { batchId, reason: values.reason }
  } catch {
    return null
  }
}
