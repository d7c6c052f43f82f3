import { type Kopecks, kopecks } from '../../money.ts'
import { addDays, firstDay, lastDay, type Period, type PlainDate } from '../../period.ts'
import {
  greater,
  lesser,
  literal,
  minus,
  money,
  over,
  round,
  sumOf,
  type Term,
  times,
  toKopecks,
  whole,
} from '../charge/formula.ts'
import { type DayExceptions } from './calendar.ts'
import { type ItemDebt } from './debt.ts'
import { firstPenaltyDay, type PaymentTerm } from './due-date.ts'

/** A penalty in force from `fromDay` until before `toDay`. */
export type PenaltyRate = {
  fromDay: PlainDate
  toDay: PlainDate | null
  /** Share of the debt a day in 10⁻⁸: 0.01 % is 10_000n. */
  ratePerDayE8: bigint
  /** The most an item can bear, per cents of its highest overdue principal in 10⁻⁸; null: no limit. */
  capPercentE8: bigint | null
  /** Where it is written, as formulas name it: `rule:7`. */
  source: string
}

/** Days without penalty, both ends included; without a last day, until it is said otherwise. */
export type NoPenalty = { fromDay: PlainDate; lastDay: PlainDate | null }

/** What decides the penalty of an agreement. Days without a rate bear none; rates do not overlap. */
export type PenaltyRules = {
  rates: readonly PenaltyRate[]
  noPenalty: readonly NoPenalty[]
  startsOn: PaymentTerm['startsOn']
  exceptions: DayExceptions
}

/** A month made ready for all agreements under the same rules. */
export type PenaltyMonth = {
  period: Period
  first: PlainDate
  last: PlainDate
  days: number
  /** Days of the month that bear penalty, numbered from 1, until before `end`. */
  spans: readonly { rate: PenaltyRate; from: number; end: number }[]
  /** The first penalty day of what was due on a day. */
  startOf: (dueOn: PlainDate) => PlainDate
}

/** Days on which the same principal bore the same rate; both ends included. */
type PenaltyInterval = {
  fromDay: PlainDate
  lastDay: PlainDate
  days: number
  /** Unpaid principal at the end of each of the days, in kopecks. */
  base: Kopecks
  rate: PenaltyRate
}

type ItemPenalty = {
  month: Period
  dueOn: PlainDate
  /** Days that bore penalty. */
  days: number
  intervals: readonly PenaltyInterval[]
  /** True when the limit made the amount smaller. */
  isCapped: boolean
  term: Term
  /** Kopecks, not below zero. */
  amount: Kopecks
}

/** The penalty of an agreement for one month. */
export type PenaltyLine = {
  period: Period
  items: readonly ItemPenalty[]
  /** Sum of the items' terms, each rounded to kopecks. */
  total: Term
  amount: Kopecks
}

const HUNDRED_PERCENT_E8 = 10_000_000_000n
const HALF_KOPECK_E8 = 500_000n

/** Makes a month ready once for all agreements with these rules. Throws RangeError when rates overlap. */
export function preparePenaltyMonth(period: Period, rules: PenaltyRules): PenaltyMonth {
  const starts = new Map<PlainDate, PlainDate>()
  const startOf = (dueOn: PlainDate) => {
    let start = starts.get(dueOn)
    if (start === undefined) {
      start = firstPenaltyDay(dueOn, rules.startsOn, rules.exceptions)
      starts.set(dueOn, start)
    }
    return start
  }
  const [first, last] = [firstDay(period), lastDay(period)]
  const days = dayOfMonth(last)
  return { period, first, last, days, spans: spansOf(first, days, rules), startOf }
}

/**
 * The penalty of one month for an agreement's debt, or null when nothing bore penalty. Of each item
 * Σ unpaid principal at the end of the day × rate of the day, rounded once; the day of payment is so not
 * charged. With what was charged before (`charged`, by `penaltyKey`) an item never bears more than the cap
 * of its last charged day.
 * Penalties bear no penalty: only principal comes here.
 * Source: law of Ukraine 2189-VIII, art. 26; in Belarus the same with its own rate and first day.
 */
export function penaltyOfMonth(
  month: PenaltyMonth,
  debts: readonly ItemDebt[],
  charged: ReadonlyMap<string, Kopecks>,
): PenaltyLine | null {
  if (month.spans.length === 0) return null
  const items: ItemPenalty[] = []
  for (const debt of debts) {
    if (debt.dueOn >= month.last) continue
    const item = penaltyOfItem(month, debt, charged)
    if (item) items.push(item)
  }
  if (items.length === 0) return null
  const total = sumOf(items.map((item) => item.term))
  return { period: month.period, items, total, amount: toKopecks(total) }
}

/** Names an item where penalties already charged are kept: `202608/2026-09-25`. */
export function penaltyKey({ dueOn, month }: Pick<ItemDebt, 'month' | 'dueOn'>): string {
  return `${month}/${dueOn}`
}

