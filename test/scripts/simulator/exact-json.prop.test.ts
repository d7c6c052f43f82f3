import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { exactJson } from '../../../scripts/simulator/exact-json.ts'

describe('exactJson', () => {
  it('writes what JSON.stringify writes where that can', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => exactJson(value) === JSON.stringify(value)))
  })

  it('writes every digit of a bigint as a number', () => {
    fc.assert(fc.property(fc.bigInt(), (value) => exactJson({ value }) === `{"value":${value}}`))
  })

  it('leaves out what is undefined, but not from a list', () => {
    expect(exactJson({ a: undefined, b: [undefined, 1n] })).toBe('{"b":[null,1]}')
  })
})
