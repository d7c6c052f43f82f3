import { expect, it } from '@jest/globals'
import { monthsLater } from '../../../../core/billing/subsidy/months-later.ts'
import { plainDate } from '../../../../core/period.ts'

it.each([
  ['2026-11-01', 6, '2027-05-01'],
  ['2026-11-15', 6, '2027-05-15'],
  ['2026-08-31', 6, '2027-03-01'],
  ['2026-08-28', 6, '2027-02-28'],
  ['2027-08-29', 6, '2028-02-29'],
  ['2027-08-30', 6, '2028-03-01'],
  ['2026-12-31', 1, '2027-01-31'],
  ['2026-03-31', 1, '2026-05-01'],
  ['2026-02-28', 12, '2027-02-28'],
])('a term from %s of %i months ends before %s', (day, months, expected) => {
  expect(monthsLater(plainDate(day), months)).toBe(expected)
})
