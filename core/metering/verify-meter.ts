import { type Context } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { type PlainDate } from '../period.ts'
import { accept, refuse } from '../result.ts'
import { writeMeterEvent } from './meter-event.ts'
import { meterToWorkOn, type Work } from './staff-meter.ts'

/**
 * Records a verification of a meter: readings count again through its last day `until`. Earlier
 * verifications stay; the meter shows the one that ends last. The same one again changes nothing.
 *
 * Gives whether it was `replayed`.
 * Refuses: `meter-not-found`; `meter-removed`; `day-in-future`; `verification-wrong` when it ends
 * before it begins. A meter may be verified before it is installed.
 */
export function verifyMeter(ctx: Context, input: Work & { until: PlainDate }) {
  return transaction(ctx, async (tx) => {
    const found = await meterToWorkOn(tx, input)
    if (!found.ok && found.code !== 'before-installation') return found
    const { author, document, meterId, on, until } = input
    if (until < on) return refuse('verification-wrong')
    const same = await tx.sql.maybe`
      select 1 from verification
      where meter_id = ${meterId} and from_day = ${on} and until_day = ${until} limit 1`
    if (same) return accept({ replayed: true })
    await tx.sql.run`
      insert into verification (meter_id, from_day, until_day, document, author, recorded_at)
      values (${meterId}, ${on}, ${until}, ${document}, ${author}, ${tx.now()})`
    await tx.sql.run`
      update meter set verified_on = ${on}, verified_until = ${until}
      where id = ${meterId} and (verified_until is null or verified_until < ${until})`
    await writeMeterEvent(tx, input, 'verified', { until })
    return accept({ replayed: false })
  })
}
