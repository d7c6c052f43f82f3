import { describe, expect, it } from '@jest/globals'
import { postingPeriod } from '../../../core/ledger/posting-period.ts'
import { period, plainDate } from '../../../core/period.ts'

describe('the month an entry counts in', () => {
  it.each([
    ['its own while nothing is issued', '2026-10-31', null, 202610],
    ['its own while it is not issued', '2026-10-01', 202609, 202610],
    ['the first not issued after its own was', '2026-10-31', 202610, 202611],
    ['the first not issued, however old the day', '2020-01-01', 202612, 202701],
  ])('is %s', (_, day, last, month) => {
    expect(postingPeriod(plainDate(day), last === null ? null : period(last))).toBe(month)
  })
})
