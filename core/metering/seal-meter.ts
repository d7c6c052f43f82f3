import { type Context } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { accept } from '../result.ts'
import { writeMeterEvent } from './meter-event.ts'
import { meterToWorkOn, type Work } from './staff-meter.ts'

/**
 * Records a new seal of a meter.
 *
 * Refuses: `meter-not-found`; `meter-removed`; `day-in-future`; `before-installation`.
 */
export function sealMeter(ctx: Context, input: Work & { seal: string }) {
  return transaction(ctx, async (tx) => {
    const found = await meterToWorkOn(tx, input)
    if (!found.ok) return found
    const { meterId, seal } = input
    const before = await tx.sql.one<{ seal: string | null }>`
      select seal from meter where id = ${meterId}`
    await tx.sql.run`update meter set seal = ${seal} where id = ${meterId}`
    await writeMeterEvent(tx, input, 'sealed', { seal, before: before.seal })
    return accept(undefined)
  })
}
