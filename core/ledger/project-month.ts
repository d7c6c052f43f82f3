import { type Context } from '../context.ts'
import { codesOf } from './entry-kind.ts'
import { type Period } from '../period.ts'

/**
 * Adds a posting whose entries are all of one month to the statements of its agreements: the same as
 * `projectPosting`, made for a whole town at once. The caller holds the provider's posting lock.
 */
export async function projectMonth(
  ctx: Context,
  { period, postingId }: { postingId: bigint; period: Period },
): Promise<void> {
  // A table of its own has statistics: without them the planner takes a town for a handful of rows.
  await ctx.sql.run`
    create temporary table if not exists month_delta (agreement_id int4 primary key, opening int8,
      accrued int8, subscription int8, penalty int8, correction int8, benefit int8, subsidy int8,
      paid int8, total int8) on commit delete rows`
  await ctx.sql.run`delete from month_delta`
  await ctx.sql.run`
    insert into month_delta
    select agreement_id,
      coalesce(sum(amount) filter (where kind = any(${codesOf('opening')}::int2[])), 0),
      coalesce(sum(amount) filter (where kind = any(${codesOf('accrued')}::int2[])), 0),
      coalesce(sum(amount) filter (where kind = any(${codesOf('subscription')}::int2[])), 0),
      coalesce(sum(amount) filter (where kind = any(${codesOf('penalty')}::int2[])), 0),
      coalesce(sum(amount) filter (where kind = any(${codesOf('correction')}::int2[])), 0),
      -coalesce(sum(amount) filter (where kind = any(${codesOf('benefit')}::int2[])), 0),
      -coalesce(sum(amount) filter (where kind = any(${codesOf('subsidy')}::int2[])), 0),
      -coalesce(sum(amount) filter (where kind = any(${codesOf('paid')}::int2[])), 0),
      sum(amount)
    from (
      select to_id as agreement_id, kind, amount from entry
      where posting_id = ${postingId} and to_id > 0
      union all
      select from_id, kind, -amount from entry where posting_id = ${postingId} and from_id > 0
    ) moved group by agreement_id`
  await ctx.sql.unsafe('ANALYZE month_delta')
  await ctx.sql.run`
    insert into statement as s (agreement_id, period, opening, accrued, subscription, penalty,
      correction, benefit, subsidy, paid, closing)
    select d.agreement_id, ${period}::int4, coalesce(before.closing, 0) + d.opening, d.accrued,
      d.subscription, d.penalty, d.correction, d.benefit, d.subsidy, d.paid,
      coalesce(before.closing, 0) + d.total
    from month_delta d
    left join lateral (
      select b.closing from statement b
      where b.agreement_id = d.agreement_id and b.period < ${period}
      order by b.period desc limit 1) before on true
    order by d.agreement_id
    on conflict (agreement_id, period) do update set
      opening = s.opening + excluded.opening - coalesce((
        select b.closing from statement b
        where b.agreement_id = s.agreement_id and b.period < ${period}
        order by b.period desc limit 1), 0),
      accrued = s.accrued + excluded.accrued,
      subscription = s.subscription + excluded.subscription,
      penalty = s.penalty + excluded.penalty,
      correction = s.correction + excluded.correction,
      benefit = s.benefit + excluded.benefit,
      subsidy = s.subsidy + excluded.subsidy,
      paid = s.paid + excluded.paid,
      closing = s.closing + excluded.closing - coalesce((
        select b.closing from statement b
        where b.agreement_id = s.agreement_id and b.period < ${period}
        order by b.period desc limit 1), 0)`
  await ctx.sql.run`
    update statement s set opening = s.opening + d.total, closing = s.closing + d.total
    from month_delta d
    where s.agreement_id = d.agreement_id and s.period > ${period}`
}
