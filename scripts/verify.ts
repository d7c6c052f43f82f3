import { parseArgs } from 'node:util'
import { type Context } from '../core/context.ts'
import { type ControlOutput } from '../core/db/control-channel.ts'
import { type Fault } from '../core/ledger/fault.ts'
import { verify } from '../core/ledger/verify.ts'

const USAGE = `npm run -s verify             checks the whole journal, one line for each fault
npm run -s verify -- --json   the same, each line is JSON
`
const CLEAN = 0
const FAULTS = 1
const WRONG_USAGE = 2

/**
 * Checks the journal and the statements and prints each fault as soon as it is found. Gives 0 when
 * there is none, 1 when there are some, 2 for arguments it does not know.
 */
export async function runVerify(
  ctx: Context,
  argv: readonly string[],
  io: ControlOutput,
): Promise<number> {
  const json = wantsJson(argv)
  if (json === null) {
    io.err(USAGE)
    return WRONG_USAGE
  }
  let count = 0
  for await (const fault of verify(ctx)) {
    count += 1
    io.out(`${json ? JSON.stringify(fault, idAsText) : `${fault.fault}: ${inWords(fault)}`}\n`)
  }
  if (!json) io.out(count === 0 ? 'the journal is whole\n' : `faults: ${count}\n`)
  return count === 0 ? CLEAN : FAULTS
}

function wantsJson(argv: readonly string[]): boolean | null {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: { json: { type: 'boolean', default: false } },
    })
    return values.json
  } catch {
    return null
  }
}

function idAsText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

function inWords(fault: Fault): string {
  switch (fault.fault) {
    case 'entry-altered':
      return `entry ${fault.entryId} of posting ${fault.postingId} is not what was booked`
    case 'entry-missing':
      return `entry no. ${fault.ordinal} of posting ${fault.postingId} is gone`
    case 'entry-extra':
      return `entry ${fault.entryId} was never booked in posting ${fault.postingId}`
    case 'posting-altered':
      return `posting ${fault.postingId} is not what was booked`
    case 'posting-missing':
      return `after ${fault.afterPostingId === null ? 'the start' : `posting ${fault.afterPostingId}`} of provider ${fault.providerId} a posting is gone`
    case 'posting-extra':
      return `posting ${fault.postingId} is a copy of an earlier one`
    case 'journal-altered':
      return `the journal of provider ${fault.providerId} does not end with its last posting`
    case 'statement-wrong':
      return `month ${fault.period} of agreement ${fault.agreementId} is not the sum of its entries`
  }
}
