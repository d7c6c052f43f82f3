import { describe, expect, it } from '@jest/globals'
import encodeQR from 'qr'
import { kopecks } from '../../../core/money.ts'
import { encodeNbuQr, type NbuContent } from '../../../core/documents/nbu-qr.ts'

const WATER = {
  format: '002',
  recipient: 'КП "Міськводоканал"',
  iban: 'UA123000010000026001000000101',
  code: '12345678',
  amount: kopecks(38946),
  purpose: 'о/р 101; водопостачання за 10.2026; рахунок 101-2026-10',
} as const satisfies NbuContent

const HEAT = {
  format: '002',
  recipient: 'КП "Тепломережа"',
  iban: 'UA293000010000026009000000202',
  code: '34567905',
  purpose: 'о/р 285/138; опалення за 11.2026; Ґалаґан Є. Ї.',
} as const satisfies NbuContent

const WATER_003 = {
  ...WATER,
  format: '003',
  purpose: 'о/р 101; водопостачання за 10.2026',
  category: 'SUPP/SUPP',
  reference: '101-2026-10',
  editable: ['amount'],
  validUntil: '2026-12-31T23:59:59',
  createdAt: '2026-11-01T08:00:00',
} as const satisfies NbuContent

function encoded(...args: Parameters<typeof encodeNbuQr>) {
  const result = encodeNbuQr(...args)
  if (!result.ok) throw new Error(result.code)
  return result.value
}

function inner(text: string): string {
  const bytes = Buffer.from(text.slice(text.lastIndexOf('/') + 1), 'base64url')
  return new TextDecoder('windows-1251').decode(bytes)
}

describe('encodeNbuQr', () => {
  it('writes 002 in Windows-1251 with thirteen line feeds', () => {
    expect(encoded(WATER).text).toBe(
      'https://bank.gov.ua/qr/QkNECjAwMgoyClVDVAoKys8gIsyz8fzq4u7k7urg7eDrIgpVQTEyMzAwMDAxMDAwMDAyNjAwMTAwMDAwMDEwMQpVQUgzODkuNDYKMTIzNDU2NzgKCgruL_AgMTAxOyDi7uTu7-7x8uD34O3t_yDn4CAxMC4yMDI2OyDw4PXz7e7qIDEwMS0yMDI2LTEwCgo',
    )
  })

  it('writes 002 in UTF-8 with CR LF and without a sum', () => {
    expect(encoded(HEAT, { encoding: 'utf-8', lineEnding: 'crlf' }).text).toBe(
      'https://bank.gov.ua/qr/QkNEDQowMDINCjENClVDVA0KDQrQmtCfICLQotC10L_Qu9C-0LzQtdGA0LXQttCwIg0KVUEyOTMwMDAwMTAwMDAwMjYwMDkwMDAwMDAyMDINCg0KMzQ1Njc5MDUNCg0KDQrQvi_RgCAyODUvMTM4OyDQvtC_0LDQu9C10L3QvdGPINC30LAgMTEuMjAyNjsg0pDQsNC70LDSkdCw0L0g0IQuINCHLg0KDQo',
    )
  })

  it('writes 003 with the sum alone left to the payer', () => {
    expect(encoded(WATER_003).text).toBe(
      'https://qr.bank.gov.ua/QkNECjAwMwoyClVDVAoKys8gIsyz8fzq4u7k7urg7eDrIgpVQTEyMzAwMDAxMDAwMDAyNjAwMTAwMDAwMDEwMQpVQUgzODkuNDYKMTIzNDU2NzgKU1VQUC9TVVBQCjEwMS0yMDI2LTEwCu4v8CAxMDE7IOLu5O7v7vHy4Pfg7e3_IOfgIDEwLjIwMjYKCkZFRkYKMjYxMjMxMjM1OTU5CjI2MTEwMTA4MDAwMAo',
    )
  })

  it.each([
    ['kopecks', 57640n, 'UAH576.40'],
    ['a round sum', 300n, 'UAH3'],
    ['less than a hryvnia', 7n, 'UAH0.07'],
    ['the largest sum', 99_999_999_999n, 'UAH999999999.99'],
  ])('writes %s in the shortest form', (_, amount, written) => {
    expect(inner(encoded({ ...WATER, amount: kopecks(amount) }).text).split('\n')[7]).toBe(written)
  })

  it.each([
    ['the bank decides', undefined, ''],
    ['nothing', [], 'FFFF'],
    ['the sum', ['amount'], 'FEFF'],
    ['the sum and the purpose', ['amount', 'purpose'], 'EEFF'],
  ] as const)('lets the payer change: %s', (_, editable, mask) => {
    expect(inner(encoded({ ...WATER_003, editable }).text).split('\n')[13]).toBe(mask)
  })

  it.each<[string, Partial<NbuContent>, string]>([
    ['no recipient', { recipient: ' \u00a0' }, 'recipient-missing'],
    ['a recipient of 39 characters', { recipient: 'к'.repeat(39) }, 'recipient-too-long'],
    ['an account cut short', { iban: 'UA12300001' }, 'iban-form'],
    ['a foreign account', { iban: 'BY64AKBB30120000000000000101' }, 'iban-form'],
    ['an account mistyped', { iban: 'UA123000010000026001000000102' }, 'iban-checksum'],
    ['a code of letters', { code: 'ABCDEFGH' }, 'code-form'],
    ['a code mistyped', { code: '12345679' }, 'code-checksum'],
    ['nothing to pay', { amount: kopecks(0n) }, 'amount-out-of-range'],
    ['a credit', { amount: kopecks(-1n) }, 'amount-out-of-range'],
    ['a milliard', { amount: kopecks(100_000_000_000n) }, 'amount-out-of-range'],
    ['no purpose', { purpose: '\n' }, 'purpose-missing'],
    ['a purpose of 141 characters', { purpose: 'п'.repeat(141) }, 'purpose-too-long'],
  ])('refuses %s', (_, change, code) => {
    expect(encodeNbuQr({ ...WATER, ...change } as NbuContent)).toEqual({ ok: false, code })
  })

  it.each<[string, Partial<NbuContent>, string]>([
    ['a recipient of 141 characters', { recipient: 'к'.repeat(141) }, 'recipient-too-long'],
    ['a purpose of 421 characters', { purpose: 'п'.repeat(421) }, 'purpose-too-long'],
    ['an empty category', { category: '' }, 'category-form'],
    ['a number in Cyrillic', { reference: 'рахунок-1' }, 'reference-form'],
    ['a number of 36 characters', { reference: '1'.repeat(36) }, 'reference-form'],
    ['a long display', { display: 'д'.repeat(141) }, 'display-too-long'],
    ['an impossible time', { validUntil: '2026-13-01T00:00:00' }, 'time-form'],
    ['more than the symbol holds', { purpose: 'п'.repeat(300) }, 'qr-too-long'],
  ])('refuses in 003 %s', (_, change, code) => {
    expect(encodeNbuQr({ ...WATER_003, ...change } as NbuContent)).toEqual({ ok: false, code })
  })

  it.each([
    ['a person', '2922012335'],
    ['an old passport', 'МА123456'],
    ['a passport card', '001234567'],
  ])('takes the code of %s', (_, code) => {
    expect(encodeNbuQr({ ...WATER, code })).toMatchObject({ ok: true })
  })

  it('says what remained of characters a code may not hold', () => {
    const purpose = 'за\u00a0воду\n10.2026 😀 Мар\u02bcяна ₴'
    expect(encoded({ ...WATER, purpose }).transfer.purpose).toBe('за воду 10.2026  Мар’яна')
  })
})

