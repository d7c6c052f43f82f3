import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { renderLine } from '../../../bots/dialog/render.ts'
import { differenceLines } from '../../../bots/flows/charge-difference.ts'
import { chargedTotal, explainLine, whyLines } from '../../../bots/flows/charge-lines.ts'
import { differenceBetween } from '../../../core/billing/explain/difference.ts'
import { type ExplainedLine } from '../../../core/billing/explain/explain-month.ts'
import { formulaInputs, plainFormula } from '../../../core/billing/explain/formula-inputs.ts'
import { type Statement } from '../../../core/ledger/statement.ts'
import { kopecks } from '../../../core/money.ts'
import { period } from '../../../core/period.ts'
import { parseDecimal, rate } from '../../../core/quantity.ts'
import { openTranslator } from '../../../templates/translate.ts'

const uk = openTranslator()('uk')
const OCTOBER = period(202610)

const DETAILS: Record<string, Record<string, string | number | null>> = {
  'reading:1': { takenOn: '2026-09-28' },
  'reading:2': { takenOn: '2026-10-28' },
  'reading:3': { takenOn: '2026-09-29' },
  'reading:4': { takenOn: '2026-10-29' },
  'tariff:7': { fromDay: '2026-01-01' },
  'rule:5': { kind: 'benefit', key: 'combat-veteran' },
  'rule:6': { kind: 'benefit-norm', key: '' },
}

type Given = Partial<Omit<ExplainedLine, 'volume' | 'price' | 'amount'>> & {
  amount: number
  volume?: string
  price?: string
}

function lineOf({ amount, price, volume, ...given }: Given): ExplainedLine {
  const { formula = '0' } = given
  return {
    ...{ line: 1, kind: 'accrual', method: 'none', zone: 0, isFullPrice: false, isPosted: true },
    ...{ about: null, reason: null, formula, plain: plainFormula(formula) },
    inputs: formulaInputs(formula).map((input) => ({
      ...input,
      details: DETAILS[`${input.source}:${input.id}`] ?? null,
    })),
    ...given,
    amount: kopecks(amount),
    volume: volume === undefined ? null : parseDecimal(volume),
    price: price === undefined ? null : rate(parseDecimal(price) ?? 0n),
  }
}

const said = (given: Given, unit = 'м³') =>
  explainLine(lineOf(given), unit)
    .map((line) => renderLine(line, uk).replaceAll('\u00a0', ' '))
    .join('\n')

