import { type Context } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { accept } from '../result.ts'
import { writeMeterEvent } from './meter-event.ts'
import { meterToWorkOn, type Work } from './staff-meter.ts'
import { judgeVisit, type SeenValue, storeVisit, toldValues } from './store-visit.ts'

/**
 * Records what a controller saw on every dial of a meter. It takes the place of what was sent for that
 * day or by a person for that month; both are kept. The same values again change nothing.
 *
 * Gives the registration number, and `needsReview` when a value looks unusual.
 * Refuses: `meter-not-found`; `meter-removed`; `day-in-future`; `before-installation`; `zones-differ`;
 * `value-too-large`; `reading-below-previous` with `zone` and `previous` (10⁻⁸ units), unless it
 * rolled over.
 */
export function readOnVisit(ctx: Context, input: Work & { values: readonly SeenValue[] }) {
  return transaction(ctx, async (tx) => {
    const found = await meterToWorkOn(tx, input)
    if (!found.ok) return found
    const judged = await judgeVisit(tx, found.meter, input.on, input.values)
    if (!judged.ok) return judged
    const { visit } = judged
    const { registrationNo, replayed } = await storeVisit(tx, visit)
    const needsReview = visit.values.some((one) => one.needsReview)
    if (!replayed) {
      const details = { values: toldValues(visit), registrationNo: registrationNo.toString() }
      await writeMeterEvent(tx, input, 'read', details)
    }
    return accept({ registrationNo, needsReview, replayed })
  })
}
