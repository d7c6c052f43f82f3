import { type Context } from '../../context.ts'
import { firstDay, type Period } from '../../period.ts'

/** A fact about a past month that came after the month was charged. */
export type News = {
  accountId: number
  /** The first month it changes. */
  from: Period
  /** What came: `late-reading`, `tariff`, `household`… */
  reason: string
}

/** Facts that came in (since, until] about months before `month`, of a provider or one account of it. */
export type Window = {
  providerId: number
  month: Period
  since: Date
  until: Date
  /** The last posted run: who was left out of it. */
  lastRunId: number
  accountId: number | null
}

/** Kinds of rules that say how much is charged. */
const CHARGING_KINDS = [
  'charging',
  'zone-coefficient',
  'limit',
  'full-price',
  'benefit',
  'benefit-norm',
  'subsidy-norm',
  'benefit-payment',
  'benefit-with-subsidy',
  'absence',
  'quality',
  'subsidy',
]
/** Kinds of rules that say what a late payment costs. */
const PENALTY_KINDS = ['penalty', 'payment-term', 'no-penalty']

/** All news of a window; an account may be in it many times. */
export async function readNews(ctx: Context, window: Window): Promise<News[]> {
  return [
    ...(await ofReadings(ctx, window)),
    ...(await ofMeters(ctx, window)),
    ...(await ofPrices(ctx, window)),
    ...(await ofRules(ctx, window)),
    ...(await ofHouseholds(ctx, window)),
    ...(await ofDeliveries(ctx, window)),
    ...(await ofVolumes(ctx, window)),
    ...(await ofSubsidies(ctx, window)),
    ...(await ofAgreements(ctx, window)),
  ]
}

function ofReadings(ctx: Context, { accountId, month, providerId, since, until }: Window) {
  return ctx.sql.many<News>`
    select a.id as "accountId", min(r.period) as from, 'late-reading' as reason
    from (
      select register_id, period from reading
      where recorded_at > ${since} and recorded_at <= ${until} and period < ${month}
      union all
      select register_id, period from reading
      where ended_at > ${since} and ended_at <= ${until} and period < ${month}
    ) r
    join register d on d.id = r.register_id
    join meter m on m.id = d.meter_id
    join agreement g on g.id = m.agreement_id
    join account a on a.id = g.account_id
    where a.provider_id = ${providerId} and (${accountId}::int4 is null or a.id = ${accountId}::int4)
    group by a.id`
}

function ofMeters(ctx: Context, { accountId, month, providerId, since, until }: Window) {
  const day = firstDay(month)
  return ctx.sql.many<News>`
    select a.id as "accountId", min(n.from) as from, n.reason
    from (
      select meter_id, yyyymm(coalesce(from_day, until_day)) as from, 'verification' as reason
      from verification
      where recorded_at > ${since} and recorded_at <= ${until}
        and coalesce(from_day, until_day) < ${day}::date
      union all
      select meter_id, yyyymm(day), 'meter' from meter_event
      where at > ${since} and at <= ${until} and day < ${day}::date
        and kind in ('installed', 'removed')
    ) n
    join meter m on m.id = n.meter_id
    join agreement g on g.id = m.agreement_id
    join account a on a.id = g.account_id
    where a.provider_id = ${providerId} and (${accountId}::int4 is null or a.id = ${accountId}::int4)
    group by a.id, n.reason`
}

function ofPrices(ctx: Context, { accountId, month, providerId, since, until }: Window) {
  return ctx.sql.many<News>`
    select a.id as "accountId", yyyymm(min(t.from_day)) as from, 'tariff' as reason
    from tariff t
    join agreement g on g.service_id = t.service_id
    join account a on a.id = g.account_id
    where came_between(t.recorded_at, t.retired_at, ${since}, ${until})
      and t.from_day < ${firstDay(month)}::date
      and a.provider_id = ${providerId} and (${accountId}::int4 is null or a.id = ${accountId}::int4)
    group by a.id`
}

function ofRules(ctx: Context, { accountId, month, providerId, since, until }: Window) {
  return ctx.sql.many<News>`
    select a.id as "accountId", yyyymm(min(u.from_day)) as from,
      case when u.kind = any(${PENALTY_KINDS}::text[]) then 'penalty-rules' else 'rules' end as reason
    from rule u
    join account a on (u.account_id is null or u.account_id = a.id)
      and (u.provider_id is null or u.provider_id = a.provider_id)
    join premise p on p.id = a.premise_id and (u.house_id is null or u.house_id = p.house_id)
    where u.kind = any(${[...CHARGING_KINDS, ...PENALTY_KINDS]}::text[])
      and came_between(u.recorded_at, u.retired_at, ${since}, ${until})
      and u.from_day < ${firstDay(month)}::date
      and a.provider_id = ${providerId} and (${accountId}::int4 is null or a.id = ${accountId}::int4)
    group by a.id, 3`
}

