import { describe, expect, it } from '@jest/globals'
import { parseSum, parseValue } from '../../../bots/dialog/number.ts'

describe('a meter value as people type it', () => {
  it.each([
    ['326', 32_600_000_000n],
    ['00123', 12_300_000_000n],
    ['0', 0n],
    ['12,5', 1_250_000_000n],
    ['12.5', 1_250_000_000n],
    [' 326 ', 32_600_000_000n],
    ['1 234', 123_400_000_000n],
    ['1\u00a0234\u202f567', 123_456_700_000_000n],
    ['1 234,125', 123_412_500_000n],
    ['999999999999', 99_999_999_999_900_000_000n],
  ])('%j is read', (text, value) => {
    expect(parseValue(text)).toBe(value)
  })

  it.each([
    '',
    'триста',
    '326 куб',
    'було 12, стало 34',
    '12 34',
    '12 3456',
    '1234 567',
    '1,2345',
    '-5',
    '+5',
    '1e3',
    '٣٢٦',
    '12..5',
    '1234567890123',
    '326\n327',
  ])('%j is no value', (text) => {
    expect(parseValue(text)).toBeNull()
  })
})

describe('a sum as people type it', () => {
  it.each([
    ['200', 20_000n],
    ['200,20', 20_020n],
    ['200.20 грн', 20_020n],
    ['1 366,52 грн.', 136_652n],
    ['15 BYN', 1_500n],
    ['0,01', 1n],
  ])('%j is read', (text, kopecks) => {
    expect(parseSum(text)).toBe(kopecks)
  })

  it.each(['', 'двісті', '200,2', '200,205', '-200', '12 34', '1234567890'])(
    '%j is no sum',
    (text) => {
      expect(parseSum(text)).toBeNull()
    },
  )
})
