import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import { cost, formatDecimal, parseDecimal, quantity, rate } from '../../core/quantity.ts'

const value = fc.bigInt({ min: -(10n ** 22n), max: 10n ** 22n })

it('what is written is read back', () => {
  fc.assert(
    fc.property(value, (e8) => {
      expect(parseDecimal(formatDecimal(e8))).toBe(e8)
      expect(parseDecimal(formatDecimal(e8).replace('.', ','))).toBe(e8)
    }),
  )
})

it('a reversed volume costs exactly the opposite', () => {
  fc.assert(
    fc.property(value, fc.bigInt({ min: 0n, max: 10n ** 12n }), (volume, price) => {
      expect(cost(quantity(-volume), rate(price))).toBe(-cost(quantity(volume), rate(price)))
    }),
  )
})
