import { describe, expect, it } from '@jest/globals'
import { isEdrpou, isTaxNumber } from '../../../core/documents/edrpou.ts'

describe('isEdrpou', () => {
  it.each([
    ['a bank', '14360570', true],
    ['leading zeros', '00032129', true],
    ['a code below 30 million', '21133352', true],
    ['a code above 30 million', '30019801', true],
    ['first weights', '12345678', true],
    ['second weights', '40000081', true],
    ['a second remainder of 10', '40000520', true],
    ['a second remainder of 10 of low codes', '12346420', true],
    ['a code above 60 million would have first weights', '55101018', true],
    ['a wrong check digit', '14360571', false],
    ['seven digits', '1436057', false],
    ['letters', '1436057O', false],
  ])('%s', (_, code, fits) => {
    expect(isEdrpou(code)).toBe(fits)
  })
})

describe('isTaxNumber', () => {
  it.each([
    ['a man born in 1980', '2922012335', true],
    ['a woman born in 1975', '2746055546', true],
    ['a man born in 1968', '2504801230', true],
    ['a wrong check digit', '2922012336', false],
    ['nine digits', '292201233', false],
  ])('%s', (_, code, fits) => {
    expect(isTaxNumber(code)).toBe(fits)
  })
})
