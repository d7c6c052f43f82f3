import { describe, expect, it } from '@jest/globals'
import {
  housingSubsidyHint,
  obligatoryPayment,
  shareOut,
  thresholdSubsidy,
} from '../../../../core/billing/subsidy/compute.ts'
import { money, toKopecks, whole } from '../../../../core/billing/charge/formula.ts'
import { kopecks } from '../../../../core/money.ts'
import { quantity, rate, wholeQuantity } from '../../../../core/quantity.ts'
import { evaluate } from '../../../support/evaluate.ts'

const TOWN = 20_000_000n
const VILLAGE = 15_000_000n

describe('a subsidy above the threshold', () => {
  it.each([
    ['a town', 9_715, 42_000, TOWN, 1_315n],
    ['a village', 9_715, 42_000, VILLAGE, 3_415n],
    ['a fee at the threshold', 8_400, 42_000, TOWN, 0n],
    ['a fee a kopeck above it', 8_401, 42_000, TOWN, 1n],
    ['a fee below it', 5_000, 42_000, TOWN, 0n],
    ['no income', 9_715, 0, TOWN, 9_715n],
    ['no fee', 0, 0, TOWN, 0n],
    ['a threshold of half a kopeck, rounded up', 100, 3, 50_000_000n, 98n],
  ])('of %s is the excess', (_name, fee, income, share, expected) => {
    const subsidy = thresholdSubsidy({
      fee: money(kopecks(fee), 'fee'),
      income: kopecks(income),
      share: rate(share),
      source: 'rule:7',
    })
    expect(toKopecks(subsidy)).toBe(expected)
    expect(evaluate(subsidy.text)).toBe(expected)
  })

  it('says what it was found from', () => {
    const fee = money(kopecks(9_715), 'fee')
    const share = { share: rate(TOWN), source: 'rule:7' }
    expect(thresholdSubsidy({ fee, income: kopecks(42_000), ...share }).text).toBe(
      'max(0, 97.15[fee] - round(0.2[rule:7] * 420[income], 2))',
    )
  })
})

describe('the parts of a subsidy', () => {
  it.each([
    ['shared by fees', 1_315, [6_000, 3_715], [812n, 503n]],
    ['to one agreement', 1_315, [9_715], [1_315n]],
    ['past services that cost nothing', 1_315, [0, 9_715, 0], [0n, 1_315n, 0n]],
    ['as thirds', 100, [50, 50, 50], [33n, 34n, 33n]],
    ['of nothing', 0, [50, 50], [0n, 0n]],
    ['above all fees', 500, [100, 200], [100n, 200n]],
    ['without fees', 500, [0, 0], [0n, 0n]],
    ['without agreements', 500, [], []],
  ])('are given %s', (_name, subsidy, fees, expected) => {
    const parts = shareOut(money(kopecks(subsidy), 'subsidy'), fees.map(kopecks))
    expect(parts.map(toKopecks)).toEqual(expected)
    expect(parts.map((part) => evaluate(part.text))).toEqual(expected)
  })

  it.each([
    ['a subsidy', -1, [100]],
    ['a fee', 1, [100, -1]],
  ])('are not given of %s below zero', (_name, subsidy, fees) => {
    expect(() => shareOut(money(kopecks(subsidy)), fees.map(kopecks))).toThrow(RangeError)
  })
})

describe('the Ukrainian hint', () => {
  const share = {
    livingMinimum: kopecks(292_000),
    incomeCoefficient: wholeQuantity(2),
    baseShare: rate(15_000_000n),
    source: 'rule:3',
  }

  it.each([
    ['two persons', 900_000, 2, 104_024n],
    ['one person', 900_000, 1, 208_048n],
    ['no income', 0, 3, 0n],
  ])('rounds the payment of %s once', (_name, income, persons, expected) => {
    const payment = obligatoryPayment({ income: kopecks(income), persons, share })
    expect(toKopecks(payment)).toBe(expected)
    expect(evaluate(payment.text)).toBe(expected)
  })

  it.each([
    [180_000, 75_976n],
    [104_024, 0n],
    [50_000, 0n],
  ])('for a cost of %i kopecks is %s', (cost, expected) => {
    const obligatory = obligatoryPayment({ income: kopecks(900_000), persons: 2, share })
    const hint = housingSubsidyHint({ cost: money(kopecks(cost), 'cost'), obligatory })
    expect(toKopecks(hint)).toBe(expected)
    expect(evaluate(hint.text)).toBe(expected)
  })

  it.each([
    ['persons', 0, share],
    ['a minimum', 1, { ...share, livingMinimum: kopecks(0) }],
    ['a coefficient', 1, { ...share, incomeCoefficient: quantity(0n) }],
  ])('needs %s', (_name, persons, numbers) => {
    expect(() => obligatoryPayment({ income: kopecks(1), persons, share: numbers })).toThrow(
      RangeError,
    )
  })

  it('takes a payment given as a number', () => {
    expect(toKopecks(housingSubsidyHint({ cost: whole(5), obligatory: whole(2) }))).toBe(300n)
  })
})
