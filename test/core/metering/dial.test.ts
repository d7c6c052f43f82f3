import { describe, expect, it } from '@jest/globals'
import { dialEnd, fitsDial, mayPassZero } from '../../../core/metering/dial.ts'
import { quantity, wholeQuantity } from '../../../core/quantity.ts'

describe('a dial of five digits', () => {
  it.each([
    ['shows 99 999.99999999', quantity(dialEnd(5) - 1n), true],
    ['does not show 100 000', wholeQuantity(100_000), false],
  ])('%s', (_what, value, fits) => {
    expect(fitsDial(value, 5)).toBe(fits)
  })

  it.each([
    ['from 99 970', 99_970, true],
    ['from 50 000', 50_000, true],
    ['not from 49 999', 49_999, false],
    ['not from 137', 137, false],
  ])('may pass its zero: %s', (_what, previous, may) => {
    expect(mayPassZero(wholeQuantity(previous), 5)).toBe(may)
  })
})
