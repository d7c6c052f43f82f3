import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import { shareOut, thresholdSubsidy } from '../../../../core/billing/subsidy/compute.ts'
import { money, toKopecks } from '../../../../core/billing/charge/formula.ts'
import { kopecks, sum } from '../../../../core/money.ts'
import { rate } from '../../../../core/quantity.ts'
import { evaluate } from '../../../support/evaluate.ts'

const amount = fc.bigInt({ min: 0n, max: 10_000_000n }).map(kopecks)
const fees = fc.array(fc.oneof(amount, fc.constant(kopecks(0))), { maxLength: 8 })
const share = fc.bigInt({ min: 0n, max: 100_000_000n }).map(rate)

it('parts sum to the subsidy, none is below zero or above its fee', () => {
  fc.assert(
    fc.property(amount, fees, (subsidy, each) => {
      const parts = shareOut(money(subsidy, 'subsidy'), each).map(toKopecks)
      const all = sum(each)
      expect(sum(parts)).toBe(subsidy < all ? subsidy : all)
      parts.forEach((part, index) => {
        expect(part).toBeGreaterThanOrEqual(0n)
        expect(part).toBeLessThanOrEqual(each[index] ?? 0n)
      })
    }),
  )
})

it('a subsidy is never above its fee, and less income never makes it less', () => {
  fc.assert(
    fc.property(amount, amount, amount, share, (fee, income, other, part) => {
      const of = (shown: typeof income) =>
        toKopecks(
          thresholdSubsidy({ fee: money(fee), income: shown, share: rate(part), source: 'rule:1' }),
        )
      const [less, more] = income < other ? [income, other] : [other, income]
      expect(of(less)).toBeLessThanOrEqual(fee)
      expect(of(more)).toBeGreaterThanOrEqual(0n)
      expect(of(less)).toBeGreaterThanOrEqual(of(more))
    }),
  )
})

it('every text gives its amount', () => {
  fc.assert(
    fc.property(amount, fees, amount, share, (fee, each, income, part) => {
      const subsidy = thresholdSubsidy({ fee: money(fee), income, share: part, source: 'rule:1' })
      expect(evaluate(subsidy.text)).toBe(toKopecks(subsidy))
      for (const one of shareOut(subsidy, each)) expect(evaluate(one.text)).toBe(toKopecks(one))
    }),
  )
})
