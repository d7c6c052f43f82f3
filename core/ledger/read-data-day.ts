import { type Context } from '../context.ts'
import { dayIn, type PlainDate } from '../period.ts'

/**
 * The day up to which the balances of these accounts are known: the oldest among the latest
 * bookings of their providers. Null when nothing was booked yet.
 */
export async function readDataDay(
  ctx: Context,
  accountIds: readonly number[],
): Promise<PlainDate | null> {
  const { at } = await ctx.sql.one<{ at: Date | null }>`
    select min(p.booked_at) as at from journal j join posting p on p.id = j.last_posting_id
    where j.provider_id in (
      select provider_id from account where id = any(${accountIds}::int4[]))`
  return at && dayIn(at, ctx.zone)
}
