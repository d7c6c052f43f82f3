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
  roundToStep,
  spread,
  type Term,
  times,
  whole,
} from './formula.ts'
import { CannotCharge } from './lint.ts'
import { clip, daysOf, type Month, monthOf } from './month.ts'

/** What a dial measured in a month; null when only the norm is left. */
export type DialVolume = { volume: Term; method: 'meter' | 'average' } | null

type Value = { value: Quantity; source: string }

/** A dial's days in a month while it hangs and its verification is valid. */
export function validDays(dial: DialFact, month: Month, config: Charging): number {
  const live = clip(month, dial.installedOn, dial.removedOn)
  if (!live) return 0
  if (dial.verified === null) return daysOf(live)
  let valid = 0
  for (let day = live.from; day < live.end; day = addDays(day, 1)) {
    const isValid = dial.verified.some(
      ({ from, until }) => (from === null || from <= day) && day <= until,
    )
    if (isValid) valid += 1
  }
  return config.expired === 'whole-months' && valid < daysOf(live) ? 0 : valid
}

/** Whether the dial hangs on some day of the month. */
export function isLive(dial: DialFact, month: Month): boolean {
  return clip(month, dial.installedOn, dial.removedOn) !== null
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

  const total = between(dial, startValue(dial, before), readingsOf(dial, real.period))
  const isOwn = real.period === month.period
  if (config.lateReading === 'at-once' || (isOwn && lastMonth >= addMonths(month.period, -1)))
    return { volume: isOwn ? total : whole(0), method: 'meter' }
  return { volume: shareOf(total, { dial, month, config, lastMonth, real }), method: 'meter' }
}

/**
 * Volume up to a day on which the dial was read, for a price that changed that day; null when it was not.
 */
export function volumeUntil(dial: DialFact, month: Month, day: PlainDate): Term | null {
  const read = dial.readings.find(
    ({ period, takenOn }) => takenOn === day && period === month.period,
  )
  if (!read) return null
  return between(dial, startValue(dial, lastBefore(dial, month.period)), [read])
}

type Sharing = {
  dial: DialFact
  month: Month
  config: Charging
  lastMonth: Period
  real: ReadingFact
}

function shareOf(total: Term, { dial, month, config, lastMonth, real }: Sharing): Term {
  const months = monthsBetween(lastMonth, real.period)
  const weights = Array.from({ length: months }, (_, index) =>
    validDays(dial, monthOf(addMonths(lastMonth, index + 1)), config),
  )
  if (weights.every((weight) => weight === 0)) return whole(0)
  const parts = spread(total, weights, decimalsOf(config))
  return parts[monthsBetween(lastMonth, month.period) - 1] ?? whole(0)
}

function decimalsOf({ estimate }: Charging): number {
  const step = estimate?.step ?? 100_000_000n
  return Math.max(0, 9 - String(step).length)
}

function estimated(
  dial: DialFact,
  month: Month,
  { estimate }: Charging,
  last: ReadingFact | null,
  lastMonth: Period,
): DialVolume {
  if (!estimate || estimate.method === 'norm' || !last) return null
  const inRow = monthsBetween(lastMonth, month.period)
  if (estimate.maxMonths !== undefined && inRow > estimate.maxMonths) return null
  const base = baseOf(dial, last, estimate)
  if (!base) return null
  const used = between(dial, readingValue(base), readingsAfter(dial, base, last))
  const volume =
    estimate.method === 'avg-daily'
      ? byDays(used, base, last, { month, lastMonth, estimate })
      : byMonths(used, base, last, { month, estimate })
  return { volume, method: 'average' }
}

type Ahead = { month: Month; lastMonth: Period; estimate: Estimate }

function byDays(used: Term, base: ReadingFact, last: ReadingFact, ahead: Ahead): Term {
  const { estimate, lastMonth, month } = ahead
  const days = whole(daysBetween(base.takenOn, last.takenOn), 'days')
  const until = (day: PlainDate) =>
    roundToStep(
      over(times(used, whole(daysBetween(last.takenOn, day), 'days')), days),
      estimate.step,
    )
  const isFirst = addMonths(lastMonth, 1) === month.period
  return isFirst ? until(month.end) : minus(until(month.end), until(month.first))
}

function byMonths(
  used: Term,
  base: ReadingFact,
  last: ReadingFact,
  { month, estimate }: Omit<Ahead, 'lastMonth'>,
): Term {
  const average = over(used, whole(monthsBetween(base.period, last.period), 'months'))
  const factor = estimate.method === 'planned' ? estimate.profile?.[(month.period % 100) - 1] : null
  return roundToStep(factor ? times(average, literal(factor, 'profile')) : average, estimate.step)
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

function firstFrom(dial: DialFact, period: Period): ReadingFact | null {
  return dial.readings.find((reading) => reading.counted && reading.period >= period) ?? null
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
