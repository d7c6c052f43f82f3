import { type Context } from '../context.ts'
import { codesOf, KINDS } from '../ledger/entry-kind.ts'
import { type Kopecks, sum } from '../money.ts'
import { columnsOf, type Group, GROUP_COLUMNS, type Report, type Scope } from './report.ts'

/** Where an age begins, in months; the first begins at 0. */
const AGES = [1, 3, 6, 12, 36]
const COUNTS = ['debtors', 'overpaid'] as const
const AMOUNTS = [
  'below1',
  'from1to3',
  'from3to6',
  'from6to12',
  'from12to36',
  'from36',
  'penalty',
  'debt',
  'credit',
] as const
type Amount = (typeof AMOUNTS)[number]
export type DebtAgeRow = Group & Record<(typeof COUNTS)[number], number> & Record<Amount, Kopecks>

/**
 * Unpaid principal at the end of the scope's last month by the age of its month of origin, by provider,
 * service or street, in kopecks. Payments cover the oldest first: going back from the newest, months
 * are unpaid until the balance is covered; within a month the principal is paid before the penalty.
 * Ages are whole months from the month of origin: the last month itself is `below1`; `from1to3` is 1 or 2.
 * Σ ages + `penalty` = `debt`. `credit`, of other agreements, is not taken off the debt.
 *
 * A correction or a moved debt is as old as the month it is about; what was owed before the first month
 * counts as one month older than that, for its true age is not known.
 */
export async function readDebtAge(ctx: Context, scope: Scope): Promise<Report<DebtAgeRow>> {
  const rows = await readRows(ctx, scope)
  const totals = {
    ...Object.fromEntries(AMOUNTS.map((name) => [name, sum(rows.map((row) => row[name]))])),
    ...Object.fromEntries(
      COUNTS.map((name) => [name, rows.reduce((count, row) => count + row[name], 0)]),
    ),
  } as Partial<DebtAgeRow>
  const columns = [
    ...GROUP_COLUMNS,
    ...columnsOf('count', COUNTS),
    ...columnsOf('kopecks', AMOUNTS),
  ]
  return { columns, rows, totals: [totals] }
}

function readRows(ctx: Context, { asOf, grain, providerIds, to }: Scope) {
  // Money given back stands among the charges: it raises the debt and nobody paid by it.
  const lowering = codesOf('paid').filter((code) => code !== KINDS.refund.code)
  return ctx.sql.many<DebtAgeRow>`
    with scoped as (
      select g.id, case want.grain when 'street' then '' else p.code end as provider,
        case want.grain when 'service' then s.code else '' end as code,
        case want.grain when 'service' then s.name
          when 'street' then h.street_type || ' ' || h.street else p.name end as name
      from agreement g
      join service s on s.id = g.service_id
      join account a on a.id = g.account_id
      join provider p on p.id = a.provider_id
      join premise m on m.id = a.premise_id
      join house h on h.id = m.house_id
      cross join (select ${grain}::text as grain) want
      where a.provider_id = any(${providerIds}::int4[])
    ), moved as (
      select e.to_id as id, e.period, e.about_period, e.kind, e.amount
      from entry e join scoped on scoped.id = e.to_id
      where e.period <= ${to} and e.booked_at <= ${asOf}
      union all
      select e.from_id, e.period, e.about_period, e.kind, -e.amount
      from entry e join scoped on scoped.id = e.from_id
      where e.period <= ${to} and e.booked_at <= ${asOf}
    ), aged as (
      select id, kind, amount, kind = any(${codesOf('penalty')}::int2[]) as is_penalty,
        (${to}::int4 / 100 - origin / 100) * 12 + ${to}::int4 % 100 - origin % 100
          + case when kind = any(${codesOf('opening')}::int2[]) then 1 else 0 end as age
      from moved cross join lateral (select case when kind = any(${codesOf('opening')}::int2[])
        then period else coalesce(about_period, period) end as origin) o
    ), stood as (
      select id, sum(amount) as balance, max(age) as oldest from aged group by id
    ), raised as (
      select id, age, is_penalty, sum(amount) as amount
      from aged where kind <> all(${lowering}::int2[])
      group by id, age, is_penalty having sum(amount) > 0
    ), unpaid as (
      select r.id, r.age, r.is_penalty, least(r.amount, greatest(0, s.balance
        - coalesce(sum(r.amount) over (partition by r.id order by r.age, r.is_penalty desc
            rows between unbounded preceding and 1 preceding), 0))) as amount
      from raised r join stood s on s.id = r.id and s.balance > 0
    ), parts as (
      select id, amount, case when is_penalty then -1 else width_bucket(age, ${AGES}::int4[]) end as slot
      from unpaid where amount > 0
      union all
      -- what no charge explains is as old as the agreement; a credit has no age
      select s.id, s.balance - coalesce(u.amount, 0), width_bucket(s.oldest, ${AGES}::int4[])
      from stood s left join (select id, sum(amount) as amount from unpaid group by id) u using (id)
      where s.balance < 0 or s.balance > coalesce(u.amount, 0)
    )
    select provider, code, name,
      count(distinct id) filter (where amount > 0)::int4 as debtors,
      count(distinct id) filter (where amount < 0)::int4 as overpaid,
      coalesce(sum(amount) filter (where amount > 0 and slot = 0), 0)::int8 as below1,
      coalesce(sum(amount) filter (where amount > 0 and slot = 1), 0)::int8 as from1to3,
      coalesce(sum(amount) filter (where amount > 0 and slot = 2), 0)::int8 as from3to6,
      coalesce(sum(amount) filter (where amount > 0 and slot = 3), 0)::int8 as from6to12,
      coalesce(sum(amount) filter (where amount > 0 and slot = 4), 0)::int8 as from12to36,
      coalesce(sum(amount) filter (where amount > 0 and slot = 5), 0)::int8 as from36,
      coalesce(sum(amount) filter (where slot = -1), 0)::int8 as penalty,
      coalesce(sum(amount) filter (where amount > 0), 0)::int8 as debt,
      coalesce(-sum(amount) filter (where amount < 0), 0)::int8 as credit
    from parts join scoped using (id)
    group by provider, code, name order by provider, code, name`
}
