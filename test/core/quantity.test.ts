import { describe, expect, it } from '@jest/globals'
import {
  cost,
  formatDecimal,
  parseDecimal,
  quantity,
  rate,
  type Rate,
  wholeQuantity,
} from '../../core/quantity.ts'

const units = (text: string) => parseDecimal(text) ?? quantity(-1n)
const price = (text: string): Rate => rate(units(text))

describe('a line of a bill', () => {
  it.each([
    ['3', '0.145', 44n],
    ['-3', '0.145', -44n],
    ['4.000', '30.00', 12_000n],
    ['8.000', '33.60', 26_880n],
    ['1.01220000', '1654.41', 167_459n],
    ['0.8421', '1200.50', 101_094n],
    ['54.2', '9.35', 50_677n],
    ['100', '4.32', 43_200n],
    ['0', '30.40', 0n],
    ['1.2', '18.4831', 2218n],
  ])('%s × %s is rounded once to the kopeck', (volume, at, expected) => {
    expect(cost(units(volume), price(at))).toBe(expected)
  })
})

describe('a decimal', () => {
  it.each([
    ['12', 1_200_000_000n],
    ['12.5', 1_250_000_000n],
    ['12,5', 1_250_000_000n],
    ['-0.125', -12_500_000n],
    ['+7', 700_000_000n],
    ['00123', 12_300_000_000n],
    [' 1 ', 100_000_000n],
    ['0.00000001', 1n],
    ['-0', 0n],
  ])('%j is read', (text, expected) => {
    expect(parseDecimal(text)).toBe(expected)
  })

  it.each(
    ['', ' ', '1e3', '1 234', '1.2.3', '.5', '5.', '1,234.5', '0x10', 'п’ять', '--1'].concat([
      '0.000000001',
      '1'.repeat(16),
      'Infinity',
    ]),
  )('%j is not read', (text) => {
    expect(parseDecimal(text)).toBeNull()
  })

  it.each([
    [1_250_000_000n, '12.5'],
    [-1n, '-0.00000001'],
    [0n, '0'],
    [10_000_000_000n, '100'],
  ])('%s is written %s', (value, text) => {
    expect(formatDecimal(value)).toBe(text)
  })

  it('of whole units is that many', () => {
    expect(wholeQuantity(12)).toBe(units('12'))
  })
})
