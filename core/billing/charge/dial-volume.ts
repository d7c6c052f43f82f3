import {
  addDays,
  addMonths,
  daysBetween,
  firstDay,
  monthsBetween,
  type Period,
  periodOf,
  type PlainDate,
} from '../../period.ts'
import { type Quantity } from '../../quantity.ts'
import { dialEnd } from '../../metering/dial.ts'
import { type Charging, type Estimate } from '../../tariffs/rule-kinds.ts'
import { type DialFact, type ReadingFact } from './facts.ts'
import {
  literal,
  minus,
  over,
  plus,
  round,
  roundToStep,
  spread,
  type Term,
  times,
  whole,
} from './formula.ts'
import { CannotCharge } from './lint.ts'
import { clip, cutAt, daysOf, type Month, monthOf, type Span } from './month.ts'

/** What a dial measured in a month; null when only the norm is left. */
export type DialVolume = { volume: Term; method: 'meter' | 'average' } | null

type Value = { value: Quantity; source: string }

/** Whether the dial hangs on a day. */
export function hangsOn({ installedOn, removedOn }: DialFact, day: PlainDate): boolean {
  return (installedOn === null || installedOn <= day) && (removedOn === null || day < removedOn)
}

/** Whether its verification is valid on a day. */
export function isVerifiedOn({ verified }: DialFact, day: PlainDate): boolean {
  return (
    verified === null ||
    verified.some(({ from, until }) => (from === null || from <= day) && day <= until)
  )
}

/** The days on which a dial comes, goes, or its verification begins or ends. */
export function changesOf({ installedOn, removedOn, verified }: DialFact): PlainDate[] {
  const ranges = (verified ?? []).flatMap(({ from, until }) => [from, addDays(until, 1)])
  return [installedOn, removedOn, ...ranges].filter((day) => day !== null)
}

/** The stretches of a month on which the dial hangs and its verification is valid. */
function validSpans(dial: DialFact, month: Month, config: Charging): Span[] {
  const live = clip(month, dial.installedOn, dial.removedOn)
  if (!live) return []
  const spans = cutAt(live, changesOf(dial))
  const valid = spans.filter(({ from }) => isVerifiedOn(dial, from))
  return config.expired === 'whole-months' && valid.length < spans.length ? [] : valid
}

/**
 * The volume of a dial in a month, in units. With a reading that closes the month, or a later one, it is
 * real: since the last real reading, spread over the months between by days where the service says so.
 * Without, it is estimated from the last real reading, so that roundings do not drift.
 * `chargedFrom` is the first month charged here: what lies before is not spread over.
 * Source: rules of Ukrainian utility billing (Типовий договір, ККОЕЕ п. 8.6): average daily consumption.
 */
export function dialVolume(
  dial: DialFact,
  month: Month,
  config: Charging,
  chargedFrom: Period,
): DialVolume {
  const before = lastBefore(dial, month.period)
  const real = firstFrom(dial, month.period)
  const lastMonth = closedMonth(dial, before, chargedFrom)
  if (!real) return estimated(dial, month, config, before, lastMonth)

  const isOwn = real.period === month.period
  const restart = isOwn ? uncountedBefore(dial, real) : null
  const total = between(dial, startValue(dial, restart ?? before), readingsOf(dial, real.period))
  const isWhole = restart !== null || lastMonth >= addMonths(month.period, -1)
  if (config.lateReading === 'at-once' || (isOwn && isWhole))
    return { volume: isOwn ? total : whole(0), method: 'meter' }
  return { volume: shareOf(total, { dial, month, config, lastMonth, real }), method: 'meter' }
}

/**
 * Volume up to a day on which the dial was read, for a price that changed that day; null when it was
 * not, or when the month's volume is a share of several months'.
 */
export function volumeUntil(
  dial: DialFact,
  month: Month,
  { day, chargedFrom }: { day: PlainDate; chargedFrom: Period },
): Term | null {
  const own = readingsOf(dial, month.period)
  const place = own.findIndex(({ takenOn }) => takenOn === day)
  const before = lastBefore(dial, month.period)
  if (place < 0 || closedMonth(dial, before, chargedFrom) < addMonths(month.period, -1)) return null
  return between(dial, startValue(dial, before), own.slice(0, place + 1))
}

type Sharing = {
  dial: DialFact
  month: Month
  config: Charging
  lastMonth: Period
  real: ReadingFact
}

/** Days without a valid verification are left to the norm: what was used on them is nobody's. */
function shareOf(total: Term, { dial, month, config, lastMonth, real }: Sharing): Term {
  const months = monthsBetween(lastMonth, real.period)
  const weights = Array.from({ length: months }, (_, index) => {
    const live = clip(monthOf(addMonths(lastMonth, index + 1)), dial.installedOn, dial.removedOn)
    return live ? daysOf(live) : 0
  })
  if (weights.every((weight) => weight === 0)) return whole(0)
  const decimals = decimalsOf(config)
  const parts = spread(total, weights, decimals)
  const place = monthsBetween(lastMonth, month.period) - 1
  const [part, live] = [parts[place] ?? whole(0), weights[place] ?? 0]
  const valid = validSpans(dial, month, config).reduce((days, span) => days + daysOf(span), 0)
  if (valid === live) return part
  return round(over(times(part, whole(valid, 'days')), whole(live, 'days')), decimals)
}

function decimalsOf({ estimate }: Charging): number {
  const step = estimate?.step ?? 100_000_000n
  return Math.max(0, 9 - String(step).length)
}

