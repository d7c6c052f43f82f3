import { describe, expect, it } from '@jest/globals'
import { decodeWindows1251, encodeWindows1251 } from '../../../core/documents/windows-1251.ts'

describe('windows-1251', () => {
  it('holds the Ukrainian letters and the number sign', () => {
    const bytes = Buffer.from('AABA20B2B320AFBF20A5B420B9', 'hex')
    expect(Buffer.from(encodeWindows1251('Єє Іі Її Ґґ №'))).toEqual(bytes)
    expect(decodeWindows1251(bytes)).toBe('Єє Іі Її Ґґ №')
  })

  it('throws for a character it does not have', () => {
    expect(() => encodeWindows1251('₴')).toThrow('windows-1251 has no ₴')
  })
})
