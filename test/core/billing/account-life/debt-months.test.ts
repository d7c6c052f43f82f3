import { describe, expect, it } from '@jest/globals'
import {
  debtByMonth,
  splitMonths,
  takeOldest,
} from '../../../../core/billing/account-life/debt-months.ts'
import { kopecks } from '../../../../core/money.ts'
import { period } from '../../../../core/period.ts'

type Part = readonly [month: number, amount: number]
const debt = (parts: readonly Part[]) =>
  parts.map(([month, amount]) => ({ month: period(month), amount: kopecks(amount) }))
const OTHERWISE = period(202611)

describe('the months of a debt', () => {
  it.each<[string, Part[], number, Part[]]>([
    [
      'are the newest charges',
      [
        [202608, 500],
        [202609, 300],
        [202610, 200],
      ],
      450,
      [
        [202609, 250],
        [202610, 200],
      ],
    ],
    [
      'are all of them when nothing was paid',
      [
        [202609, 300],
        [202610, 200],
      ],
      500,
      [
        [202609, 300],
        [202610, 200],
      ],
    ],
    [
      'come in any order',
      [
        [202610, 200],
        [202608, 500],
        [202609, 300],
      ],
      201,
      [
        [202609, 1],
        [202610, 200],
      ],
    ],
    ['are none of a credit', [[202610, 200]], -50, []],
    ['are none of nothing', [[202610, 200]], 0, []],
    [
      'leave out a month that gave money back',
      [
        [202608, 500],
        [202609, -300],
        [202610, 200],
      ],
      400,
      [
        [202608, 200],
        [202610, 200],
      ],
    ],
    [
      'hold what was given back in the oldest',
      [
        [202609, 100],
        [202610, 200],
      ],
      350,
      [
        [202609, 150],
        [202610, 200],
      ],
    ],
    ['are the one at hand without charges', [], 70, [[202611, 70]]],
  ])('%s', (_, charges, balance, expected) => {
    expect(debtByMonth(debt(charges), kopecks(balance), OTHERWISE)).toEqual(debt(expected))
  })
})

describe('a part of a debt', () => {
  it.each<[number, Part[]]>([
    [1, [[202608, 1]]],
    [500, [[202608, 500]]],
    [
      501,
      [
        [202608, 500],
        [202609, 1],
      ],
    ],
    [
      800,
      [
        [202608, 500],
        [202609, 300],
      ],
    ],
  ])('of %d kopecks is the oldest', (amount, expected) => {
    const whole = debt([
      [202608, 500],
      [202609, 300],
    ])
    expect(takeOldest(whole, kopecks(amount))).toEqual(debt(expected))
  })

  it('is never more than the debt', () => {
    expect(() => takeOldest(debt([[202608, 500]]), kopecks(501))).toThrow(RangeError)
  })
})

describe('a split debt', () => {
  it.each<[string, Part[], number[], Part[][]]>([
    [
      'keeps the kopeck that does not divide',
      [[202610, 2000]],
      [1, 2, 4],
      [[[202610, 286]], [[202610, 571]], [[202610, 1143]]],
    ],
    [
      'keeps its months',
      [
        [202609, 100],
        [202610, 301],
      ],
      [1, 1],
      [
        [
          [202609, 50],
          [202610, 151],
        ],
        [
          [202609, 50],
          [202610, 150],
        ],
      ],
    ],
    ['gives nothing for a weight of zero', [[202610, 7]], [0, 1], [[], [[202610, 7]]]],
  ])('%s', (_, parts, weights, expected) => {
    expect(splitMonths(debt(parts), weights.map(BigInt))).toEqual(expected.map(debt))
  })
})
