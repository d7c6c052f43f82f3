import { describe, expect, it } from '@jest/globals'
import { formatIban, ibanFault } from '../../../core/registry/iban.ts'

describe('ibanFault', () => {
  it.each([
    ['a Ukrainian number fits', 'UA123000010000026001000000101', null],
    ['another Ukrainian number fits', 'UA293000010000026009000000202', null],
    ["the registry's Ukrainian example fits", 'UA213223130000026007233566001', null],
    ["the registry's Belarusian example fits", 'BY13NBRB3600900000002Z00AB00', null],
    ['a Belarusian number fits', 'BY64AKBB30120000000000000101', null],
    ['a changed digit does not fit', 'UA123000010000026001000000102', 'checksum'],
    ['two swapped digits do not fit', 'UA123000010000026001000001001', 'checksum'],
    ['a number cut short has no form', 'UA12300001000002600100000010', 'form'],
    ['spaces are not part of the number', 'UA12 3000 0100 0002 6001 0000 0010 1', 'form'],
    ['small letters are not part of the number', 'ua123000010000026001000000101', 'form'],
    ['a country we do not serve has no form', 'DE89370400440532013000', 'form'],
    ['an empty text has no form', '', 'form'],
  ])('%s', (_, iban, fault) => {
    expect(ibanFault(iban)).toBe(fault)
  })
})

describe('formatIban', () => {
  it('groups the characters by four', () => {
    expect(formatIban('UA123000010000026001000000101')).toBe('UA12 3000 0100 0002 6001 0000 0010 1')
  })
})
