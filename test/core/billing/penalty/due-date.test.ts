import { describe, expect, it } from '@jest/globals'
import {
  dueDay,
  firstPenaltyDay,
  type PaymentTerm,
} from '../../../../core/billing/penalty/due-date.ts'
import { period, type PlainDate, plainDate } from '../../../../core/period.ts'

const ukraine: PaymentTerm = {
  day: 25,
  monthsAfter: 1,
  shiftsToWorkingDay: true,
  startsOn: 'next-working-day',
}
const belarus: PaymentTerm = { ...ukraine, shiftsToWorkingDay: false, startsOn: 'next-day' }
const calendar = (days: Record<string, boolean>): ReadonlyMap<PlainDate, boolean> =>
  new Map(Object.entries(days).map(([day, isOff]) => [plainDate(day), isOff]))

describe('the due day and the first day of penalty', () => {
  it.each([
    ['a working day stays', 202608, ukraine, {}, '2026-09-25', '2026-09-28'],
    ['in the week penalty starts the next day', 202610, ukraine, {}, '2026-11-25', '2026-11-26'],
    ['a Saturday gives way to Monday', 202606, ukraine, {}, '2026-07-27', '2026-07-28'],
    ['a Sunday gives way to Monday', 202609, ukraine, {}, '2026-10-26', '2026-10-27'],
    [
      'a Sunday before a holiday gives way to Tuesday',
      202609,
      ukraine,
      { '2026-10-26': true },
      '2026-10-27',
      '2026-10-28',
    ],
    [
      'a holiday after the due day puts penalty off',
      202608,
      ukraine,
      { '2026-09-28': true },
      '2026-09-25',
      '2026-09-29',
    ],
    [
      'a worked Saturday bears penalty',
      202608,
      ukraine,
      { '2026-09-26': false },
      '2026-09-25',
      '2026-09-26',
    ],
    ['the year turns', 202611, ukraine, {}, '2026-12-25', '2026-12-28'],
    ['Belarus: October until 25.11', 202610, belarus, {}, '2026-11-25', '2026-11-26'],
    ['Belarus: a day off neither moves the term', 202609, belarus, {}, '2026-10-25', '2026-10-26'],
    ['Belarus: nor the first day', 202608, belarus, {}, '2026-09-25', '2026-09-26'],
    [
      'the 31st is the last day of a short month',
      202601,
      { ...belarus, day: 31 },
      {},
      '2026-02-28',
      '2026-03-01',
    ],
    [
      'a leap February has one day more',
      202401,
      { ...belarus, day: 31 },
      {},
      '2024-02-29',
      '2024-03-01',
    ],
    [
      'a clamped Saturday moves into the next month',
      202601,
      { ...ukraine, day: 30 },
      {},
      '2026-03-02',
      '2026-03-03',
    ],
    [
      'a term within the month itself',
      202610,
      { ...ukraine, monthsAfter: 0, day: 20 },
      {},
      '2026-10-20',
      '2026-10-21',
    ],
  ])('%s', (_, month, term, exceptions, dueOn, start) => {
    const days = calendar(exceptions)
    const due = dueDay(period(month), term, days)
    expect([due, firstPenaltyDay(due, term.startsOn, days)]).toEqual([dueOn, start])
  })
})
