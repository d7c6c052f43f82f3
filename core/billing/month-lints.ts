import { type Context } from '../context.ts'
import { SOURCES } from '../ledger/entry.ts'
import { KINDS } from '../ledger/entry-kind.ts'
import { type Period } from '../period.ts'
import { ibanFault } from '../registry/iban.ts'
import { METHODS } from './charge/method.ts'

/** Something to look at before a month is issued; an `error` keeps it from being checked. */
export type MonthLint = {
  code: string
  severity: 'error' | 'warning'
  /** The run could not charge the account: it may be left out of the month. */
  leftOut?: boolean
  accountId: number | null
  agreementId: number | null
  details: Readonly<Record<string, unknown>>
}

type Scope = { providerId: number; month: Period; runId: number | null }

/** Of each kind of finding as many are shown; their number is always told. */
const LINTS_SHOWN_MAX = 200

/**
 * Everything wrong, or worth a look, with a provider's month: accounts left out, sums, chains of
 * balances, requisites, purposes of payment, unusual amounts, missing data. Changes nothing.
 */
export async function findMonthLints(ctx: Context, scope: Scope): Promise<MonthLint[]> {
  const lints = [
    ...(await requisites(ctx, scope)),
    ...(await chains(ctx, scope)),
    ...(await unreconciled(ctx, scope)),
    ...(await discounts(ctx, scope)),
  ]
  if (scope.runId === null) return lints
  return [
    ...(await ofRun(ctx, scope.runId)),
    ...lints,
    ...(await sums(ctx, scope.runId)),
    ...(await uncharged(ctx, scope, scope.runId)),
    ...(await unusual(ctx, scope, scope.runId)),
    ...(await estimates(ctx, scope.runId)),
  ]
}

const NOBODY = { accountId: null, agreementId: null }

async function ofRun(ctx: Context, runId: number): Promise<MonthLint[]> {
  const rows = await ctx.sql.many<Omit<MonthLint, 'severity'> & { blocks: boolean }>`
    select code, blocks, account_id as "accountId", agreement_id as "agreementId", details
    from run_lint where run_id = ${runId} order by blocks desc, id limit ${LINTS_SHOWN_MAX}`
  return rows.map(({ blocks, ...lint }) => ({
    ...lint,
    severity: blocks ? 'error' : 'warning',
    leftOut: blocks,
  }))
}

/** A bill nobody can pay by, or whose purpose names another service. */
async function requisites(ctx: Context, { providerId }: Scope): Promise<MonthLint[]> {
  const { iban } = await ctx.sql.one<{ iban: string }>`
    select iban from provider where id = ${providerId}`
  const fault = ibanFault(iban)
  const services = await ctx.sql.many<{ code: string; name: string; purpose: string }>`
    select code, name, purpose from service where provider_id = ${providerId} order by code`
  return [
    ...(fault
      ? [{ ...NOBODY, code: 'iban-wrong', severity: 'error', details: { fault } } as const]
      : []),
    ...services.flatMap(({ code, name, purpose }): MonthLint[] => {
      if (purpose.trim() === '')
        return [
          { ...NOBODY, code: 'purpose-missing', severity: 'warning', details: { service: code } },
        ]
      const other = services.find((one) => one.code !== code && names(purpose, one.name))
      if (!other || names(purpose, name)) return []
      const details = { service: code, names: other.code }
      return [{ ...NOBODY, code: 'purpose-names-other', severity: 'error', details }]
    }),
  ]
}

/** Letters that tell a service apart whatever the ending: water, sewage, waste. */
const STEM_LETTERS = 6

function names(purpose: string, service: string): boolean {
  const words = service.toLowerCase().match(/\p{L}{4,}/gu) ?? []
  return words.some((word) => purpose.toLowerCase().includes(word.slice(0, STEM_LETTERS)))
}

/** Statements whose month does not start with what the month before ended with. */
async function chains(ctx: Context, { month, providerId }: Scope): Promise<MonthLint[]> {
  const rows = await ctx.sql.many<{ agreementId: number; accountId: number }>`
    select s.agreement_id as "agreementId", a.id as "accountId"
    from statement s
    join agreement g on g.id = s.agreement_id
    join account a on a.id = g.account_id
    join lateral (
      select b.closing from statement b
      where b.agreement_id = s.agreement_id and b.period < s.period order by b.period desc limit 1
    ) before on true
    where a.provider_id = ${providerId} and s.period = ${month}
      and s.opening <> before.closing
      and not exists (select 1 from entry e where e.source_kind = ${SOURCES.opening}::int2 and e.source_id = g.id
        and e.period = s.period)
    limit ${LINTS_SHOWN_MAX}`
  return rows.map((row) => ({ ...row, code: 'chain-broken', severity: 'error', details: {} }))
}

