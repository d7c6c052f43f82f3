import { describe, expect, it } from '@jest/globals'
import {
  addWorkingDays,
  type DayExceptions,
  isDayOff,
  nextWorkingDay,
} from '../../../../core/billing/penalty/calendar.ts'
import { addDays, plainDate } from '../../../../core/period.ts'

const day = plainDate
const none: DayExceptions = new Map()
/** Wednesday and Thursday are holidays, the Saturday after them is worked. */
const holidays: DayExceptions = new Map([
  [day('2026-05-20'), true],
  [day('2026-05-21'), true],
  [day('2026-05-23'), false],
])

describe('a day off', () => {
  it.each([
    ['2026-11-20', false, 'Friday', none],
    ['2026-11-21', true, 'Saturday', none],
    ['2026-11-22', true, 'Sunday', none],
    ['2026-11-23', false, 'Monday', none],
    ['2024-02-29', false, 'a leap Thursday', none],
    ['1999-12-31', false, 'a Friday before the anchor', none],
    ['2000-01-02', true, 'a Sunday before the anchor', none],
    ['2026-05-20', true, 'a Wednesday that is a holiday', holidays],
    ['2026-05-23', false, 'a Saturday that is worked', holidays],
    ['2026-05-24', true, 'a Sunday the calendar does not name', holidays],
  ])('%s is %s: %s', (text, isOff, _, exceptions) => {
    expect(isDayOff(day(text), exceptions)).toBe(isOff)
  })
})

describe('the next working day', () => {
  it.each([
    ['2026-11-18', '2026-11-19', 'in the week', none],
    ['2026-11-20', '2026-11-23', 'over a weekend', none],
    ['2026-12-31', '2027-01-01', 'over a year without a calendar', none],
    ['2026-05-19', '2026-05-22', 'over two holidays', holidays],
    ['2026-05-22', '2026-05-23', 'a worked Saturday', holidays],
  ])('after %s is %s: %s', (text, expected, _, exceptions) => {
    expect(nextWorkingDay(day(text), exceptions)).toBe(expected)
  })

  it('in a calendar of nothing but holidays throws instead of searching for ever', () => {
    const start = day('2026-01-01')
    const closed = new Map(Array.from({ length: 60 }, (_, index) => [addDays(start, index), true]))
    expect(() => nextWorkingDay(start, closed)).toThrow(RangeError)
  })
})

describe('working days counted from a day', () => {
  it.each([
    ['2026-11-20', 0, '2026-11-20', none],
    ['2026-11-21', 0, '2026-11-21', none],
    ['2026-11-20', 1, '2026-11-23', none],
    ['2026-11-20', 10, '2026-12-04', none],
    ['2026-05-18', 3, '2026-05-23', holidays],
    ['2026-05-18', 4, '2026-05-25', holidays],
  ])('%s and %s: %s', (text, count, expected, exceptions) => {
    expect(addWorkingDays(day(text), count, exceptions)).toBe(expected)
  })

  it.each([-1, 1.5, NaN])('%s of them throw', (count) => {
    expect(() => addWorkingDays(day('2026-11-20'), count, none)).toThrow(RangeError)
  })
})