describe('a line in words', () => {
  const price = '32.17'
  const meter = { method: 'meter', price } as const
  it.each<[string, Given, string]>([
    [
      'a dial',
      {
        ...meter,
        amount: 38_604,
        volume: '12',
        formula: 'round((330[reading:2] - 318[reading:1]) * 32.17[tariff:7], 2)',
      },
      '• 12 м³ за лічильником: 318 → 330 (28.10.2026)\n   × 32,17 грн (тариф з 01.01.2026) = 386,04 грн',
    ],
    [
      'a dial past its zero',
      {
        ...meter,
        amount: 16_085,
        volume: '5',
        formula: 'round((100000[dial] * 1 + 3[reading:2] - 99998[reading:1]) * 32.17[tariff:7], 2)',
      },
      '• 5 м³ за лічильником: 99 998 → 3 (28.10.2026)\n   × 32,17 грн (тариф з 01.01.2026) = 160,85 грн',
    ],
    [
      'a part of what a dial measured',
      {
        ...meter,
        amount: 12_868,
        volume: '4',
        formula:
          'round(round((330[reading:2] - 318[reading:1]) * 10[days] / 30[days], 3) * 32.17[tariff:7], 2)',
      },
      '• 4 м³ із 12 за лічильником: 318 → 330 (28.10.2026)\n   × 32,17 грн (тариф з 01.01.2026) = 128,68 грн',
    ],
    [
      'a part between two readings',
      {
        ...meter,
        amount: 22_519,
        volume: '7',
        formula: '330[reading:2] - 318[reading:1] - (323[reading:9] - 318[reading:1])',
      },
      '• 7 м³ із 12 за лічильником: 318 → 330 (28.10.2026)\n   × 32,17 грн = 225,19 грн',
    ],
    [
      'two dials',
      {
        ...meter,
        amount: 54_689,
        volume: '17',
        formula: '330[reading:2] - 318[reading:1] + 45[reading:4] - 40[reading:3]',
      },
      '• 17 м³ за лічильниками:\n   318 → 330 (28.10.2026)\n   40 → 45 (29.10.2026)\n   × 32,17 грн = 546,89 грн',
    ],
    [
      'a new meter',
      { ...meter, amount: 16_085, volume: '5', formula: '6[reading:2] - 1[register:8]' },
      '• 5 м³ за лічильником: 1 → 6 (28.10.2026)\n   × 32,17 грн = 160,85 грн',
    ],
    [
      'a zone at a price finer than a kopeck',
      { method: 'meter', amount: 1000, zone: 2, volume: '100', price: '2.1605' },
      '• ніч: 100 м³ за лічильником\n   × 2,1605 = 10,00 грн',
    ],
    [
      'an average',
      {
        method: 'average',
        price,
        amount: 16_085,
        volume: '5',
        formula: 'round((330[reading:2] - 318[reading:1]) * 31[days] / 30[days], 0)',
      },
      '• 5 м³ за середнім з 28.09.2026 до 28.10.2026, бо показання не було\n   × 32,17 грн = 160,85 грн',
    ],
    [
      'a norm',
      {
        method: 'norm',
        price,
        amount: 19_302,
        volume: '6',
        formula: 'round(3[norm:7] * 2[household:4], 3)',
      },
      '• 6 м³ за нормою: 3 × 2 ос.\n   × 32,17 грн = 193,02 грн',
    ],
    [
      'a norm of a part of the month',
      {
        method: 'norm',
        price,
        amount: 11_955,
        volume: '3.716',
        formula: 'round(3.6[norm:7] * 2[household:4] * 16[days] / 31[days], 3)',
      },
      '• 3,716 м³ із 7,2 за нормою: 3,6 × 2 ос., частина місяця\n   × 32,17 грн = 119,55 грн',
    ],
    [
      'a norm of a household that changed',
      {
        method: 'norm',
        price,
        amount: 1,
        volume: '7',
        formula: '3[norm:7] * (2[household:4] * 10[days] + 3[household:5] * 20[days]) / 30[days]',
      },
      '• 7 м³ за нормою\n   × 32,17 грн = 0,01 грн',
    ],
    [
      'a share of the house',
      {
        method: 'house',
        price: '1654.41',
        amount: 167_459,
        volume: '1.0122',
        formula: '52.5[house-volume:1] / 2500[house-volume:1] * 48.2[household:4]',
      },
      '• 1,0122 м³ – частка будинку: 52,5 ÷ 2 500 м² × 48,2 м²\n   × 1 654,41 грн = 1 674,59 грн',
    ],
    [
      'the full-cost price',
      { method: 'persons', price, amount: 6434, volume: '2', isFullPrice: true },
      '• 2 м³ за кількістю зареєстрованих осіб\n   × 32,17 грн (тариф повного відшкодування) = 64,34 грн',
    ],
    ['a sum a program sent', { amount: 10_010 }, '• нараховано за даними надавача: 100,10 грн'],
    ['a subscription', { kind: 'subscription', amount: 1819 }, '• абонплата: 18,19 грн'],
    [
      'a penalty of several debts on the same days',
      {
        kind: 'penalty',
        amount: 252,
        formula:
          'round(1000[debt:202608] * 9[days:2026-10-01..09] * 0.0001[rule:9] + 600[debt:202608] * 22[days:2026-10-10..31] * 0.0001[rule:9], 2) + round(5[debt:202609] * 4[days:2026-10-28..31] * 0.0001[rule:9], 2)',
      },
      '• пеня за 31 день прострочення: 2,52 грн',
    ],
    [
      'a penalty a program sent',
      { kind: 'penalty', amount: 85, formula: '0.85[charge:4]' },
      '• пеня: 0,85 грн',
    ],
    [
      'an absence',
      {
        kind: 'recalculation',
        amount: -4500,
        reason: 'absence',
        formula: '0 - round(150[accrued] * 9[absence:4] / 30[days], 2)',
      },
      '• перерахунок за відсутність, 9 дн.: −45,00 грн',
    ],
    [
      'poor quality',
      {
        kind: 'recalculation',
        amount: -2376,
        reason: 'quality',
        formula: '0 - round(240[accrued] * 3.3[rule:9] / 100 * 3[defect:4], 2)',
      },
      '• перерахунок за неналежну якість, 3 дн.: −23,76 грн',
    ],
    [
      'a past month rated again',
      {
        kind: 'recalculation',
        amount: -17_280,
        about: period(202609),
        reason: 'late-reading,tariff',
        formula: 'round(19 * 4.32[tariff:7], 2) - 254.88[booked:202609]',
      },
      '• перерахунок за 09.2026: було 254,88 грн → стало 82,08 грн (−172,80 грн), бо надійшло показання\n   також змінено тариф',
    ],
    [
      'a past benefit made smaller makes the bill dearer',
      {
        kind: 'benefit',
        amount: -1520,
        about: period(202609),
        reason: 'household',
        formula: '30.4 - 45.6[booked:202609]',
      },
      '• пільга за 09.2026: було 45,60 грн → стало 30,40 грн (+15,20 грн), бо змінено кількість осіб або площу',
    ],
    [
      'a benefit',
      {
        kind: 'benefit',
        amount: 4560,
        reason: 'combat-veteran',
        formula:
          'round(1[beneficiary:2] * round(75[rule:5] / 100 * 30.4[price] * min(9 / 3[household:4], 2[rule:6]), 2), 2)',
      },
      '• пільга 75 %, учасник бойових дій: −45,60 грн',
    ],
    [
      'a benefit the state pays in person',
      {
        kind: 'benefit',
        amount: 4560,
        reason: 'chornobyl',
        isPosted: false,
        formula: '75[rule:5] / 100 * 60.8',
      },
      '• пільгу 75 %, chornobyl, 45,60 грн держава виплачує вам особисто, у сумі її немає',
    ],
    ['a subsidy', { kind: 'subsidy', amount: 50_000 }, '• субсидія: −500,00 грн'],
  ])('%s', (_name, given, expected) => {
    expect(said(given)).toBe(expected)
  })
})

