import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  addDays,
  addMonths,
  dayIn,
  daysBetween,
  firstDay,
  lastDay,
  monthsBetween,
  period,
  periodOf,
  plainDate,
} from '../../core/period.ts'

const DAY_MS = 86_400_000
const day = fc
  .integer({ min: Date.UTC(1900, 0, 1) / DAY_MS, max: Date.UTC(2199, 11, 31) / DAY_MS })
  .map((number) => plainDate(new Date(number * DAY_MS).toISOString().slice(0, 10)))
const month = fc
  .tuple(fc.integer({ min: 1900, max: 2199 }), fc.integer({ min: 1, max: 12 }))
  .map(([year, number]) => period(year * 100 + number))

it('days count as the calendar of the machine does', () => {
  fc.assert(
    fc.property(day, day, (from, to) => {
      const expected = (Date.parse(to) - Date.parse(from)) / DAY_MS
      expect(daysBetween(from, to)).toBe(expected)
      expect(addDays(from, expected)).toBe(to)
      expect(from < to).toBe(expected > 0)
    }),
    { numRuns: 1000 },
  )
})

it('months there and back are the same month, and sort as numbers do', () => {
  fc.assert(
    fc.property(month, month, (from, to) => {
      const months = monthsBetween(from, to)
      expect(addMonths(from, months)).toBe(to)
      expect(addMonths(to, -months)).toBe(from)
      expect(from < to).toBe(months > 0)
      expect(period(addMonths(from, months))).toBe(to)
    }),
  )
})

it('the day after the last of a month is the first of the next', () => {
  fc.assert(
    fc.property(
      month.filter((each) => each < 219_912),
      (each) => {
        expect(addDays(lastDay(each), 1)).toBe(firstDay(addMonths(each, 1)))
        expect(periodOf(lastDay(each))).toBe(each)
      },
    ),
  )
})

it('noon of a day in UTC is that day in Kyiv', () => {
  fc.assert(
    fc.property(
      day.filter((each) => each > '1930-12-31'),
      (each) => {
        expect(dayIn(new Date(`${each}T12:00:00Z`), 'Europe/Kyiv')).toBe(each)
      },
    ),
  )
})