function ofHouseholds(ctx: Context, { accountId, month, providerId, since, until }: Window) {
  const day = firstDay(month)
  return ctx.sql.many<News>`
    select a.id as "accountId", min(n.from) as from, n.reason
    from (
      select account_id, yyyymm(from_day) as from, 'household' as reason from household
      where came_between(recorded_at, retired_at, ${since}, ${until}) and from_day < ${day}::date
      union all
      select account_id, yyyymm(left_on), 'absence' from absence
      where came_between(recorded_at, retired_at, ${since}, ${until}) and left_on < ${day}::date
      union all
      select account_id, yyyymm(from_day), 'benefit' from beneficiary
      where came_between(recorded_at, retired_at, ${since}, ${until}) and from_day < ${day}::date
    ) n
    join account a on a.id = n.account_id
    where a.provider_id = ${providerId} and (${accountId}::int4 is null or a.id = ${accountId}::int4)
    group by a.id, n.reason`
}

function ofDeliveries(ctx: Context, { accountId, month, providerId, since, until }: Window) {
  const day = firstDay(month)
  return ctx.sql.many<News>`
    select a.id as "accountId", yyyymm(min(q.from_day)) as from, 'quality' as reason
    from quality_defect q
    join agreement g on g.service_id = q.service_id
    join account a on a.id = g.account_id
    join premise p on p.id = a.premise_id
    where (q.account_id = a.id or (q.account_id is null and q.house_id = p.house_id))
      and came_between(q.recorded_at, q.retired_at, ${since}, ${until}) and q.from_day < ${day}::date
      and a.provider_id = ${providerId} and (${accountId}::int4 is null or a.id = ${accountId}::int4)
    group by a.id
    union all
    select a.id, yyyymm(min(x.day)), 'extra'
    from extra_charge x
    join agreement g on g.id = x.agreement_id
    join account a on a.id = g.account_id
    where came_between(x.recorded_at, x.retired_at, ${since}, ${until}) and x.day < ${day}::date
      and a.provider_id = ${providerId} and (${accountId}::int4 is null or a.id = ${accountId}::int4)
    group by a.id`
}

function ofVolumes(ctx: Context, { accountId, month, providerId, since, until }: Window) {
  return ctx.sql.many<News>`
    select a.id as "accountId", min(n.period) as from, 'volume' as reason
    from (
      select agreement_id, period from imported_volume
      where came_between(recorded_at, retired_at, ${since}, ${until}) and period < ${month}
      union all
      select g.id, v.period
      from house_volume v
      join premise p on p.house_id = v.house_id
      join account h on h.premise_id = p.id
      join agreement g on g.account_id = h.id and g.service_id = v.service_id
      where came_between(v.recorded_at, v.retired_at, ${since}, ${until}) and v.period < ${month}
    ) n
    join agreement g on g.id = n.agreement_id
    join account a on a.id = g.account_id
    where a.provider_id = ${providerId} and (${accountId}::int4 is null or a.id = ${accountId}::int4)
    group by a.id`
}

function ofSubsidies(ctx: Context, { accountId, month, providerId, since, until }: Window) {
  const day = firstDay(month)
  return ctx.sql.many<News>`
    select a.id as "accountId", yyyymm(min(n.from_day)) as from, 'subsidy' as reason
    from (
      select g.account_id, w.from_day
      from subsidy_award w
      join import_batch b on b.id = w.batch_id
      join agreement g on g.id = w.agreement_id
      where came_between(b.applied_at, b.undone_at, ${since}, ${until}) and w.from_day < ${day}::date
      union all
      select account_id, from_day from subsidy_case
      where came_between(decided_at, ended_at, ${since}, ${until}) and from_day < ${day}::date
    ) n
    join account a on a.id = n.account_id
    where a.provider_id = ${providerId} and (${accountId}::int4 is null or a.id = ${accountId}::int4)
    group by a.id`
}

function ofAgreements(ctx: Context, window: Window) {
  const { accountId, lastRunId, month, providerId, since, until } = window
  const day = firstDay(month)
  return ctx.sql.many<News>`
    select a.id as "accountId", min(n.from) as from, n.reason
    from (
      select account_id, yyyymm(to_day) as from, 'agreement' as reason from agreement
      where ended_at > ${since} and ended_at <= ${until} and to_day < ${day}::date
      union all
      select account_id, yyyymm(day), 'agreement' from account_event
      where at > ${since} and at <= ${until} and kind = 'opened' and day < ${day}::date
      union all
      select account_id, since_period, 'not-charged' from run_lint
      where run_id = ${lastRunId} and blocks
    ) n
    join account a on a.id = n.account_id
    where a.provider_id = ${providerId} and (${accountId}::int4 is null or a.id = ${accountId}::int4)
    group by a.id, n.reason`
}
