import { type Context } from '../../context.ts'
import { addMonths, firstDay, type Period, periodOf } from '../../period.ts'
import { type Rulebook } from '../../tariffs/rulebook.ts'
import { KINDS } from '../../ledger/entry-kind.ts'
import { type Booked, type Rerating } from '../charge/charge-account.ts'
import { type AccountFacts } from '../charge/facts.ts'
import { LOOK_BACK_MONTHS } from './wanted.ts'
import { type RunRow } from './run-row.ts'

export type Reratings = Map<number, Rerating>
type Noted = { from: Period; reason: string }

/**
 * The past months to charge again, by account: those noted at the start of the run, and those before
 * a reading that came after months without one; with what was booked for them until now.
 */
export async function loadReratings(
  ctx: Context,
  given: {
    run: RunRow
    rules: Rulebook
    accounts: readonly AccountFacts[]
    noted: ReadonlyMap<number, Noted>
  },
): Promise<Reratings> {
  const { accounts, noted, rules, run } = given
  const rule = rules.rule('look-back', '', scopeOfProvider(run.providerId), firstDay(run.period))
  const oldest = addMonths(run.period, -(rule?.value.months ?? LOOK_BACK_MONTHS))
  const first = run.chargedFrom > oldest ? run.chargedFrom : oldest
  const found = new Map<number, Noted>()
  for (const account of accounts) {
    const known = noted.get(account.accountId)
    const from = beforeGaps(account, known?.from ?? run.period, { period: run.period, first })
    const start = from > first ? from : first
    if (start >= run.period) continue
    const reasons = new Set(known?.reason.split(','))
    if (!known || from < known.from) reasons.add('late-reading')
    found.set(account.accountId, { from: start, reason: [...reasons].sort().join() })
  }
  if (found.size === 0) return new Map()
  const oldestAgain = [...found.values()].reduce<Period>(
    (oldestYet, { from }) => (from < oldestYet ? from : oldestYet),
    run.period,
  )
  const booked = await readBooked(ctx, run, { accountIds: [...found.keys()], from: oldestAgain })
  return new Map(
    [...found].map(([accountId, rerating]) => [
      accountId,
      { ...rerating, booked: booked.get(accountId) ?? new Map() },
    ]),
  )
}

/** A scope that only rules of the provider and the country fit. */
function scopeOfProvider(providerId: number) {
  return { providerId, serviceId: 0, houseId: 0, accountId: 0 }
}

/** A reading after months without one says what those months were: they are charged again with it. */
function beforeGaps(
  account: AccountFacts,
  from: Period,
  { first, period }: { period: Period; first: Period },
): Period {
  let earliest = from
  for (const { dials } of account.agreements)
    for (const { installedOn, readings } of dials) {
      const counted = readings.filter((reading) => reading.counted && reading.period <= period)
      if (!counted.some((reading) => reading.period >= from)) continue
      const before = counted.findLast((reading) => reading.period < from)
      // A dial never read before counts from the day it was hung.
      const gap = before ? addMonths(before.period, 1) : installedOn ? periodOf(installedOn) : first
      if (gap < earliest) earliest = gap
    }
  return earliest
}

type BookedRow = Booked & { accountId: number; agreementId: number; month: Period }

/** What about a month was booked by its own run or a later one. */
async function readBooked(
  ctx: Context,
  run: RunRow,
  { accountIds, from }: { accountIds: readonly number[]; from: Period },
) {
  const rows = await ctx.sql.many<BookedRow>`
    select g.account_id as "accountId", l.agreement_id as "agreementId",
      coalesce(l.about_period, r.period) as month,
      coalesce(sum(l.amount) filter (where l.kind = any(${CHARGE_CODES}::int2[])), 0)::int8 as charge,
      coalesce(sum(l.amount) filter (where l.kind = ${KINDS.benefit.code} and l.posted), 0)::int8
        as benefit,
      coalesce(sum(l.amount) filter (where l.kind = ${KINDS.benefit.code} and not l.posted), 0)::int8
        as "benefitShown",
      coalesce(sum(l.amount) filter (where l.kind = ${KINDS.subsidy.code}), 0)::int8 as subsidy,
      coalesce(sum(l.volume_e8), 0)::int8 as volume
    from agreement g
    join run r on r.provider_id = ${run.providerId} and r.state = 'posted' and r.period < ${run.period}
      and r.period >= ${from}
    join run_line l on l.run_id = r.id and l.agreement_id = g.id
    where g.account_id = any(${accountIds}::int4[])
    group by 1, 2, 3`
  const accounts = new Map<number, Map<number, Map<Period, Booked>>>()
  for (const { accountId, agreementId, month, ...row } of rows) {
    const agreements = accounts.get(accountId) ?? new Map<number, Map<Period, Booked>>()
    const months = agreements.get(agreementId) ?? new Map<Period, Booked>()
    months.set(month, { ...row })
    agreements.set(agreementId, months)
    accounts.set(accountId, agreements)
  }
  return accounts
}

const CHARGE_CODES = [KINDS.accrual.code, KINDS.subscription.code, KINDS.recalculation.code]