function penaltyOfItem(
  month: PenaltyMonth,
  debt: ItemDebt,
  charged: ReadonlyMap<string, Kopecks>,
): ItemPenalty | null {
  const intervals = intervalsOf(month, debt)
  const last = intervals.at(-1)
  if (!last) return null
  const exact = sumOf(intervals.map((interval) => termOf(interval, debt.month)))
  const full = round(exact, 2)
  const cap = last.rate.capPercentE8
  const term =
    cap === null
      ? full
      : atMost(full, debt, {
          percentE8: cap,
          source: last.rate.source,
          peak: highestOverdue(month, debt),
          before: charged.get(penaltyKey(debt)) ?? kopecks(0),
        })
  return {
    month: debt.month,
    dueOn: debt.dueOn,
    days: intervals.reduce((days, interval) => days + interval.days, 0),
    intervals,
    isCapped: term !== full,
    term,
    amount: toKopecks(term),
  }
}

function intervalsOf(month: PenaltyMonth, { dueOn, steps }: ItemDebt): PenaltyInterval[] {
  const intervals: PenaltyInterval[] = []
  let start: PlainDate | undefined
  for (let index = 0; index < steps.length; index += 1) {
    const step = steps[index]
    const until = steps[index + 1]?.fromDay
    if (!step || step.fromDay > month.last) break
    if (step.unpaid === 0n || (until !== undefined && until <= month.first)) continue
    start ??= month.startOf(dueOn)
    if (start > month.last) break
    const fromDay = start > step.fromDay ? start : step.fromDay
    const from = fromDay > month.first ? dayOfMonth(fromDay) : 1
    const end = until !== undefined && until <= month.last ? dayOfMonth(until) : month.days + 1
    for (const span of month.spans) {
      const a = Math.max(from, span.from)
      const days = Math.min(end, span.end) - a
      if (days <= 0) continue
      const first = addDays(month.first, a - 1)
      const lastDay = addDays(first, days - 1)
      intervals.push({ fromDay: first, lastDay, days, base: step.unpaid, rate: span.rate })
    }
  }
  return intervals
}

function termOf({ base, days, fromDay, lastDay, rate }: PenaltyInterval, about: Period): Term {
  const counted = whole(days, `days:${fromDay}..${lastDay.slice(8)}`)
  const perDay = literal(rate.ratePerDayE8, rate.source)
  return times(times(money(base, `debt:${about}`), counted), perDay)
}

/** Of all days that the item is overdue until the month's end; days without penalty count too. */
function highestOverdue(month: PenaltyMonth, { dueOn, steps }: ItemDebt): Kopecks {
  const start = month.startOf(dueOn)
  let highest = kopecks(0)
  for (const [index, { fromDay, unpaid }] of steps.entries()) {
    if (fromDay > month.last) break
    const until = steps[index + 1]?.fromDay
    if ((until === undefined || until > start) && unpaid > highest) highest = unpaid
  }
  return highest
}

type Cap = { percentE8: bigint; source: string; peak: Kopecks; before: Kopecks }

/** The term, or what the cap leaves of it. A cap between two kopecks is rounded down, or it would be exceeded. */
function atMost(full: Term, { month }: ItemDebt, { before, peak, percentE8, source }: Cap): Term {
  const limit = (peak * percentE8) / HUNDRED_PERCENT_E8
  if (toKopecks(full) <= limit - before) return full
  const share = times(money(peak, `peak:${month}`), literal(percentE8, source))
  const exact = over(share, whole(100))
  const isExact = (peak * percentE8) % HUNDRED_PERCENT_E8 === 0n
  const cap = isExact ? exact : round(minus(exact, literal(HALF_KOPECK_E8)), 2)
  const room = before === 0n ? cap : minus(cap, money(before, `charged:${month}`))
  return lesser(full, before > limit ? greater(whole(0), room) : room)
}

function spansOf(first: PlainDate, days: number, rules: PenaltyRules) {
  const spans: { rate: PenaltyRate; from: number; end: number }[] = []
  for (let no = 1; no <= days; no += 1) {
    const rate = rateOn(addDays(first, no - 1), rules)
    if (!rate || rate.ratePerDayE8 === 0n) continue
    const open = spans.at(-1)
    if (open?.rate === rate && open.end === no) open.end = no + 1
    else spans.push({ rate, from: no, end: no + 1 })
  }
  return spans
}

function rateOn(day: PlainDate, { noPenalty, rates }: PenaltyRules): PenaltyRate | null {
  const valid = rates.filter(
    ({ fromDay, toDay }) => fromDay <= day && (toDay === null || day < toDay),
  )
  if (valid.length > 1) throw new RangeError(`${valid.length} penalty rates on ${day}`)
  const isFree = noPenalty.some(
    ({ fromDay, lastDay: end }) => fromDay <= day && (end === null || day <= end),
  )
  return isFree ? null : (valid[0] ?? null)
}

function dayOfMonth(day: PlainDate): number {
  return Number(day.slice(8))
}
