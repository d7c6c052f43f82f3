import { type Context } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { accept } from '../result.ts'
import { writeMeterEvent } from './meter-event.ts'
import { meterToWorkOn, type Work } from './staff-meter.ts'
import { judgeVisit, type SeenValue, storeVisit, toldValues, type Visit } from './store-visit.ts'

/**
 * Removes a meter with its closing reading: from that day nothing is charged by it.
 *
 * Gives the registration number of the closing reading, and `needsReview` when it looks unusual.
 * Refuses: `meter-not-found`; `meter-removed`; `day-in-future`; `before-installation`; `zones-differ`;
 * `value-too-large`; `reading-below-previous` with `zone` and `previous` (10⁻⁸ units), unless it
 * rolled over.
 */
export function removeMeter(ctx: Context, input: Work & { closing: readonly SeenValue[] }) {
  return transaction(ctx, async (tx) => {
    const checked = await checkRemoval(tx, input)
    if (!checked.ok) return checked
    return accept(await storeRemoval(tx, input, checked.visit))
  })
}

/** The meter and its judged closing reading, or why it cannot be removed: as `removeMeter`. */
export async function checkRemoval(ctx: Context, input: Work & { closing: readonly SeenValue[] }) {
  const found = await meterToWorkOn(ctx, input)
  if (!found.ok) return found
  const judged = await judgeVisit(ctx, found.meter, input.on, input.closing)
  return judged.ok ? ({ ok: true, meter: found.meter, visit: judged.visit } as const) : judged
}

/** Writes a removal that was checked: the closing reading, the meter's end and its history. */
export async function storeRemoval(ctx: Context, work: Work, visit: Visit) {
  const { registrationNo } = await storeVisit(ctx, visit)
  await ctx.sql.run`
    update meter set removed_on = ${work.on}, removed_at = ${ctx.now()} where id = ${work.meterId}`
  const details = { values: toldValues(visit), registrationNo: registrationNo.toString() }
  await writeMeterEvent(ctx, work, 'removed', details)
  return { registrationNo, needsReview: visit.values.some((one) => one.needsReview) }
}
