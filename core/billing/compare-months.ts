import { type Context } from '../context.ts'
import { codesOf, KINDS } from '../ledger/entry-kind.ts'
import { type Kopecks, kopecks } from '../money.ts'
import { addMonths, type Period } from '../period.ts'
import { type Quantity, quantity } from '../quantity.ts'
import { accept, refuse } from '../result.ts'
import { METHODS, type Method } from './charge/method.ts'

/** What a month charges, in kopecks with the signs of the statement's columns. */
type Figures = {
  /** Agreements with a charge, one of nothing too. */
  agreements: number
  accrued: Kopecks
  subscription: Kopecks
  penalty: Kopecks
  correction: Kopecks
  benefit: Kopecks
  subsidy: Kopecks
  /** accrued + subscription + penalty + correction − benefit − subsidy. */
  charged: Kopecks
}
type Amount = Exclude<keyof Figures, 'agreements' | 'charged'>

/** A volume found one way: in this month and in the one before. */
type VolumeChange = {
  method: Method
  isAgreements: number
  is: Quantity
  wasAgreements: number
  was: Quantity
}

export type Change = {
  is: Figures
  was: Figures
  /** `is.charged − was.charged`: positive when this month is dearer. */
  change: Kopecks
}
export type ServiceChange = Change & {
  service: string
  serviceName: string
  unit: string
  volumes: VolumeChange[]
}
export type AccountChange = {
  accountId: number
  number: string
  is: Kopecks
  was: Kopecks
  change: Kopecks
}
export type MonthComparison = {
  month: Period
  before: Period
  /** `open`, `draft`, `checked`, `issued`, `closed` */
  state: string
  services: ServiceChange[]
  total: Change
  /** The largest changes either way, the largest first. */
  changes: AccountChange[]
}

const AMOUNTS = ['accrued', 'subscription', 'penalty', 'correction', 'benefit', 'subsidy'] as const
/** Their volumes are no consumption: a load or area of the fixed part, work outside the tariff. */
const NOT_CONSUMED: readonly string[] = ['fixed', 'extra'] satisfies Method[]

/**
 * A month of a provider against the one before: by service, in all, and the `limit` accounts that
 * change most. A month that is not issued is what its statements would be with the lines of its draft.
 * Refuses: `provider-not-found`; `run-unfinished` while the draft is being computed;
 * `month-not-charged` without a charge of the month.
 */
export async function compareMonths(
  ctx: Context,
  input: { providerCode: string; month: Period; limit: number },
) {
  const { limit, month, providerCode } = input
  const before = addMonths(month, -1)
  const provider = await ctx.sql.maybe<{ id: number }>`
    select id from provider where code = ${providerCode}`
  if (!provider) return refuse('provider-not-found')
  const months = await readSources(ctx, provider.id, [month, before])
  const [now] = months
  if (now?.runState === 'computing') return refuse('run-unfinished')
  const read = { providerId: provider.id, months, month, limit }
  const { changes, services } = await readFigures(ctx, read)
  if (!services.some((row) => row.month === month && row.agreements > 0))
    return refuse('month-not-charged')
  const volumes = await readVolumes(ctx, read)
  return accept<MonthComparison>({
    month,
    before,
    state: now?.state ?? 'open',
    services: byService(services, volumes, month),
    total: changeOf(services, month),
    changes: changes.map(({ is, was, ...account }) => ({
      ...account,
      is: kopecks(BigInt(is)),
      was: kopecks(BigInt(was)),
      change: kopecks(BigInt(is) - BigInt(was)),
    })),
  })
}

type Source = { month: Period; state: string; runId: number | null; runState: string | null }

function readSources(ctx: Context, providerId: number, months: Period[]): Promise<Source[]> {
  return ctx.sql.many<Source>`
    select w.month, coalesce(b.state, 'open') as state, r.id as "runId", r.state as "runState"
    from unnest(${months}::int4[]) with ordinality as w (month, place)
    left join billing_period b on b.provider_id = ${providerId} and b.period = w.month
    left join run r on r.id = b.run_id and r.state <> 'dropped'
    order by w.place`
}

type Asked = { providerId: number; months: readonly Source[]; month: Period; limit: number }
type ServiceRow = {
  service: string
  serviceName: string
  unit: string
  month: Period
  agreements: number
} & Record<Amount, string>
type AccountRow = { accountId: number; number: string; is: string; was: string }

