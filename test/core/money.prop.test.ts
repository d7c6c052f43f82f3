import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import { allocate, divideRounded, kopecks, sum } from '../../core/money.ts'

const amount = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n })
const weights = fc
  .array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { minLength: 1, maxLength: 20 })
  .filter((all) => all.some((weight) => weight > 0n))

it('parts always sum to the whole, and each is within a kopeck of its exact share', () => {
  fc.assert(
    fc.property(amount, weights, (total, shares) => {
      const parts = allocate(kopecks(total), shares)
      expect(sum(parts)).toBe(total)
      const whole = shares.reduce((a, b) => a + b)
      for (const [index, part] of parts.entries()) {
        const error = part * whole - total * (shares[index] ?? 0n)
        expect(error <= whole && error >= -whole).toBe(true)
      }
    }),
  )
})

it('a quotient is the nearest integer, and of opposite sums the opposite', () => {
  fc.assert(
    fc.property(amount, fc.bigInt({ min: 1n, max: 10n ** 12n }), (numerator, denominator) => {
      const quotient = divideRounded(numerator, denominator)
      const error = 2n * (quotient * denominator - numerator)
      expect(error <= denominator && error >= -denominator).toBe(true)
      expect(divideRounded(-numerator, denominator)).toBe(-quotient)
    }),
  )
})
