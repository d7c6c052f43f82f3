import { type Context } from '../context.ts'
import { codesOf } from './entry-kind.ts'

/**
 * Adds a posting's entries to the statements of its agreements and shifts every later month.
 * The caller holds the provider's posting lock.
 */
export async function projectPosting(ctx: Context, postingId: bigint): Promise<void> {
  await openMonths(ctx, postingId)
  await addMovements(ctx, postingId)
}

// A month seen for the first time starts with what the latest earlier month closed with.
async function openMonths(ctx: Context, postingId: bigint): Promise<void> {
  await ctx.sql.run`
    insert into statement (agreement_id, period, opening, accrued, subscription, penalty,
      correction, benefit, subsidy, paid, closing)
    select m.agreement_id, m.period, coalesce(before.closing, 0), 0, 0, 0, 0, 0, 0, 0,
      coalesce(before.closing, 0)
    from (
      select to_id as agreement_id, period from entry where posting_id = ${postingId} and to_id > 0
      union
      select from_id, period from entry where posting_id = ${postingId} and from_id > 0
    ) m
    left join lateral (
      select s.closing from statement s
      where s.agreement_id = m.agreement_id and s.period < m.period
      order by s.period desc limit 1
    ) before on true
    on conflict do nothing`
}

async function addMovements(ctx: Context, postingId: bigint): Promise<void> {
  await ctx.sql.run`
    with moved as (
      select to_id as agreement_id, period, kind, amount from entry
      where posting_id = ${postingId} and to_id > 0
      union all
      select from_id, period, kind, -amount from entry
      where posting_id = ${postingId} and from_id > 0
    ), delta as (
      select agreement_id, period, sum(amount) as total,
        sum(amount) filter (where kind = any(${codesOf('opening')}::int2[])) as opening,
        sum(amount) filter (where kind = any(${codesOf('accrued')}::int2[])) as accrued,
        sum(amount) filter (where kind = any(${codesOf('subscription')}::int2[])) as subscription,
        sum(amount) filter (where kind = any(${codesOf('penalty')}::int2[])) as penalty,
        sum(amount) filter (where kind = any(${codesOf('correction')}::int2[])) as correction,
        sum(amount) filter (where kind = any(${codesOf('benefit')}::int2[])) as benefit,
        sum(amount) filter (where kind = any(${codesOf('subsidy')}::int2[])) as subsidy,
        sum(amount) filter (where kind = any(${codesOf('paid')}::int2[])) as paid
      from moved group by agreement_id, period
    ), reached as (
      select s.agreement_id, s.period,
        sum(d.total) filter (where d.period < s.period) as earlier,
        sum(d.total) as total,
        max(d.opening) filter (where d.period = s.period) as opening,
        max(d.accrued) filter (where d.period = s.period) as accrued,
        max(d.subscription) filter (where d.period = s.period) as subscription,
        max(d.penalty) filter (where d.period = s.period) as penalty,
        max(d.correction) filter (where d.period = s.period) as correction,
        max(d.benefit) filter (where d.period = s.period) as benefit,
        max(d.subsidy) filter (where d.period = s.period) as subsidy,
        max(d.paid) filter (where d.period = s.period) as paid
      from statement s join delta d on d.agreement_id = s.agreement_id and d.period <= s.period
      group by s.agreement_id, s.period
    )
    update statement s set
      opening = s.opening + coalesce(r.earlier, 0) + coalesce(r.opening, 0),
      accrued = s.accrued + coalesce(r.accrued, 0),
      subscription = s.subscription + coalesce(r.subscription, 0),
      penalty = s.penalty + coalesce(r.penalty, 0),
      correction = s.correction + coalesce(r.correction, 0),
      benefit = s.benefit - coalesce(r.benefit, 0),
      subsidy = s.subsidy - coalesce(r.subsidy, 0),
      paid = s.paid - coalesce(r.paid, 0),
      closing = s.closing + r.total
    from reached r
    where s.agreement_id = r.agreement_id and s.period = r.period`
}
