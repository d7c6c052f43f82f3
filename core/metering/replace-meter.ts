import { type Context } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { accept } from '../result.ts'
import { checkInstallation, type NewMeter, storeMeter } from './install-meter.ts'
import { checkRemoval, storeRemoval } from './remove-meter.ts'
import { type Work } from './staff-meter.ts'
import { type SeenValue } from './store-visit.ts'

/**
 * Replaces a meter by another one under one act: the old is removed with its closing reading, the new
 * one hangs from the same day with its own first value. All of it, or nothing.
 *
 * Gives the new meter's id and the registration number of the closing reading.
 * Refuses: as `removeMeter` and `installMeter`.
 * Source: the month's volume is (closing of the old − last) + (reading of the new − its initial).
 */
export function replaceMeter(
  ctx: Context,
  input: Work & { closing: readonly SeenValue[]; meter: NewMeter },
) {
  return transaction(ctx, async (tx) => {
    const { author, document, on } = input
    const removal = await checkRemoval(tx, input)
    if (!removal.ok) return removal
    const at = { agreementId: removal.meter.agreementId, on, document, author }
    const wrong = await checkInstallation(tx, at, input.meter)
    if (wrong) return wrong
    const removed = await storeRemoval(tx, input, removal.visit)
    return accept({ ...removed, meterId: await storeMeter(tx, at, input.meter) })
  })
}
