import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  type DatePattern,
  parseAccount,
  parseAmount,
  parseDate,
  parseInteger,
  parsePeriod,
  parseQuantity,
  parseText,
} from '../../../../core/exchange/formats/fields.ts'
import { formatDecimal, quantity } from '../../../../core/quantity.ts'
import { period, plainDate } from '../../../../core/period.ts'
import { column, fixture, readAll } from './fixture.ts'

// By № of the file: kopecks, or the refusal.
const AMOUNTS = [
  ...[136652, 136652, 136652, 136652, 136652, 136652, 136652, -136652, -136652, 0],
  ...[0, 50, 1500, 1550, 'amount-ambiguous', 136652],
  ...['amount-unreadable', 'amount-unreadable', 1500, 'amount-unreadable', 'amount-unreadable'],
  ...['amount-unreadable', 'amount-unreadable', 'amount-unreadable', 'amount-missing'],
  ...['amount-unreadable', 'amount-unreadable', 'amount-unreadable', 'amount-unreadable'],
  ...['amount-unreadable', 'amount-unreadable', 'amount-unreadable', 'amount-unreadable'],
  ...['amount-unreadable', 'amount-out-of-range', 'amount-below-kopeck', 'amount-unreadable'],
  ...['amount-unreadable', 'amount-ambiguous', 'amount-ambiguous'],
]

const outcome = <T>(result: { ok: true; value: T } | { ok: false; code: string }) =>
  result.ok ? result.value : result.code

describe('an amount', () => {
  it('has the value or the refusal of its spelling', async () => {
    const table = await readAll(fixture('bad/10-amounts.csv'))
    const read = column(table, 'Сума').map((text, index) => {
      const amount = outcome(parseAmount(text))
      return [index + 1, text, typeof amount === 'bigint' ? Number(amount) : amount]
    })
    const texts = column(table, 'Сума')
    expect(read).toEqual(AMOUNTS.map((amount, index) => [index + 1, texts[index], amount]))
  })

  it.each([
    ['1,366', ',', 'amount-below-kopeck'],
    ['1,366', '.', 136600n],
    ['1.366', '.', 'amount-below-kopeck'],
    ['1.366', ',', 136600n],
    ['1366.52', ',', 'amount-unreadable'],
    ['1.366,52', ',', 136652n],
    ['1.366,52', '.', 'amount-unreadable'],
    ['26.850', '.', 2685n],
    ['1,366,520', undefined, 136652000n],
    ['1.366.520,5', undefined, 136652050n],
    ['1 366.525', undefined, 'amount-below-kopeck'],
    ['1 366,', undefined, 'amount-unreadable'],
    ['1 366 ,5', undefined, 'amount-unreadable'],
    [' 007,5 ', undefined, 750n],
    ['-.5', undefined, -50n],
    ['.', undefined, 'amount-unreadable'],
    ['9999999999999,99', undefined, 999_999_999_999_999n],
    ['10000000000000', undefined, 'amount-out-of-range'],
    ['0000000000000000001', undefined, 100n],
  ] as const)('%s with the decimal sign %s', (text, decimal, expected) => {
    expect(outcome(parseAmount(text, decimal))).toBe(expected)
  })

  const amounts = fc.bigInt({ min: -999_999_999_999_999n, max: 999_999_999_999_999n })

  it.each([
    ['1366,52', '', ',', ',' as const],
    ['1366.52', '', '.', '.' as const],
    ['1366.52, the sign not known', '', '.', undefined],
    ['1 366,52', ' ', ',', undefined],
    ['1\u00A0366,52', '\u00A0', ',', ',' as const],
    ['1\u202F366.52', '\u202F', '.', undefined],
    ['1.366,52', '.', ',', undefined],
    ['1,366.52', ',', '.', '.' as const],
  ])('written as %s is read back', (_, separator, sign, decimal) => {
    fc.assert(
      fc.property(amounts, (amount) => {
        const digits = (amount < 0n ? -amount : amount).toString().padStart(3, '0')
        const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, separator)
        const text = `${amount < 0n ? '-' : ''}${whole}${sign}${digits.slice(-2)}`
        expect(parseAmount(text, decimal)).toEqual({ ok: true, value: amount })
      }),
    )
  })

  it('is never read from any text without being one', () => {
    const text = fc.string({
      unit: fc.constantFrom(...'0123456789., -+\u2212e()\u00A0О'.split('')),
    })
    fc.assert(
      fc.property(text, (written) => {
        const amount = parseAmount(written)
        if (!amount.ok) return
        const digits = written.replace(/\D/g, '').replace(/^0+/, '')
        const value = (amount.value < 0n ? -amount.value : amount.value).toString()
        expect(`${value}0000000000`.startsWith(digits.replace(/0+$/, ''))).toBe(true)
      }),
    )
  })
})

