import { describe, expect, it } from '@jest/globals'
import { kopecks } from '../../../core/money.ts'
import { decodeNbuQr } from '../../../core/documents/read-nbu-qr.ts'

const OFFICIAL =
  'QkNECjAwMgoyClVDVAoK0s7CIJPR8u7s4PLu6-7js_-UClVBNzgzMjI2NjkwMDAwMDI2MDA1MDEyMTA3MzU4ClVBSDEwMzQuMjgKNDA3MjM4MjQKCgrR8u7s4PLu6-7js_ftsyDv7vHr8-PoCg'

const OFFICIAL_CONTENT = {
  format: '002',
  recipient: 'ТОВ “Стоматологія”',
  iban: 'UA783226690000026005012107358',
  code: '40723824',
  amount: kopecks(103428),
  purpose: 'Стоматологічні послуги',
}

function read(text: string) {
  const result = decodeNbuQr(text)
  if (!result.ok) throw new Error(result.code)
  return result.value
}

function pack(lines: string[]): string {
  return `https://bank.gov.ua/qr/${Buffer.from(lines.join('\n')).toString('base64url')}`
}

const LINES = 'BCD|002|1|UCT||КП|UA123000010000026001000000101|UAH1|12345678|||вода||'.split('|')

function changed(line: number, value: string): string[] {
  return LINES.map((old, index) => (index === line - 1 ? value : old))
}