/** Imported months that close with another sum than the provider's file says. */
async function unreconciled(ctx: Context, { month, providerId }: Scope): Promise<MonthLint[]> {
  const rows = await ctx.sql.many<{
    agreementId: number
    accountId: number
    stands: bigint
    said: bigint
  }>`
    select g.id as "agreementId", a.id as "accountId", coalesce(s.closing, 0) as stands,
      c.asserted_closing as said
    from charge c
    join agreement g on g.id = c.agreement_id
    join account a on a.id = g.account_id
    left join statement s on s.agreement_id = g.id and s.period = c.period
    where a.provider_id = ${providerId} and c.period = ${month} and not c.reversed
      and coalesce(s.closing, 0) <> c.asserted_closing
    limit ${LINTS_SHOWN_MAX}`
  return rows.map(({ said, stands, ...row }) => ({
    ...row,
    code: 'does-not-reconcile',
    severity: 'warning',
    details: { stands: stands.toString(), said: said.toString() },
  }))
}

/** A benefit or a subsidy larger than what it is of. */
async function discounts(ctx: Context, { month, providerId }: Scope): Promise<MonthLint[]> {
  const rows = await ctx.sql.many<{ agreementId: number; accountId: number }>`
    select s.agreement_id as "agreementId", a.id as "accountId"
    from statement s
    join agreement g on g.id = s.agreement_id
    join account a on a.id = g.account_id
    where a.provider_id = ${providerId} and s.period = ${month}
      and s.benefit + s.subsidy > greatest(0, s.accrued + s.subscription)
    limit ${LINTS_SHOWN_MAX}`
  return rows.map((row) => ({
    ...row,
    code: 'discount-above-charge',
    severity: 'warning',
    details: {},
  }))
}

/** A chunk whose lines are not those it counted when it stored them. */
async function sums(ctx: Context, runId: number): Promise<MonthLint[]> {
  const { counted, stored } = await ctx.sql.one<{ counted: bigint; stored: bigint }>`
    select (select coalesce(sum(lines), 0) from run_chunk where run_id = ${runId})::int8 as counted,
      (select count(*) from run_line where run_id = ${runId})::int8 as stored`
  if (counted === stored) return []
  const details = { counted: counted.toString(), stored: stored.toString() }
  return [{ ...NOBODY, code: 'lines-missing', severity: 'error', details }]
}

/** Agreements that run in the month and have no line. */
async function uncharged(ctx: Context, { month, providerId }: Scope, runId: number) {
  const rows = await ctx.sql.many<{ agreementId: number; accountId: number }>`
    select g.id as "agreementId", a.id as "accountId"
    from agreement g join account a on a.id = g.account_id
    where a.provider_id = ${providerId}
      and (g.from_day is null or yyyymm(g.from_day) <= ${month})
      and (g.to_day is null or yyyymm(g.to_day - 1) >= ${month})
      and g.id not in (select agreement_id from run_line where run_id = ${runId})
      and a.id not in (select account_id from run_lint where run_id = ${runId} and blocks)
    limit ${LINTS_SHOWN_MAX}`
  return rows.map((row): MonthLint => ({
    ...row,
    code: 'not-charged',
    severity: 'warning',
    details: {},
  }))
}

/** Charges many times those of the last three months; how many, a country's rule says. */
async function unusual(ctx: Context, { month, providerId }: Scope, runId: number) {
  const rows = await ctx.sql.many<{
    agreementId: number
    accountId: number
    is: bigint
    usual: bigint
  }>`
    with times as (
      select (value ->> 'times')::numeric as n from rule
      where kind = 'outlier' and retired_at is null
        and (provider_id is null or provider_id = ${providerId})
        and account_id is null and house_id is null and service_id is null
      order by provider_id nulls last, from_day desc limit 1
    ), now as (
      select agreement_id, sum(amount) as charged from run_line
      where run_id = ${runId} and kind = ${KINDS.accrual.code} group by agreement_id
    )
    select n.agreement_id as "agreementId", g.account_id as "accountId", n.charged::int8 as is,
      usual.average::int8 as usual
    from now n
    join agreement g on g.id = n.agreement_id
    cross join times t
    join lateral (
      select avg(accrued) as average from (
        select accrued from statement
        where agreement_id = n.agreement_id and period < ${month} and accrued > 0
        order by period desc limit 3) last
    ) usual on usual.average is not null
    where n.charged > usual.average * t.n
    order by n.charged - usual.average desc, n.agreement_id limit ${LINTS_SHOWN_MAX}`
  return rows.map(({ is, usual, ...row }): MonthLint => ({
    ...row,
    code: 'amount-unusual',
    severity: 'warning',
    details: { charged: is.toString(), usual: usual.toString() },
  }))
}

/** How much of the month is estimated. */
async function estimates(ctx: Context, runId: number): Promise<MonthLint[]> {
  const rows = await ctx.sql.many<{ service: string; count: number }>`
    select s.code as service, count(distinct l.agreement_id)::int4 as count
    from run_line l join agreement g on g.id = l.agreement_id join service s on s.id = g.service_id
    where l.run_id = ${runId} and l.method = ${METHODS.average} group by s.code order by s.code`
  return rows.map((details) => ({
    ...NOBODY,
    code: 'readings-missing',
    severity: 'warning',
    details,
  }))
}
