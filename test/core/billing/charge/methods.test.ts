import { describe } from '@jest/globals'
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
} from './facts.ts'
import { holds } from './rows.ts'

const METER = charging({ base: 'meter' })
const metered = (volume: string | number, more: Parameters<typeof dial>[0] = {}) =>
  agreement({ dials: [dial({ readings: monthly(202609, 100, 100 + Number(volume)), ...more })] })
const one = (of: ReturnType<typeof agreement>, more: Parameters<typeof account>[0] = {}) =>
  account({ agreements: [of], ...more })

describe('tiers', () => {
  const prices = [
    tariff('1.44'),
    tariff('1.68', { above: '100' }),
    tariff('2.64', { above: '250.5' }),
  ]
  const used = (volume: string, more = {}): Known => ({
    account: one(metered(volume, more)),
    tariffs: prices,
    rules: [METER],
  })
  const changed: Known = {
    account: one(metered('310')),
    tariffs: [
      tariff('1', { to: '2026-10-11' }),
      tariff('2', { above: '62', to: '2026-10-11' }),
      tariff('3', { from: '2026-10-11' }),
    ],
    rules: [METER],
  }
  holds([
    ['up to the first limit', used('100'), 202610, [['accrual', 144_00, '100']]],
    [
      'past two limits',
      used('300'),
      202610,
      [
        ['accrual', 144_00, '100'],
        ['accrual', 252_84, '150.5'],
        ['accrual', 130_68, '49.5'],
      ],
    ],
    ['of nothing are one line of zero', used('0'), 202610, [['accrual', 0, '0']]],
    [
      'count for as many days as their price',
      changed,
      202610,
      [
        ['accrual', 20_00, '20'],
        ['accrual', 160_00, '80'],
        ['accrual', 630_00, '210'],
      ],
    ],
  ])
})

describe('the second part of a tariff', () => {
  const two = (fixedBase: string, more = {}): Known => ({
    account: one(metered('1'), {
      households: [household({ area: '50', heated: '40', load: '0.0042' })],
    }),
    tariffs: [tariff('1000'), tariff('10', { part: 'fixed', ...more })],
    rules: [charging({ base: 'meter', fixedBase })],
  })
  holds(
    (
      [
        ['account', {}, 10_00, '1'],
        ['area', {}, 500_00, '50'],
        ['heated-area', {}, 400_00, '40'],
        ['load', {}, 4, '0.0042'],
      ] as const
    ).map(([base, more, amount, volume]) => [
      `by ${base}`,
      two(base, more),
      202610,
      [
        ['accrual', 1000_00],
        ['accrual', amount, volume],
      ],
    ]),
  )
  holds([
    [
      'is none before it begins',
      two('area', { from: '2026-11-01' }),
      202610,
      [['accrual', 1000_00]],
    ],
    ['is none after it ended', two('area', { to: '2026-10-01' }), 202610, [['accrual', 1000_00]]],
    [
      'counts the days of the month it is there',
      two('area', { from: '2026-10-22' }),
      202610,
      [
        ['accrual', 1000_00],
        ['accrual', 161_29, '16.12903226'],
      ],
    ],
  ])
})

