import { addDays, addMonths, firstDay, lastDay, type Period, type PlainDate } from '../../period.ts'
import { type RuleValue } from '../../tariffs/rule-kinds.ts'
import { type DayExceptions, isDayOff, nextWorkingDay } from './calendar.ts'

/** When a month must be paid, and from which day a debt bears penalty. */
export type PaymentTerm = RuleValue<'payment-term'>

/**
 * The last day to pay for a month: October with day 25 of one month after → 25 November. The day is
 * clamped to the month's end; where the term shifts, a day off gives way to the next working day.
 * Source: Civil Code of Ukraine, art. 254; notice form of Belarus: payment until the 25th.
 */
export function dueDay(month: Period, term: PaymentTerm, exceptions: DayExceptions): PlainDate {
  const target = addMonths(month, term.monthsAfter)
  const named = addDays(firstDay(target), term.day - 1)
  const end = lastDay(target)
  const day = named > end ? end : named
  return term.shiftsToWorkingDay && isDayOff(day, exceptions)
    ? nextWorkingDay(day, exceptions)
    : day
}

/**
 * The first day a debt due on `dueOn` bears penalty: the next working day, or simply the next day.
 * Source: law of Ukraine 2189-VIII, art. 26 (first working day after the term); Belarus: from the 26th.
 */
export function firstPenaltyDay(
  dueOn: PlainDate,
  startsOn: PaymentTerm['startsOn'],
  exceptions: DayExceptions,
): PlainDate {
  return startsOn === 'next-day' ? addDays(dueOn, 1) : nextWorkingDay(dueOn, exceptions)
}
