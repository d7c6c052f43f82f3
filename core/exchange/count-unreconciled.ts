import { type Context } from '../context.ts'
import { type Period } from '../period.ts'

/**
 * Charged months of the providers, from the earliest to the latest of `months`, whose statement closes
 * with another sum than the provider's file said: 0 when charges and payments are both complete.
 */
export async function countUnreconciled(
  ctx: Context,
  providerIds: readonly number[],
  months: readonly Period[],
): Promise<number> {
  const first = months.reduce((a, b) => (b < a ? b : a), months[0] ?? 0)
  const last = months.reduce((a, b) => (b > a ? b : a), months[0] ?? 0)
  const { count } = await ctx.sql.one<{ count: number }>`
    select count(*)::int4 as count
    from account a
    join agreement g on g.account_id = a.id
    join charge c on c.agreement_id = g.id and not c.reversed
      and c.period between ${first}::int4 and ${last}::int4
    left join lateral (
      select s.closing from statement s
      where s.agreement_id = c.agreement_id and s.period <= c.period
      order by s.period desc limit 1
    ) stands on true
    where a.provider_id = any(${providerIds}::int4[])
      and coalesce(stands.closing, 0) <> c.asserted_closing`
  return count
}