function estimated(
  dial: DialFact,
  month: Month,
  config: Charging,
  last: ReadingFact | null,
  lastMonth: Period,
): DialVolume {
  const { estimate } = config
  if (!estimate || estimate.method === 'norm' || !last) return null
  const inRow = monthsBetween(lastMonth, month.period)
  if (estimate.maxMonths !== undefined && inRow > estimate.maxMonths) return null
  const base = baseOf(dial, last, estimate)
  if (!base) return null
  const used = between(dial, readingValue(base), readingsAfter(dial, base, last))
  const spans = validSpans(dial, month, config)
  const [first, end] = [spans[0]?.from, spans.at(-1)?.end]
  if (first === undefined || end === undefined) return { volume: whole(0), method: 'average' }
  const ahead = { month, lastMonth, estimate, days: { from: first, end } }
  const volume =
    estimate.method === 'avg-daily'
      ? byDays(used, base, last, ahead)
      : byMonths(used, base, last, ahead)
  return { volume, method: 'average' }
}

type Ahead = { month: Month; lastMonth: Period; estimate: Estimate; days: Span }

function byDays(used: Term, base: ReadingFact, last: ReadingFact, ahead: Ahead): Term {
  const { days: counted, estimate, lastMonth, month } = ahead
  const days = whole(daysBetween(base.takenOn, last.takenOn), 'days')
  const until = (day: PlainDate) =>
    roundToStep(
      over(times(used, whole(daysBetween(last.takenOn, day), 'days')), days),
      estimate.step,
    )
  const isFirst = addMonths(lastMonth, 1) === month.period && counted.from === month.first
  return isFirst ? until(counted.end) : minus(until(counted.end), until(counted.from))
}

function byMonths(
  used: Term,
  base: ReadingFact,
  last: ReadingFact,
  { days, month, estimate }: Ahead,
): Term {
  const average = over(used, whole(monthsBetween(base.period, last.period), 'months'))
  const factor = estimate.method === 'planned' ? estimate.profile?.[(month.period % 100) - 1] : null
  const monthly = factor ? times(average, literal(factor, 'profile')) : average
  const counted = daysOf(days)
  if (counted === month.days) return roundToStep(monthly, estimate.step)
  const part = over(times(monthly, whole(counted, 'days')), whole(month.days, 'days'))
  return roundToStep(part, estimate.step)
}

/** The earliest real reading not older than the base allows; null when that is the last one itself. */
function baseOf(dial: DialFact, last: ReadingFact, estimate: Estimate): ReadingFact | null {
  const oldest = addMonths(last.period, -estimate.baseMonths)
  const firstOfMonth = firstDay(addMonths(periodOf(last.takenOn), -estimate.baseMonths))
  // Compared as text: a day that month does not have is still between its neighbours.
  const sinceDay = firstOfMonth.slice(0, 8) + last.takenOn.slice(8)
  const isBase = (reading: ReadingFact) =>
    estimate.method === 'avg-daily' ? reading.takenOn >= sinceDay : reading.period >= oldest
  const base = dial.readings.find((reading) => reading.counted && isBase(reading))
  if (!base || base.takenOn >= last.takenOn || base.period >= last.period) return null
  return base
}

function lastBefore(dial: DialFact, period: Period): ReadingFact | null {
  return dial.readings.findLast((reading) => reading.period < period) ?? null
}

/**
 * The reading that tells what a month was. One sent after the verification expired tells nothing of the
 * months before it, and those after it start from it.
 */
function firstFrom(dial: DialFact, period: Period): ReadingFact | null {
  const next = dial.readings.find((reading) => reading.period >= period)
  if (!next || next.counted) return next ?? null
  return readingsOf(dial, period)[0] ?? null
}

/** What the dial showed, not to be charged by, before the first reading of a month that is. */
function uncountedBefore(dial: DialFact, { period }: ReadingFact): ReadingFact | null {
  const [first] = readingsOf(dial, period)
  if (!first) return null
  const earlier = dial.readings.slice(0, dial.readings.indexOf(first))
  return earlier.findLast((reading) => !reading.counted && reading.period === period) ?? null
}

/** Readings of a month, the last of which closes it. */
function readingsOf(dial: DialFact, period: Period): ReadingFact[] {
  return dial.readings.filter((reading) => reading.counted && reading.period === period)
}

function readingsAfter(dial: DialFact, base: ReadingFact, last: ReadingFact): ReadingFact[] {
  const start = dial.readings.indexOf(base)
  return dial.readings.slice(start + 1, dial.readings.indexOf(last) + 1)
}

/** The month whose end the last known value stands for. */
function closedMonth(dial: DialFact, before: ReadingFact | null, chargedFrom: Period): Period {
  if (before) return before.period
  const installed = dial.installedOn && periodOf(dial.installedOn)
  const start = installed !== null && installed > chargedFrom ? installed : chargedFrom
  return addMonths(start, -1)
}

function startValue(dial: DialFact, before: ReadingFact | null): Value {
  return before
    ? readingValue(before)
    : { value: dial.initial, source: `register:${dial.registerId}` }
}

function readingValue({ id, value }: ReadingFact): Value {
  return { value, source: `reading:${id}` }
}

function between(dial: DialFact, from: Value, readings: readonly ReadingFact[]): Term {
  const last = readings.at(-1)
  if (!last) return whole(0)
  const turns = readings.filter((reading) => reading.rolledOver).length
  const end = literal(last.value, `reading:${last.id}`)
  const reached =
    turns === 0 ? end : plus(times(literal(dialEnd(dial.digits), 'dial'), whole(turns)), end)
  const used = minus(reached, literal(from.value, from.source))
  if (used.numerator < 0n)
    throw new CannotCharge('volume-negative', null, { register: dial.registerId })
  return used
}