// One pass over the month for both answers; sums travel as text, because JSON numbers lose digits.
function readFigures(ctx: Context, { limit, month, months, providerId }: Asked) {
  const credits = [KINDS.benefit.code, KINDS.subsidy.code]
  return ctx.sql.one<{ services: ServiceRow[]; changes: AccountRow[] }>`
    with wanted as (
      select * from unnest(${months.map((one) => one.month)}::int4[],
        ${months.map((one) => one.runId)}::int4[],
        ${months.map((one) => one.runState !== 'posted')}::bool[]) as w (month, run_id, is_draft)
    ), moved as (
      select w.month, s.agreement_id, v.kind, v.amount
      from wanted w
      join statement s on s.period = w.month
      cross join lateral (values (${KINDS.accrual.code}::int2, s.accrued),
        (${KINDS.subscription.code}::int2, s.subscription), (${KINDS.penalty.code}::int2, s.penalty),
        (${KINDS.correction.code}::int2, s.correction), (${KINDS.benefit.code}::int2, s.benefit),
        (${KINDS.subsidy.code}::int2, s.subsidy)) v (kind, amount)
      where v.amount <> 0
      union all
      -- lines that are posted stand in the statement already
      select w.month, l.agreement_id, l.kind, case when w.is_draft then l.amount else 0 end
      from wanted w join run_line l on l.run_id = w.run_id where l.posted
      union all
      select w.month, c.agreement_id, ${KINDS.accrual.code}::int2, 0
      from wanted w join charge c on c.period = w.month where not c.reversed
    ), figures as (
      select m.month, m.agreement_id,
        coalesce(sum(amount) filter (where kind = ${KINDS.accrual.code}), 0) as accrued,
        coalesce(sum(amount) filter (where kind = ${KINDS.subscription.code}), 0) as subscription,
        coalesce(sum(amount) filter (where kind = ${KINDS.penalty.code}), 0) as penalty,
        coalesce(sum(amount) filter (where kind = any(${codesOf('correction')}::int2[])), 0)
          as correction,
        coalesce(sum(amount) filter (where kind = ${KINDS.benefit.code}), 0) as benefit,
        coalesce(sum(amount) filter (where kind = ${KINDS.subsidy.code}), 0) as subsidy,
        sum(case when kind = any(${credits}::int2[]) then -amount else amount end) as charged
      from moved m group by 1, 2
    ), known as (
      select f.*, a.id as account_id, a.number, s.code, s.name, s.unit
      from figures f
      join agreement g on g.id = f.agreement_id
      join service s on s.id = g.service_id
      join account a on a.id = g.account_id
      where a.provider_id = ${providerId}
    ), services as (
      select code as service, name as "serviceName", unit, month, count(*)::int4 as agreements,
        sum(accrued)::text as accrued, sum(subscription)::text as subscription,
        sum(penalty)::text as penalty, sum(correction)::text as correction,
        sum(benefit)::text as benefit, sum(subsidy)::text as subsidy
      from known group by 1, 2, 3, 4
    ), changes as (
      select account_id as "accountId", number,
        coalesce(sum(charged) filter (where month = ${month}), 0) as is,
        coalesce(sum(charged) filter (where month <> ${month}), 0) as was
      from known group by 1, 2
    ), largest as (
      select "accountId", number, "is"::text as is, was::text as was from changes
      where "is" <> was order by abs("is" - was) desc, "accountId" limit ${limit}
    )
    select coalesce((select jsonb_agg(s order by service, month) from services s), '[]') as services,
      coalesce((select jsonb_agg(c order by abs(c.is::numeric - c.was::numeric) desc, "accountId")
        from largest c), '[]') as changes`
}

type VolumeRow = {
  service: string
  method: Method
  month: Period
  agreements: number
  volume: Quantity
}

function readVolumes(ctx: Context, { months, providerId }: Asked): Promise<VolumeRow[]> {
  const methods = Object.entries(METHODS).filter(([name]) => !NOT_CONSUMED.includes(name))
  return ctx.sql.many<VolumeRow>`
    with wanted as (
      select * from unnest(${months.map((one) => one.month)}::int4[],
        ${months.map((one) => one.runId)}::int4[]) as w (month, run_id)
    ), used as (
      select w.month, l.agreement_id, m.name as method, l.volume_e8 as volume
      from wanted w
      join run_line l on l.run_id = w.run_id
      join unnest(${methods.map(([name]) => name)}::text[], ${methods.map(([, code]) => code)}::int2[])
        as m (name, code) on m.code = l.method
      where l.kind = ${KINDS.accrual.code} and l.volume_e8 is not null
      union all
      select w.month, c.agreement_id, c.method, c.volume1_e8 + c.volume2_e8
      from wanted w join charge c on c.period = w.month where not c.reversed
    )
    select s.code as service, u.method, u.month, count(distinct g.id)::int4 as agreements,
      sum(u.volume)::int8 as volume
    from used u
    join agreement g on g.id = u.agreement_id
    join service s on s.id = g.service_id
    where s.provider_id = ${providerId}
    group by 1, 2, 3 order by 1, 2, 3`
}

function byService(
  rows: readonly ServiceRow[],
  volumes: readonly VolumeRow[],
  month: Period,
): ServiceChange[] {
  return [...new Set(rows.map(({ service }) => service))].map((service) => {
    const mine = rows.filter((row) => row.service === service)
    const { serviceName = '', unit = '' } = mine[0] ?? {}
    const used = volumes.filter((row) => row.service === service)
    const methods = [...new Set(used.map(({ method }) => method))]
    return {
      service,
      serviceName,
      unit,
      ...changeOf(mine, month),
      volumes: methods.map((method) => volumeChange(used, method, month)),
    }
  })
}

function volumeChange(rows: readonly VolumeRow[], method: Method, month: Period): VolumeChange {
  const mine = rows.filter((row) => row.method === method)
  const is = mine.find((row) => row.month === month)
  const was = mine.find((row) => row.month !== month)
  return {
    method,
    isAgreements: is?.agreements ?? 0,
    is: is?.volume ?? quantity(0n),
    wasAgreements: was?.agreements ?? 0,
    was: was?.volume ?? quantity(0n),
  }
}

function changeOf(rows: readonly ServiceRow[], month: Period): Change {
  const is = figuresOf(rows.filter((row) => row.month === month))
  const was = figuresOf(rows.filter((row) => row.month !== month))
  return { is, was, change: kopecks(is.charged - was.charged) }
}

function figuresOf(rows: readonly ServiceRow[]): Figures {
  const total = (name: Amount) =>
    kopecks(rows.reduce((amount, row) => amount + BigInt(row[name]), 0n))
  const amounts = Object.fromEntries(AMOUNTS.map((name) => [name, total(name)])) as Record<
    Amount,
    Kopecks
  >
  const { accrued, benefit, correction, penalty, subscription, subsidy } = amounts
  return {
    agreements: rows.reduce((count, row) => count + row.agreements, 0),
    ...amounts,
    charged: kopecks(accrued + subscription + penalty + correction - benefit - subsidy),
  }
}
