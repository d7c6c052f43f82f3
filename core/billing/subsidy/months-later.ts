import { addDays, addMonths, lastDay, periodOf, plainDate, type PlainDate } from '../../period.ts'

/**
 * First day after a term of so many months that starts with `day`: the day of the same number, or the
 * first of the next month where there is none, so that the term's last day is the month's last. Six
 * months from 2026-11-15 end before 2027-05-15, from 2026-08-31 before 2027-03-01.
 */
export function monthsLater(day: PlainDate, months: number): PlainDate {
  const last = lastDay(addMonths(periodOf(day), months))
  const number = day.slice(8)
  return number > last.slice(8) ? addDays(last, 1) : plainDate(last.slice(0, 8) + number)
}