describe('decodeNbuQr', () => {
  it.each([
    ['the prefix of the National Bank', 'https://bank.gov.ua/qr/'],
    ['its newer prefix', 'https://qr.bank.gov.ua/'],
    ['a link of Privat24', 'https://www.privat24.ua/rd/send_qr/nbu/'],
    ['a link of monobank', 'https://mbnk.app/qr/'],
    ['an older link of monobank', 'https://send.monobank.ua/qr/'],
    ['a link of Raiffeisen', 'https://my-raif.apps.raiffeisen.ua/qr?payload='],
    ['a link of PUMB', 'https://mobile-app.pumb.ua/bank.gov.ua/qr/'],
    ['a link of A-Bank', 'abank24://bank.gov.ua/qr/'],
    ['no prefix', ''],
  ])('reads the official example with %s, warning of its invented numbers', (_, prefix) => {
    expect(read(`${prefix}${OFFICIAL}`)).toEqual({
      content: OFFICIAL_CONTENT,
      encoding: 'windows-1251',
      lineEnding: 'lf',
      warnings: ['iban-checksum', 'code-checksum'],
    })
  })

  it('reads Base64 with padding, plus and slash', () => {
    const padded = `${OFFICIAL.replace(/-/g, '+').replace(/_/g, '/')}==`
    expect(read(padded).content).toEqual(OFFICIAL_CONTENT)
  })

  it('reads 002 in Windows-1251', () => {
    const text =
      'https://bank.gov.ua/qr/QkNECjAwMgoyClVDVAoKys8gIsyz8fzq4u7k7urg7eDrIgpVQTEyMzAwMDAxMDAwMDAyNjAwMTAwMDAwMDEwMQpVQUgzODkuNDYKMTIzNDU2NzgKCgruL_AgMTAxOyDi7uTu7-7x8uD34O3t_yDn4CAxMC4yMDI2OyDw4PXz7e7qIDEwMS0yMDI2LTEwCgo'
    expect(read(text)).toEqual({
      content: {
        format: '002',
        recipient: 'КП "Міськводоканал"',
        iban: 'UA123000010000026001000000101',
        code: '12345678',
        amount: kopecks(38946),
        purpose: 'о/р 101; водопостачання за 10.2026; рахунок 101-2026-10',
      },
      encoding: 'windows-1251',
      lineEnding: 'lf',
      warnings: [],
    })
  })

  it('reads 002 in UTF-8 with CR LF and without a sum', () => {
    const text =
      'https://bank.gov.ua/qr/QkNEDQowMDINCjENClVDVA0KDQrQmtCfICLQotC10L_Qu9C-0LzQtdGA0LXQttCwIg0KVUEyOTMwMDAwMTAwMDAwMjYwMDkwMDAwMDAyMDINCg0KMzQ1Njc5MDUNCg0KDQrQvi_RgCAyODUvMTM4OyDQvtC_0LDQu9C10L3QvdGPINC30LAgMTEuMjAyNjsg0pDQsNC70LDSkdCw0L0g0IQuINCHLg0KDQo'
    expect(read(text)).toEqual({
      content: {
        format: '002',
        recipient: 'КП "Тепломережа"',
        iban: 'UA293000010000026009000000202',
        code: '34567905',
        purpose: 'о/р 285/138; опалення за 11.2026; Ґалаґан Є. Ї.',
      },
      encoding: 'utf-8',
      lineEnding: 'crlf',
      warnings: [],
    })
  })

  it('reads 003 with its lock and times', () => {
    const text =
      'https://qr.bank.gov.ua/QkNECjAwMwoyClVDVAoKys8gIsyz8fzq4u7k7urg7eDrIgpVQTEyMzAwMDAxMDAwMDAyNjAwMTAwMDAwMDEwMQpVQUgzODkuNDYKMTIzNDU2NzgKU1VQUC9TVVBQCjEwMS0yMDI2LTEwCu4v8CAxMDE7IOLu5O7v7vHy4Pfg7e3_IOfgIDEwLjIwMjYKCkZFRkYKMjYxMjMxMjM1OTU5CjI2MTEwMTA4MDAwMAo'
    expect(read(text)).toEqual({
      content: {
        format: '003',
        recipient: 'КП "Міськводоканал"',
        iban: 'UA123000010000026001000000101',
        code: '12345678',
        amount: kopecks(38946),
        purpose: 'о/р 101; водопостачання за 10.2026',
        kind: 'UCT',
        category: 'SUPP/SUPP',
        reference: '101-2026-10',
        editable: ['amount'],
        validUntil: '2026-12-31T23:59:59',
        createdAt: '2026-11-01T08:00:00',
      },
      encoding: 'windows-1251',
      lineEnding: 'lf',
      warnings: [],
    })
  })

  it('reads the plain text of 001 after its line of spaces', () => {
    const lines = changed(2, '001')
    expect(read([' '.repeat(23), ...lines].join('\r\n'))).toEqual({
      content: {
        format: '001',
        recipient: 'КП',
        iban: 'UA123000010000026001000000101',
        code: '12345678',
        amount: kopecks(100),
        purpose: 'вода',
      },
      encoding: 'utf-8',
      lineEnding: 'crlf',
      warnings: [],
    })
  })

  it('reads a code that ends early', () => {
    expect(read(pack(LINES.slice(0, 12))).content).toEqual(read(pack(LINES)).content)
  })

  it.each([
    ['a fraction of one digit', changed(8, 'UAH3.5'), ['amount-form'], 350n],
    ['leading zeros', changed(8, 'UAH007'), ['amount-form'], 700n],
    ['a comma', changed(8, 'UAH3,50'), ['amount-form'], 350n],
    ['another currency', changed(8, 'EUR3.50'), ['amount-form'], undefined],
    ['nothing to pay', changed(8, 'UAH0.00'), ['amount-out-of-range'], 0n],
    ['a long recipient', changed(6, 'к'.repeat(39)), ['recipient-too-long'], 100n],
    ['a long purpose', changed(12, 'п'.repeat(141)), ['purpose-too-long'], 100n],
    ['an unknown function', changed(4, 'ICT'), ['function-form'], 100n],
    ['more lines', [...LINES, 'more'], ['more-fields'], 100n],
  ])('warns of %s', (_, lines, warnings, amount) => {
    const { content, warnings: found } = read(pack(lines))
    expect(found).toEqual(warnings)
    expect(content.amount).toBe(amount)
  })

  it('takes the sample signature of the official 003 examples', () => {
    const lines = [...changed(2, '003').slice(0, 13), 'XYZ', '2612', '', 'RFU']
    expect(read(pack(lines)).warnings).toEqual(['category-form', 'time-form', 'mask-form'])
  })

  it.each([
    ['a link elsewhere', 'https://example.org/pay', 'not-base64'],
    ['an impossible length', 'QkNEC', 'not-base64'],
    ['nothing', '', 'not-base64'],
    ['another text', Buffer.from('ABC\n002\n1\n').toString('base64url'), 'no-bcd'],
    ['an unknown version', pack(changed(2, '004')), 'unknown-version'],
    ['an unknown encoding', pack(changed(3, '3')), 'unknown-encoding'],
  ])('refuses %s', (_, text, code) => {
    expect(decodeNbuQr(text)).toEqual({ ok: false, code })
  })
})
