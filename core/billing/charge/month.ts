import { addMonths, daysBetween, firstDay, type Period, type PlainDate } from '../../period.ts'

/** A month as half-open days. */
export type Month = { period: Period; first: PlainDate; end: PlainDate; days: number }

/** Days from `from` until before `end`. */
export type Span = { from: PlainDate; end: PlainDate }

export function monthOf(period: Period): Month {
  const first = firstDay(period)
  const end = firstDay(addMonths(period, 1))
  return { period, first, end, days: daysBetween(first, end) }
}

/** The part of a span inside a month, or null. Open ends are unlimited. */
export function clip(
  month: Span | Month,
  fromDay: PlainDate | null,
  toDay: PlainDate | null,
): Span | null {
  const start = 'first' in month ? month.first : month.from
  const from = fromDay !== null && fromDay > start ? fromDay : start
  const end = toDay !== null && toDay < month.end ? toDay : month.end
  return from < end ? { from, end } : null
}

export function daysOf({ end, from }: Span): number {
  return daysBetween(from, end)
}

/** A span cut at days, each once; days outside it do not cut. */
export function cutAt({ end, from }: Span, days: readonly PlainDate[]): Span[] {
  const inside = [...new Set(days)].filter((day) => day > from && day < end).sort()
  const starts = [from, ...inside]
  return starts.map((start, index) => ({ from: start, end: starts[index + 1] ?? end }))
}

/** The version that holds on a day: the last one that started; null before the first. */
export function holdingOn<V extends { fromDay: PlainDate }>(
  versions: readonly V[],
  day: PlainDate,
): V | null {
  return versions.findLast((version) => version.fromDay <= day) ?? null
}