const COLUMNS = ['accrued', 'subscription', 'penalty', 'correction', 'benefit', 'subsidy'] as const

const amounts = fc.record(
  Object.fromEntries(COLUMNS.map((name) => [name, fc.integer({ min: -99_999, max: 99_999 })])),
) as fc.Arbitrary<Record<(typeof COLUMNS)[number], number>>

function statementOf(columns: Record<(typeof COLUMNS)[number], number>): Statement {
  const told = Object.fromEntries(COLUMNS.map((name) => [name, kopecks(columns[name])]))
  const zero = kopecks(0)
  return { period: OCTOBER, opening: zero, paid: zero, closing: zero, ...told } as Statement
}

/** The signed amounts of rows, kopecks. */
function changes(lines: ReturnType<typeof differenceLines>, isTotal: boolean): bigint[] {
  return lines.flatMap(({ key, params }) => {
    if (!params?.['sign'] || (key === 'charge:change-total') !== isTotal) return []
    const { money } = params['amount'] as { money: string }
    return [params['sign'] === '+' ? BigInt(money) : -BigInt(money)]
  })
}

const month = { agreementId: 1, month: OCTOBER, unit: 'м³' }

describe('what changed', () => {
  it('adds up to the change, the largest first', () => {
    fc.assert(
      fc.property(amounts, amounts, (is, was) => {
        const now = { statement: statementOf(is), lines: [] }
        const before = { statement: statementOf(was), lines: [] }
        const difference = differenceBetween(now, before)
        const lines = differenceLines({ ...month, ...now, difference }, [])
        const rows = changes(lines, false)
        const change = chargedTotal(now.statement) - chargedTotal(before.statement)
        const [total = 0n] = changes(lines, true)
        expect([total, rows.reduce((a, b) => a + b, 0n)]).toEqual([change, change])
        const sizes = rows.map((row) => (row < 0n ? -row : row))
        expect(sizes).toEqual([...sizes].sort((a, b) => (a < b ? 1 : a > b ? -1 : 0)))
      }),
    )
  })

  it.each([
    ['more', '15', 48_255, '• більше на 3 м³: +96,51 грн'],
    ['less', '9', 28_953, '• менше на 3 м³: −96,51 грн'],
  ])('tells %s units', (_name, volume, amount, expected) => {
    const line = (units: string, charged: number) =>
      lineOf({ method: 'meter', volume: units, price: '32.17', amount: charged })
    const now = {
      lines: [line(volume, amount)],
      statement: statementOf({ ...ZERO, accrued: amount }),
    }
    const before = {
      lines: [line('12', 38_604)],
      statement: statementOf({ ...ZERO, accrued: 38_604 }),
    }
    const difference = differenceBetween(now, before)
    const rows = differenceLines({ ...month, ...now, difference }, before.lines)
    expect(renderLine(rows[1] ?? { key: '' }, uk).replaceAll('\u00a0', ' ')).toBe(expected)
  })
})

const ZERO = { accrued: 0, subscription: 0, penalty: 0, correction: 0, benefit: 0, subsidy: 0 }

describe('a month in words', () => {
  const why = (lines: ExplainedLine[], columns: Partial<typeof ZERO>) =>
    whyLines({
      ...{ ...month, lines, difference: null },
      statement: statementOf({ ...ZERO, ...columns }),
    }).map((line) => renderLine(line, uk).replaceAll('\u00a0', ' '))

  it('tells what the columns hold beyond its lines', () => {
    const lines = [lineOf({ kind: 'subscription', amount: 1819 })]
    expect(why(lines, { subscription: 1819, correction: -500, accrued: 10_000 })).toEqual([
      '• абонплата: 18,19 грн',
      '• нараховано за даними надавача: 100,00 грн',
      '• корекція надавача: −5,00 грн',
      '= разом за 10.2026: 113,19 грн',
    ])
  })

  it('counts the lines that do not fit', () => {
    const lines = Array.from({ length: 20 }, () => lineOf({ amount: 100 }))
    const rows = why(lines, { accrued: 2000 })
    expect(rows).toHaveLength(14)
    expect(rows.slice(-2)).toEqual([
      '…і ще 8 рядків, у підсумку враховано.',
      '= разом за 10.2026: 20,00 грн',
    ])
  })

  it('says when there is nothing', () => {
    expect(why([], {})).toEqual([
      'Цього місяця нічого не нараховано.',
      '= разом за 10.2026: 0,00 грн',
    ])
  })
})
