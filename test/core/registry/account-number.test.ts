import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { accountKey } from '../../../core/registry/account-number.ts'

describe('account numbers are one account', () => {
  it.each([
    ['a Cyrillic letter and its Latin twin', '0012345м', '0012345M'],
    ['spaces around', '0030009м', ' 0030009м '],
    ['spaces inside', '0012 345М', '0012345м'],
    ['a no-break space', '0904\u00A0900107', '0904900107'],
    ['a zero-width space', '10\u200B1', '101'],
    ['a whole series', 'ВК-12-005', 'BK-12-005'],
    ['a long dash', 'ВК–12—005', 'BK-12-005'],
    ['a minus sign', 'ВК−12-005', 'BK-12-005'],
    ['upper and lower case', 'пб032', 'ПБ032'],
    ['every look-alike letter', 'АВСЕНІКМОРТХ', 'ABCEHIKMOPTX'],
    ['every look-alike letter in lower case', 'авсенікмортх', 'abcehikmoptx'],
    ['a letter composed of two characters', 'Й12', 'И\u030612'],
  ])('%s', (_, left, right) => {
    expect(accountKey(left)).toBe(accountKey(right))
  })
})

describe('account numbers are different accounts', () => {
  it.each([
    ['leading zeros', '0101', '101'],
    ['leading zeros before a letter', '0012345М', '12345М'],
    ['a letter O among digits', '1O1', '101'],
    ['a Cyrillic letter О among digits', '1О1', '101'],
    ['a dash', '12-005', '12005'],
    ['a slash', '285/127', '285127'],
    ['letters that do not look alike', 'ПБ032', 'PB032'],
  ])('%s', (_, left, right) => {
    expect(accountKey(left)).not.toBe(accountKey(right))
  })
})

const ALPHABET = '0123456789 /-–МмMmОоOoІіIiПпЙй\u0306\u200B'.split('')

it('the key of a key is the key', () => {
  const number = fc.string({
    unit: fc.constantFrom(...ALPHABET),
  })
  fc.assert(
    fc.property(number, (text) => {
      expect(accountKey(accountKey(text))).toBe(accountKey(text))
    }),
  )
})
