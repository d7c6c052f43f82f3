import { describe, expect, it } from '@jest/globals'
import {
  addDays,
  addMonths,
  dayIn,
  daysBetween,
  daysInMonth,
  firstDay,
  lastDay,
  makeDate,
  monthsBetween,
  period,
  periodOf,
  plainDate,
} from '../../core/period.ts'

describe('a month', () => {
  it.each([
    [202601, -1, 202512],
    [202612, 1, 202701],
    [202601, -13, 202412],
    [202610, 0, 202610],
    [202610, 27, 202901],
    [202612, -12, 202512],
  ])('%i and %i months is %i', (start, months, expected) => {
    expect(addMonths(period(start), months)).toBe(expected)
    expect(monthsBetween(period(start), period(expected))).toBe(months)
  })

  it.each([202600, 202613, 20261, 2026.1, 189912, 220001, Number.NaN, -202610])(
    '%d is none',
    (number) => {
      expect(() => period(number)).toThrow(RangeError)
    },
  )

  it.each([
    [202602, '2026-02-01', '2026-02-28'],
    [202402, '2024-02-01', '2024-02-29'],
    [202604, '2026-04-01', '2026-04-30'],
    [202612, '2026-12-01', '2026-12-31'],
  ])('%i runs from %s to %s', (month, first, last) => {
    expect(firstDay(period(month))).toBe(first)
    expect(lastDay(period(month))).toBe(last)
    expect(periodOf(plainDate(last))).toBe(month)
  })
})

describe('a day', () => {
  it.each(['2026-10-31', '2024-02-29', '2000-02-29', '1900-01-01', '2199-12-31'])(
    '%s exists',
    (text) => {
      expect(plainDate(text)).toBe(text)
    },
  )

  it.each([
    '2026-02-29',
    '2100-02-29',
    '2026-04-31',
    '2026-13-01',
    '2026-00-01',
    '2026-01-00',
    '2026-1-1',
    '31.10.2026',
    '2026-10-31T00:00:00Z',
    '',
  ])('%j does not exist', (text) => {
    expect(() => plainDate(text)).toThrow(RangeError)
  })

  it.each([
    [2026, 2, 31],
    [2026, 13, 1],
    [2026, 0, 1],
    [1899, 12, 31],
    [2200, 1, 1],
  ])('of %i, %i, %i is null', (year, month, day) => {
    expect(makeDate(year, month, day)).toBeNull()
  })

  it.each([
    ['2026-12-31', 1, '2027-01-01'],
    ['2024-02-28', 1, '2024-02-29'],
    ['2024-02-29', 1, '2024-03-01'],
    ['2026-02-28', 1, '2026-03-01'],
    ['2024-02-29', 366, '2025-03-01'],
    ['2026-01-01', -1, '2025-12-31'],
    ['2026-09-28', 31, '2026-10-29'],
  ])('%s and %i days is %s', (from, days, to) => {
    expect(addDays(plainDate(from), days)).toBe(to)
    expect(daysBetween(plainDate(from), plainDate(to))).toBe(days)
  })

  it('of the 29 of February is in leap years only', () => {
    const leap = [1900, 2000, 2023, 2024, 2100].filter((year) => daysInMonth(year, 2) === 29)
    expect(leap).toEqual([2000, 2024])
  })
})

describe('an instant in a time zone', () => {
  it.each([
    [
      'the evening in UTC is the next day in Kyiv',
      '2026-10-31T22:30:00Z',
      'Europe/Kyiv',
      '2026-11-01',
    ],
    ['the last minute of the day in Kyiv', '2026-10-31T21:59:59Z', 'Europe/Kyiv', '2026-10-31'],
    ['the night summer time ends, before it', '2026-10-24T20:59:59Z', 'Europe/Kyiv', '2026-10-24'],
    ['the night summer time ends, midnight', '2026-10-24T21:00:00Z', 'Europe/Kyiv', '2026-10-25'],
    [
      'the day summer time ended is an hour longer',
      '2026-10-25T21:59:59Z',
      'Europe/Kyiv',
      '2026-10-25',
    ],
    ['and ends an hour later', '2026-10-25T22:00:00Z', 'Europe/Kyiv', '2026-10-26'],
    ['the night summer time begins, midnight', '2026-03-28T22:00:00Z', 'Europe/Kyiv', '2026-03-29'],
    [
      'the day summer time began is an hour shorter',
      '2026-03-29T20:59:59Z',
      'Europe/Kyiv',
      '2026-03-29',
    ],
    ['and ends an hour earlier', '2026-03-29T21:00:00Z', 'Europe/Kyiv', '2026-03-30'],
    ['Minsk has no summer time', '2026-07-31T20:59:59Z', 'Europe/Minsk', '2026-07-31'],
    ['Minsk at its midnight', '2026-07-31T21:00:00Z', 'Europe/Minsk', '2026-08-01'],
    ['the turn of the year', '2026-12-31T22:00:00Z', 'Europe/Kyiv', '2027-01-01'],
  ])('%s', (_, instant, zone, day) => {
    expect(dayIn(new Date(instant), zone)).toBe(day)
  })
})
