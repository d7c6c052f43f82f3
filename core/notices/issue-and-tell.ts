import { issueMonths } from '../billing/issue-months.ts'
import { type Context } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { type Period } from '../period.ts'
import { accept } from '../result.ts'
import { tellBillsReady } from './tell-bills-ready.ts'

/**
 * Issues a provider's months up to and including `month` and tells linked consumers that the bill of
 * the last of them is ready: about a history that is issued at once nobody wants twenty letters.
 *
 * Gives the months issued now, oldest first, and how many notices were queued.
 * Refuses: as `issueMonths`.
 */
export function issueAndTell(
  ctx: Context,
  input: { providerCode: string; month: Period; author?: string },
) {
  return transaction(ctx, async (tx) => {
    const issued = await issueMonths(tx, input)
    if (!issued.ok) return issued
    const { months } = issued.value
    const newest = months.at(-1)
    const told =
      newest === undefined
        ? 0
        : await tellBillsReady(tx, { providerCode: input.providerCode, month: newest })
    return accept({ months, told })
  })
}