describe('prices', () => {
  const volumes = (tariffs: Known['tariffs'], priceChange = 'by-days'): Known => ({
    account: one(metered('31')),
    tariffs,
    rules: [charging({ base: 'meter', priceChange })],
  })
  const [old, same] = [tariff('2', { to: '2026-10-11' }), tariff('2', { from: '2026-10-11' })]
  const expiring: Known = {
    account: one(
      agreement({
        dials: [
          dial({
            verified: [[null, '2026-10-15']],
            readings: [...monthly(202609, 100), [202610, '2026-10-15', 115]],
          }),
        ],
      }),
    ),
    tariffs: [
      tariff('10', { norm: '3.1', to: '2026-10-21' }),
      tariff('20', { norm: '3.1', from: '2026-10-21' }),
    ],
    rules: [METER],
  }
  const zonal: Known = {
    account: one(
      agreement({
        dials: [1, 2].map((zone) => dial({ id: zone, zone, readings: monthly(202609, 0, 100) })),
      }),
    ),
    tariffs: [
      tariff('4', { to: '2026-10-01', subscription: 100 }),
      tariff('5', { zone: 1, from: '2026-10-01', subscription: 200 }),
      tariff('3', { zone: 2, from: '2026-10-01' }),
    ],
    rules: [
      METER,
      rule('zone-coefficient', { coefficient: '1' }, { key: '1' }),
      rule('zone-coefficient', { coefficient: '0.5' }, { key: '2' }),
    ],
  }
  const before: Known = {
    ...zonal,
    account: one(
      agreement({
        dials: [1, 2].map((zone) => dial({ id: zone, zone, readings: monthly(202608, 0, 100) })),
      }),
    ),
  }
  holds([
    ['that are equal are one', volumes([old, same]), 202610, [['accrual', 62_00, '31']]],
    [
      'that change divide the volume by days',
      volumes([old, tariff('3', { from: '2026-10-11' })]),
      202610,
      [
        ['accrual', 20_00, '10'],
        ['accrual', 63_00, '21'],
      ],
    ],
    [
      'that change in a month part of which is by norm divide each part by its own days',
      expiring,
      202610,
      [
        ['accrual', 150_00, '15'],
        ['accrual', 5_00, '0.5'],
        ['accrual', 22_00, '1.1'],
      ],
    ],
    [
      'of zones take the place of a single one',
      zonal,
      202610,
      [
        ['accrual', 500_00],
        ['accrual', 300_00],
        ['subscription', 2_00],
      ],
    ],
    [
      'of zones that are still to come change nothing',
      before,
      202609,
      [
        ['accrual', 400_00],
        ['accrual', 200_00],
        ['subscription', 1_00],
      ],
    ],
  ])
})

describe('a price that changes after months without a reading', () => {
  const known: Known = {
    account: one(
      agreement({
        dials: [
          dial({
            readings: [
              [202604, '2026-05-01', 100],
              [202606, '2026-06-11', 150],
              [202606, '2026-07-01', 161],
            ],
          }),
        ],
      }),
    ),
    tariffs: [tariff('1', { to: '2026-06-11' }), tariff('2', { from: '2026-06-11' })],
    rules: [charging({ base: 'meter', priceChange: 'by-reading' })],
  }
  holds([
    [
      'is divided by days: the reading says nothing of June alone',
      known,
      202606,
      [
        ['accrual', 10_00, '10'],
        ['accrual', 40_00, '20'],
      ],
    ],
  ])
})

describe('an agreement', () => {
  const by = (base: string, days: { from?: string; to?: string }, subscription: string): Known => ({
    account: one(agreement(days), { households: [household({ area: '62', occupants: 2 })] }),
    tariffs: [tariff('10', { subscription: 3100, norm: '3.1' })],
    rules: [charging({ base, subscription })],
  })
  holds([
    [
      'opened inside the month pays for its days, and the whole subscription',
      by('area', { from: '2026-10-22' }, 'full-month'),
      202610,
      [
        ['accrual', 200_00, '20'],
        ['subscription', 31_00],
      ],
    ],
    [
      'closed inside the month pays the subscription by days where it is so',
      by('persons', { to: '2026-10-11' }, 'by-days'),
      202610,
      [
        ['accrual', 6_45, '0.64516129'],
        ['subscription', 10_00],
      ],
    ],
    [
      'closed inside the month uses its norm for its days',
      by('meter', { to: '2026-10-11' }, 'by-days'),
      202610,
      [
        ['accrual', 20_00, '2'],
        ['subscription', 10_00],
      ],
    ],
    [
      'that is not open yet pays nothing',
      by('area', { from: '2026-11-01' }, 'by-days'),
      202610,
      [],
    ],
    ['that was closed pays nothing', by('area', { to: '2026-10-01' }, 'by-days'), 202610, []],
  ])
})

describe('a household that changes on 11 October', () => {
  const households = [
    household({ occupants: 2, area: '31' }),
    household({ id: 2, from: '2026-10-11', occupants: 3, area: '62' }),
  ]
  const by = (base: string, tariffs = [tariff('1', { norm: '3.1' })]): Known => ({
    account: one(agreement(), { households }),
    tariffs,
    rules: [charging({ base })],
  })
  holds([
    ['pays by its area of each day', by('area'), 202610, [['accrual', 52_00, '52']]],
    ['pays by its persons of each day', by('persons'), 202610, [['accrual', 2_68, '2.67741935']]],
    ['uses the norm by person-days', by('meter'), 202610, [['accrual', 8_30, '8.3']]],
    [
      'pays each price for its own days',
      by('area', [tariff('1', { to: '2026-10-11' }), tariff('2', { from: '2026-10-11' })]),
      202610,
      [
        ['accrual', 10_00, '10'],
        ['accrual', 84_00, '42'],
      ],
    ],
  ])
})
