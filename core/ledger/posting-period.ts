import { type Context } from '../context.ts'
import { addMonths, type Period, periodOf, type PlainDate } from '../period.ts'

/**
 * The month an entry is posted to: the month of its effective day while that month is not issued,
 * else the first month that is not. An issued month is never touched.
 */
export function postingPeriod(effectiveOn: PlainDate, lastIssued: Period | null): Period {
  const month = periodOf(effectiveOn)
  return lastIssued !== null && month <= lastIssued ? addMonths(lastIssued, 1) : month
}

/** The latest month the provider has issued, or null. */
export async function readLastIssued(ctx: Context, providerId: number): Promise<Period | null> {
  const { period } = await ctx.sql.one<{ period: Period | null }>`
    select max(period) as period from billing_period
    where provider_id = ${providerId} and state in ('issued', 'closed')`
  return period
}