describe('the symbol', () => {
  const longer = (characters: number) => ({ ...WATER, purpose: 'п'.repeat(characters) })
  const utf8 = { encoding: 'utf-8' } as const

  it.each([
    ['a usual transfer', encoded(WATER), { version: 11, level: 'medium', sign: true }],
    [
      'without the sign, as much correction',
      encoded(WATER, { sign: false }),
      { version: 11, level: 'medium', sign: false },
    ],
    [
      'a long text without the sign',
      encoded(longer(112), { ...utf8, sign: false }),
      { version: 15, level: 'low', sign: false },
    ],
    ['a short text in 003', encoded(WATER_003), { version: 14, level: 'quartile', sign: true }],
    [
      'a long text in 003',
      encoded({ ...WATER_003, purpose: 'п'.repeat(200) }),
      { version: 17, level: 'medium', sign: true },
    ],
  ])('fits %s', (_, { text, symbol }, expected) => {
    expect(symbol).toEqual(expected)
    const options = { ecc: symbol.level, version: symbol.version, border: 1 }
    expect(encodeQR(text, 'raw', options)).toHaveLength(17 + 4 * symbol.version + 2)
  })

  it('refuses in 002 with the sign what only the lowest correction would hold', () => {
    expect(encodeNbuQr(longer(112), utf8)).toEqual({ ok: false, code: 'qr-too-long' })
  })

  it.each([
    ['medium', 169, 9],
    ['low', 169, 8],
  ] as const)(
    'of the official example has the size the Rules name at level %s',
    (ecc, bytes, version) => {
      const options = { ecc, version, border: 1 }
      expect(encodeQR('a'.repeat(bytes), 'raw', options)).toHaveLength(17 + 4 * version + 2)
      expect(() =>
        encodeQR('a'.repeat(bytes), 'raw', { ...options, version: version - 1 }),
      ).toThrow('Capacity overflow')
    },
  )
})