describe('a quantity', () => {
  it.each([
    ['12,5', 1_250_000_000n],
    ['-0.125', -12_500_000n],
    [' 7 ', 700_000_000n],
    ['', 'quantity-missing'],
    ['12 345', 'quantity-unreadable'],
    ['1e3', 'quantity-unreadable'],
    ['0,123456789', 'quantity-unreadable'],
  ])('%j', (text, expected) => {
    expect(outcome(parseQuantity(text))).toBe(expected)
  })

  it('is read back as written', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 22n), max: 10n ** 22n }), (value) => {
        const read = parseQuantity(formatDecimal(quantity(value)))
        expect(read).toEqual({ ok: true, value })
      }),
    )
  })
})

describe('an integer', () => {
  it.each([
    ['0012', 12],
    ['-5', 'integer-negative'],
    ['-0', 'integer-negative'],
    ['12,7', 'integer-fraction'],
    ['1e3', 'integer-unreadable'],
    ['0x1F', 'integer-unreadable'],
    ['12 345', 'integer-unreadable'],
    ['', 'integer-missing'],
    ['999999999', 'integer-too-long'],
  ])('%j', (text, expected) => {
    expect(outcome(parseInteger(text, 8))).toBe(expected)
  })
})

describe('a day', () => {
  it.each<[string, DatePattern[] | undefined, string]>([
    ['05.10.2026', undefined, '2026-10-05'],
    ['05.10.2026 23:59', undefined, '2026-10-05'],
    ['05.10.2026 24:00', undefined, 'date-time-invalid'],
    ['2026-10-05', undefined, '2026-10-05'],
    ['2026-10-05 10:00:00', undefined, '2026-10-05'],
    ['2026-10-05T10:00:00.123+03:00', undefined, '2026-10-05'],
    ['2026-10-05T10:61Z', undefined, 'date-time-invalid'],
    ['20261005', undefined, '2026-10-05'],
    ['20261305', undefined, 'date-not-in-calendar'],
    ['1.1.26', undefined, 'date-unreadable'],
    ['1.1.26', ['d.m.yy'], '2026-01-01'],
    ['1.1.2026', ['d.m.yyyy'], '2026-01-01'],
    ['10/11/2026', ['mm/dd/yyyy'], '2026-10-11'],
    ['11/10/2026', ['dd/mm/yyyy'], '2026-10-11'],
    ['05102026', ['ddmmyyyy'], '2026-10-05'],
    ['31.12.1899', undefined, 'date-out-of-range'],
    ['12.10.2026', undefined, 'date-in-future'],
    ['', undefined, 'date-missing'],
  ])('%j by %j', (text, patterns, expected) => {
    const latest = plainDate('2026-10-11')
    expect(outcome(parseDate(text, { latest, ...(patterns && { patterns }) }))).toBe(expected)
  })

  it('may lie ahead when nothing forbids it', () => {
    expect(outcome(parseDate('31.12.2030'))).toBe('2030-12-31')
  })
})

describe('a month', () => {
  it.each([
    ['10.2026', 202610],
    ['202610', 202610],
    ['2026-10', 202610],
    ['13.2026', 'period-not-in-calendar'],
    ['12.2026', 'period-in-future'],
    ['жовтень', 'period-unreadable'],
    [' ', 'period-missing'],
  ])('%j', (text, expected) => {
    expect(outcome(parsePeriod(text, period(202611)))).toBe(expected)
  })
})

describe('an account', () => {
  it.each([
    [' 0030009м ', { number: '0030009м', key: '0030009M' }],
    ['285/127', { number: '285/127', key: '285/127' }],
    ['1O1', 'suspicious-account'],
    ['1О1', 'suspicious-account'],
    ['10l1', 'suspicious-account'],
    ['12О', { number: '12О', key: '12O' }],
    ['ОК-101', { number: 'ОК-101', key: 'OK-101' }],
    [' \u00A0', 'account-missing'],
    ['1'.repeat(41), 'account-too-long'],
  ])('%j', (text, expected) => {
    expect(outcome(parseAccount(text))).toEqual(expected)
  })

  it('with letters among digits is good where the provider says so', () => {
    expect(parseAccount('1O1', { lettersAmongDigits: true }).ok).toBe(true)
  })
})

describe('words', () => {
  it.each([
    ['  вул.  Боромира,\n4 ', 'вул. Боромира, 4'],
    ['=1+1', '=1+1'],
    ['', ''],
    ['довгий текст із багатьох слів', 'text-too-long'],
  ])('%j', (text, expected) => {
    expect(outcome(parseText(text, 20))).toBe(expected)
  })
})
