import { type Context } from '../context.ts'
import { accept, refuse } from '../result.ts'
import { openJournal } from './open-journal.ts'

/**
 * Makes sure that what was booked up to `asOf` is complete for ever: nothing will be booked at or
 * before it any more. Ask the ledger about `asOf` only after this accepted.
 *
 * Refuses: `as-of-in-future`; `as-of-unfinished` (with `watermark`, the latest instant that can be
 * asked now) while a posting is under way that may still take an instant up to `asOf`.
 */
export async function settleAsOf(ctx: Context, providerId: number, asOf: Date) {
  if (asOf > ctx.now()) return refuse('as-of-in-future')
  const watermark = await readWatermark(ctx, providerId)
  if (asOf <= watermark) return accept(undefined)
  // Whoever posts holds the row: skip instead of waiting for a month's close to finish.
  const raised = await ctx.sql.run`
    update journal set watermark = greatest(watermark, ${asOf})
    where provider_id in (
      select provider_id from journal where provider_id = ${providerId} for update skip locked)`
  return raised === 1 ? accept(undefined) : refuse('as-of-unfinished', { watermark })
}

async function readWatermark(ctx: Context, providerId: number): Promise<Date> {
  const read = () => ctx.sql.maybe<{ watermark: Date }>`
    select watermark from journal where provider_id = ${providerId}`
  const known = await read()
  if (known) return known.watermark
  // The promise needs a row to stand in even before the first posting.
  await openJournal(ctx, providerId)
  const opened = await read()
  if (!opened) throw new Error(`provider ${providerId} has no journal`)
  return opened.watermark
}
