import { type Context } from '../../context.ts'
import { SOURCES } from '../../ledger/entry.ts'
import { codesOf } from '../../ledger/entry-kind.ts'
import { type Kopecks } from '../../money.ts'
import { addMonths, firstDay, type Period, periodOf, type PlainDate } from '../../period.ts'
import { grouped } from './wanted.ts'
import { type RunRow } from './run-row.ts'

/** An entry as penalty sees it: `amount` raises the agreement's debt when positive. */
export type DebtEntry = {
  id: bigint
  agreementId: number
  kind: number
  amount: Kopecks
  effectiveOn: PlainDate
  period: Period
  about: Period | null
  reversesId: bigint | null
  /** Posted by a run, so that a run may take it back. */
  isOfRun: boolean
  /** The month the payer named. */
  named: Period | null
}

/** An agreement whose debt may bear penalty. */
export type DebtOf = {
  agreementId: number
  /** What it owed before its entries below; a credit is negative. */
  opening: Kopecks
  /** The month the opening is the end of; null when the entries are all there are. */
  openedAfter: Period | null
  entries: DebtEntry[]
  /** The first past month whose penalty may change: something about it came after it was computed. */
  again: Period | null
}

/** An agreement, and the first past month whose penalty is to be computed again. */
type Asked = { agreementId: number; again: Period | null }

type Debtor = {
  agreementId: number
  start: Period | null
  opening: Kopecks
  late: PlainDate | null
}

/**
 * Of the agreements those that owed something at the end of the month before, or about whose past
 * something came since: with their entries from the last month that ended without debt. Who owed no more
 * than the last bill and paid it whole by `dueOn`, the earliest day it may be due, is left out: nothing of
 * it is overdue. With `dueOn` null nobody is.
 */
export async function loadDebts(
  ctx: Context,
  run: RunRow,
  asked: readonly Asked[],
  dueOn: PlainDate | null,
): Promise<Map<number, DebtOf>> {
  const debtors = await readDebtors(ctx, run, { asked, dueOn })
  if (debtors.length === 0) return new Map()
  const entries = grouped(await readEntries(ctx, run, debtors), (entry) => entry.agreementId)
  return new Map(
    debtors.map(({ agreementId, late, opening, start }) => [
      agreementId,
      {
        ...{ agreementId, opening, openedAfter: start },
        entries: entries.get(agreementId) ?? [],
        again: late && periodOf(late),
      },
    ]),
  )
}

const PAID = codesOf('paid')

async function readDebtors(
  ctx: Context,
  run: RunRow,
  { asked, dueOn }: { asked: readonly Asked[]; dueOn: PlainDate | null },
): Promise<Debtor[]> {
  const { asOf, period, providerId } = run
  const day = firstDay(period)
  const before = addMonths(period, -1)
  return ctx.sql.many<Debtor>`
    with since as (
      select coalesce(max(as_of), to_timestamp(0)) as at from run
      where provider_id = ${providerId} and state = 'posted' and period < ${period}
    ), candidate as (
      select w.id, last.closing, least(news.late, w.again) as late
      from unnest(${asked.map((one) => one.agreementId)}::int4[],
        ${asked.map((one) => (one.again === null ? null : firstDay(one.again)))}::date[])
        as w (id, again)
      left join lateral (
        select s.period, s.closing, s.accrued + s.subscription - s.benefit - s.subsidy as charged
        from statement s where s.agreement_id = w.id and s.period < ${period}
        order by s.period desc limit 1) last on true
      left join lateral (
        select sum(amount) as paid from entry
        where from_id = w.id and period = ${period} and kind = any(${PAID}::int2[])
          and effective_on <= ${dueOn}::date and booked_at <= ${asOf}) early on true
      left join lateral (
        select min(e.effective_on) as late from (
          select effective_on, booked_at, source_kind, kind from entry
          where from_id = w.id and period between ${before} and ${period}
          union all
          select effective_on, booked_at, source_kind, kind from entry
          where to_id = w.id and period between ${before} and ${period}
        ) e cross join since
        where e.effective_on < ${day} and e.booked_at > since.at and e.booked_at <= ${asOf}
          and e.source_kind not in (${SOURCES.run}, ${SOURCES.charge}, ${SOURCES.opening})
          and e.kind = any(${PAID}::int2[])
          and since.at > to_timestamp(0)) news on true
      where news.late is not null or w.again is not null
        or (last.closing > 0 and not (last.period = ${before} and last.closing <= last.charged
          and coalesce(early.paid, 0) >= last.closing
          and not exists (select 1 from entry where to_id = w.id and period = ${period})
          and not exists (select 1 from payment where agreement_id = w.id
            and paid_on >= ${firstDay(before)} and designated_period is not null)))
    )
    select c.id as "agreementId", c.late, zero.period as start,
      coalesce(zero.closing, 0) as opening
    from candidate c
    left join lateral (
      select s.period, s.closing from statement s
      where s.agreement_id = c.id and s.closing <= 0
        and s.period < coalesce(yyyymm(c.late), ${period}::int4)
      order by s.period desc limit 1) zero on true
    order by c.id`
}

function readEntries(ctx: Context, run: RunRow, debtors: readonly Debtor[]): Promise<DebtEntry[]> {
  return ctx.sql.many<DebtEntry>`
    select e.id, e.agreement_id as "agreementId", e.kind, e.amount,
      e.effective_on as "effectiveOn", e.period, e.about_period as about,
      e.reverses_id as "reversesId", e.source_kind = ${SOURCES.run}::int2 as "isOfRun",
      p.designated_period as named
    from (
      select n.id, w.id as agreement_id, n.kind, n.amount, n.effective_on, n.period,
        n.about_period, n.reverses_id, n.source_kind, n.source_id, n.booked_at
      from unnest(${debtors.map((one) => one.agreementId)}::int4[],
        ${debtors.map((one) => one.start ?? 0)}::int4[]) as w (id, start)
      join entry n on n.to_id = w.id and n.period > w.start and n.period <= ${run.period}
      union all
      select n.id, w.id, n.kind, -n.amount, n.effective_on, n.period,
        n.about_period, n.reverses_id, n.source_kind, n.source_id, n.booked_at
      from unnest(${debtors.map((one) => one.agreementId)}::int4[],
        ${debtors.map((one) => one.start ?? 0)}::int4[]) as w (id, start)
      join entry n on n.from_id = w.id and n.period > w.start and n.period <= ${run.period}
    ) e
    left join payment p on e.source_kind = ${SOURCES.payment}::int2 and p.id = e.source_id
    where e.booked_at <= ${run.asOf}
    order by e.agreement_id, e.period, e.id`
}
