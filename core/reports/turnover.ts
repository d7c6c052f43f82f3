import { type Context } from '../context.ts'
import { codesOf } from '../ledger/entry-kind.ts'
import { type Kopecks, sum } from '../money.ts'
import { columnsOf, type Group, GROUP_COLUMNS, type Report, type Scope } from './report.ts'

const AMOUNTS = [
  'openingDebt',
  'openingCredit',
  'accrued',
  'subscription',
  'penalty',
  'correction',
  'benefit',
  'subsidy',
  'paid',
  'closingDebt',
  'closingCredit',
] as const
type Amount = (typeof AMOUNTS)[number]
export type TurnoverRow = Group & Record<Amount, Kopecks>

/**
 * What was owed before the months, what happened in them and what is owed after, by provider, service
 * or street. Kopecks: debt − credit before + accrued + subscription + penalty + correction − benefit −
 * subsidy − paid = debt − credit after. Debt and credit are of agreements: an overpaid service does not
 * pay another one. An opening booked inside the months stands before them, as on the statement.
 */
export async function readTurnover(ctx: Context, scope: Scope): Promise<Report<TurnoverRow>> {
  const rows = await readRows(ctx, scope)
  const total = AMOUNTS.map((name) => [name, sum(rows.map((row) => row[name]))])
  const columns = [...GROUP_COLUMNS, ...columnsOf('kopecks', AMOUNTS)]
  return { columns, rows, totals: [Object.fromEntries(total) as Record<Amount, Kopecks>] }
}

function readRows(ctx: Context, { asOf, from, grain, providerIds, to }: Scope) {
  return ctx.sql.many<TurnoverRow>`
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
      select e.to_id as id, e.period, e.kind, e.amount
      from entry e join scoped on scoped.id = e.to_id
      where e.period <= ${to} and e.booked_at <= ${asOf}
      union all
      select e.from_id, e.period, e.kind, -e.amount
      from entry e join scoped on scoped.id = e.from_id
      where e.period <= ${to} and e.booked_at <= ${asOf}
    ), placed as (
      select id, amount,
        case when period < ${from} or kind = any(${codesOf('opening')}::int2[]) then null
          else kind end as kind
      from moved
    ), stood as (
      select id, coalesce(sum(amount) filter (where kind is null), 0) as opening,
        sum(amount) filter (where kind = any(${codesOf('accrued')}::int2[])) as accrued,
        sum(amount) filter (where kind = any(${codesOf('subscription')}::int2[])) as subscription,
        sum(amount) filter (where kind = any(${codesOf('penalty')}::int2[])) as penalty,
        sum(amount) filter (where kind = any(${codesOf('correction')}::int2[])) as correction,
        -sum(amount) filter (where kind = any(${codesOf('benefit')}::int2[])) as benefit,
        -sum(amount) filter (where kind = any(${codesOf('subsidy')}::int2[])) as subsidy,
        -sum(amount) filter (where kind = any(${codesOf('paid')}::int2[])) as paid,
        sum(amount) as closing
      from placed group by id
    )
    select provider, code, name,
      sum(greatest(opening, 0))::int8 as "openingDebt",
      sum(greatest(-opening, 0))::int8 as "openingCredit",
      coalesce(sum(accrued), 0)::int8 as accrued,
      coalesce(sum(subscription), 0)::int8 as subscription,
      coalesce(sum(penalty), 0)::int8 as penalty,
      coalesce(sum(correction), 0)::int8 as correction,
      coalesce(sum(benefit), 0)::int8 as benefit,
      coalesce(sum(subsidy), 0)::int8 as subsidy,
      coalesce(sum(paid), 0)::int8 as paid,
      sum(greatest(closing, 0))::int8 as "closingDebt",
      sum(greatest(-closing, 0))::int8 as "closingCredit"
    from stood join scoped using (id)
    group by provider, code, name order by provider, code, name`
}
