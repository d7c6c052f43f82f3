import { describe, expect, it } from '@jest/globals'
import { allocate, divideRounded, kopecks, sum } from '../../core/money.ts'

describe('a division of money', () => {
  it.each([
    [3n, 2n, 2n],
    [-3n, 2n, -2n],
    [1n, 2n, 1n],
    [-1n, 2n, -1n],
    [1n, 3n, 0n],
    [2n, 3n, 1n],
    [-1n, 3n, 0n],
    [-2n, 3n, -1n],
    [0n, 7n, 0n],
    [435n, 10n, 44n],
    [-435n, 10n, -44n],
    [10n ** 30n + 5n, 10n, 10n ** 29n + 1n],
  ])('of %s by %s is %s: half goes away from zero', (numerator, denominator, expected) => {
    expect(divideRounded(numerator, denominator)).toBe(expected)
  })

  it.each([0n, -1n])('by %s throws', (denominator) => {
    expect(() => divideRounded(1n, denominator)).toThrow(RangeError)
  })
})

describe('a sum split by weights', () => {
  it.each([
    ['20.00 by 1, 2, 4', 2000n, [1n, 2n, 4n], [286n, 571n, 1143n]],
    ['one kopeck by three', 1n, [1n, 1n, 1n], [0n, 1n, 0n]],
    ['a negative sum', -2000n, [1n, 2n, 4n], [-286n, -571n, -1143n]],
    ['a weight of zero', 100n, [0n, 1n, 0n], [0n, 100n, 0n]],
    ['nothing', 0n, [1n, 2n], [0n, 0n]],
  ])('%s', (_, total, weights, parts) => {
    expect(allocate(kopecks(total), weights)).toEqual(parts)
  })

  it.each([
    ['no weights', []],
    ['weights of zero', [0n, 0n]],
    ['a negative weight', [2n, -1n]],
  ])('with %s throws', (_, weights) => {
    expect(() => allocate(kopecks(100), weights)).toThrow(RangeError)
  })
})

it('the sum of nothing is zero kopecks', () => {
  expect(sum([])).toBe(0n)
  expect(sum([kopecks(1), kopecks(-3)])).toBe(-2n)
})
