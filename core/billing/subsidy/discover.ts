import { money, type Term, toKopecks } from '../charge/formula.ts'
import { type Context } from '../../context.ts'
import { type Kopecks } from '../../money.ts'
import { dayIn, type Period, type PlainDate } from '../../period.ts'
import { accept, refuse } from '../../result.ts'
import { thresholdSubsidy } from './compute.ts'
import { reasonsOf } from './likely-entitled.ts'
import { readDiscoveryRule, readSubsidyRule, type SubsidyTerms } from './subsidy-rule.ts'

/** A household to look at: why, and what is known of its money. */
export type LikelyHousehold = {
  accountId: number
  number: string
  /** Words of the rule. */
  reasons: string[]
  /** Registered people whose status nobody recorded: somebody able-bodied may be among them. */
  unknownPersons: number
  /** The last issued month with a statement: what was charged, before benefits. */
  fee: { month: Period; amount: Kopecks } | null
  /** Of its last case, whatever became of it. */
  income: { amount: Kopecks; shownOn: PlainDate } | null
  /** Kopecks a month on this fee and income; a hint, because the fee is not cut to norms. */
  likely: { subsidy: Kopecks; formula: string } | null
}

type Row = {
  accountId: number
  number: string
  statuses: string[]
  registered: number
  month: Period | null
  fee: Kopecks | null
  income: Kopecks | null
  isVillage: boolean | null
  appliedOn: PlainDate | null
}

/**
 * Households of a provider's accounts likely entitled to a non-cash subsidy today, by the id of their
 * account: somebody with a qualifying status, nobody with a blocking one, no case that runs or waits. It
 * only lists: people decide and open a case.
 *
 * `after` is the account of the page before that was last.
 * Refuses: `provider-not-found`; `rule-not-set`, `rule-invalid` (of the kind `subsidy-discovery`).
 * Source: Указ № 322 of 29.08.2016, by discovery (выявительный принцип).
 */
export async function discoverHouseholds(
  ctx: Context,
  input: { providerCode: string; limit: number; after?: number },
) {
  const provider = await ctx.sql.maybe<{ id: number }>`
    select id from provider where code = ${input.providerCode}`
  if (!provider) return refuse('provider-not-found')
  const asked = { providerId: provider.id, on: dayIn(ctx.now(), ctx.zone) }
  const discovery = await readDiscoveryRule(ctx, asked)
  if (!discovery.ok) return discovery
  const { value } = discovery.value
  const subsidy = await readSubsidyRule(ctx, asked)
  const terms = subsidy.ok ? subsidy.value : null
  const rows = await readRows(ctx, {
    ...asked,
    qualifying: Object.keys(value.qualifying),
    blocking: value.blocking,
    after: input.after ?? 0,
    limit: input.limit,
  })
  const households = rows.map((row): LikelyHousehold => ({
    accountId: row.accountId,
    number: row.number,
    reasons: reasonsOf(row.statuses, value),
    unknownPersons: Math.max(0, row.registered - row.statuses.length),
    fee: feeOf(row),
    income:
      row.income === null || row.appliedOn === null
        ? null
        : { amount: row.income, shownOn: row.appliedOn },
    likely: terms && likelyOf(row, terms),
  }))
  return accept({ households })
}

function feeOf({ fee, month }: Row): LikelyHousehold['fee'] {
  return fee === null || month === null ? null : { month, amount: fee }
}

function likelyOf(
  row: Row,
  { id, value }: { id: number; value: SubsidyTerms },
): LikelyHousehold['likely'] {
  const { fee, income, isVillage, month } = row
  if (fee === null || income === null || income < 0n) return null
  const subsidy: Term = thresholdSubsidy({
    fee: money(fee, `statement:${month}`),
    income,
    share: isVillage === true ? value.villageShare : value.townShare,
    source: `rule:${id}`,
  })
  return { subsidy: toKopecks(subsidy), formula: subsidy.text }
}

function readRows(
  ctx: Context,
  asked: {
    providerId: number
    on: PlainDate
    qualifying: readonly string[]
    blocking: readonly string[]
    after: number
    limit: number
  },
): Promise<Row[]> {
  const { after, blocking, limit, on, providerId, qualifying } = asked
  return ctx.sql.many<Row>`
    with likely as (
      select a.id, a.number, array_agg(o.status order by o.id) as statuses
      from account a
      join occupant o on o.account_id = a.id
      where a.provider_id = ${providerId} and a.id > ${after}
        and (a.closed_on is null or a.closed_on > ${on})
        and o.retired_at is null and o.from_day <= ${on} and (o.to_day is null or o.to_day > ${on})
        and not exists (
          select 1 from subsidy_case c where c.account_id = a.id
            and (c.state in ('applied', 'waiting-documents')
              or (c.state in ('granted', 'ended') and c.to_day > ${on})))
      group by a.id
      having bool_or(o.status = any(${qualifying}::text[]))
        and not bool_or(o.status = any(${blocking}::text[]))
      order by a.id limit ${limit}
    )
    select l.id as "accountId", l.number, l.statuses, coalesce(h.occupants, 0) as registered,
      f.period as month, f.fee, c.income, c.is_village as "isVillage", c.applied_on as "appliedOn"
    from likely l
    left join lateral (
      select occupants from household
      where account_id = l.id and retired_at is null and from_day <= ${on}
      order by from_day desc limit 1) h on true
    left join lateral (
      select s.period, sum(s.accrued + s.subscription)::int8 as fee
      from agreement g
      join statement s on s.agreement_id = g.id
      join billing_period b on b.provider_id = ${providerId} and b.period = s.period
        and b.state in ('issued', 'closed')
      where g.account_id = l.id
      group by s.period order by s.period desc limit 1) f on true
    left join lateral (
      select income, is_village, applied_on from subsidy_case
      where account_id = l.id order by applied_on desc, id desc limit 1) c on true
    order by l.id`
}
