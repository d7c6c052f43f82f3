import { describe, expect, it } from '@jest/globals'
import { literal, round, toKopecks } from '../../../../core/billing/charge/formula.ts'
import { evaluate } from '../../../support/evaluate.ts'
import {
  account,
  agreement,
  charging,
  dial,
  household,
  type Known,
  monthly,
  rule,
  tariff,
  units,
} from './facts.ts'
import { holds } from './rows.ts'

// The worked examples of the field: laws, contracts and published bills of Ukraine and Belarus.

const METER = charging({ base: 'meter' })
const waterOf = (values: (string | number)[], more = {}) =>
  agreement({ dials: [dial({ readings: monthly(202609, ...values), ...more })] })
const one = (of: ReturnType<typeof agreement>, more: Parameters<typeof account>[0] = {}) =>
  account({ agreements: [of], ...more })

describe('numbers', () => {
  const priced = (volume: string, price: string): Known => ({
    account: one(agreement({ volumes: { 202610: volume } })),
    tariffs: [tariff(price)],
    rules: [charging({ base: 'house-share' })],
  })
  holds([
    ['3 × 0.145 is 0.44', priced('3', '0.145'), 202610, [['accrual', 44]]],
    ['half a kopeck goes up', priced('1', '0.005'), 202610, [['accrual', 1]]],
    ['less than half a kopeck is none', priced('1', '0.004999'), 202610, [['accrual', 0]]],
  ])
})

describe('what is taken back', () => {
  it.each([
    ['-0.435', -44n],
    ['0.435', 44n],
    ['-0.4349', -43n],
  ])('of %s rounds away from zero', (text, expected) => {
    const term = round(literal(units(text)), 2)
    expect([toKopecks(term), evaluate(term.text)]).toEqual([expected, expected])
  })
})

describe('the shape of a bill', () => {
  const sewage: Known = {
    account: one(waterOf([10, 17], {})),
    tariffs: [tariff('28.6', { subscription: 1500 })],
    rules: [METER],
  }
  const heat = (july: boolean): Known => ({
    account: one(agreement({ volumes: july ? { 202607: '0' } : { 202601: '0.8421' } }), {
      households: [household({ area: '54.2' })],
    }),
    tariffs: [tariff('1200.50'), tariff('9.35', { part: 'fixed' })],
    rules: [
      charging({ base: 'house-share', fixedBase: 'area', season: { from: '10-15', to: '04-15' } }),
    ],
  })
  const outOfSeason = {
    ...heat(true),
    account: one(agreement(), { households: [household({ area: '54.2' })] }),
  }
  holds([
    [
      'sewage by meter and its subscription are two lines',
      sewage,
      202610,
      [
        ['accrual', 200_20, '7'],
        ['subscription', 15_00],
      ],
    ],
    [
      'two-part heat in winter',
      heat(false),
      202601,
      [
        ['accrual', 1010_94, '0.8421'],
        ['accrual', 506_77, '54.2'],
      ],
    ],
    ['two-part heat in July is its fixed part', outOfSeason, 202607, [['accrual', 506_77, '54.2']]],
  ])
})

describe('a price that changes on 11 June', () => {
  const tariffs = [tariff('30', { to: '2026-06-11' }), tariff('33.60', { from: '2026-06-11' })]
  const known = (priceChange: string, readings = monthly(202605, 100, 112)): Known => ({
    account: one(agreement({ dials: [dial({ readings })] })),
    tariffs,
    rules: [charging({ base: 'meter', priceChange })],
  })
  const read = monthly(202605, 100, 112)
  read.splice(1, 0, [202606, '2026-06-11', 105])
  holds([
    [
      'divides 12 m³ by days',
      known('by-days'),
      202606,
      [
        ['accrual', 120_00, '4'],
        ['accrual', 268_80, '8'],
      ],
    ],
    [
      'divides them by the reading of that day',
      known('by-reading', read),
      202606,
      [
        ['accrual', 150_00, '5'],
        ['accrual', 235_20, '7'],
      ],
    ],
    [
      'divides them by days when nobody read that day',
      known('by-reading'),
      202606,
      [
        ['accrual', 120_00, '4'],
        ['accrual', 268_80, '8'],
      ],
    ],
    ['counts from the next month', known('next-month'), 202606, [['accrual', 360_00, '12']]],
  ])
})

describe('heat and power', () => {
  const heat: Known = {
    account: one(agreement({ house: { 202601: ['52.5', '2500'] } }), {
      households: [household({ area: '52', heated: '48.2' })],
    }),
    tariffs: [tariff('1654.41')],
    rules: [charging({ base: 'house-share' })],
  }
  const zoned = (zones: [zone: number, volume: number][]): Known => ({
    account: one(
      agreement({
        dials: zones.map(([zone, volume], index) =>
          dial({ id: index + 1, zone, readings: monthly(202609, 50, 50 + volume) }),
        ),
      }),
    ),
    tariffs: [tariff('4.32')],
    rules: [
      METER,
      ...[
        ['1', '1'],
        ['2', zones.length === 2 ? '0.5' : '0.4'],
        ['3', '1.5'],
        ['4', '1'],
      ].map(([key = '', coefficient]) => rule('zone-coefficient', { coefficient }, { key })),
    ],
  })
  const own: Known = {
    ...zoned([
      [1, 100],
      [2, 50],
    ]),
    tariffs: [tariff('4.32', { zone: 1 }), tariff('2.16', { zone: 2 })],
    rules: [METER],
  }
  holds([
    ['a flat takes its share of the house meter', heat, 202601, [['accrual', 1674_59, '1.0122']]],
    [
      'two zones by their coefficients',
      zoned([
        [1, 100],
        [2, 50],
      ]),
      202610,
      [
        ['accrual', 432_00],
        ['accrual', 108_00],
      ],
    ],
    [
      'two zones by prices of their own',
      own,
      202610,
      [
        ['accrual', 432_00],
        ['accrual', 108_00],
      ],
    ],
    [
      'three zones by their coefficients',
      zoned([
        [2, 50],
        [3, 20],
        [4, 100],
      ]),
      202610,
      [
        ['accrual', 86_40],
        ['accrual', 129_60],
        ['accrual', 432_00],
      ],
    ],
  ])
})
