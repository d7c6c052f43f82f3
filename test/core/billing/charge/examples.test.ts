import { describe, expect, it } from '@jest/globals'
import { kopecks } from '../../../../core/money.ts'
import {
  account,
  agreement,
  beneficiary,
  charging,
  chargeLines,
  day,
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
const ACTUAL = { base: 'meter', estimate: { method: 'avg-daily', baseMonths: 12, step: '1' } }
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

describe('a missing reading', () => {
  const power = (...more: [number, string, number][]): Known => ({
    account: one(
      agreement({
        dials: [
          dial({
            readings: [[202602, '2026-03-01', 1200], [202608, '2026-09-01', 1561], ...more],
          }),
        ],
      }),
    ),
    tariffs: [tariff('4.32')],
    rules: [charging(ACTUAL)],
  })
  const water: Known = {
    account: one(
      agreement({
        dials: [
          dial({
            readings: [
              [202512, '2026-01-01', 120],
              [202606, '2026-07-01', 150],
            ],
          }),
        ],
      }),
    ),
    tariffs: [tariff('10', { norm: '3.6' })],
    rules: [charging({ ...ACTUAL, estimate: { ...ACTUAL.estimate, maxMonths: 3 } })],
  }
  const profile = ['2', '1', '1', '1', '1', '1', '0.1', '1', '1', '1.5', '1', '1']
  const gas = (method: string, month: number): [Known, number] => [
    {
      account: one(agreement({ dials: [dial({ readings: monthly(202601, 100, 120, 140, 160) })] })),
      tariffs: [tariff('8')],
      rules: [
        charging({ base: 'meter', estimate: { method, baseMonths: 12, step: '1', profile } }),
      ],
    },
    month,
  ]
  holds([
    ['of September is its average', power(), 202609, [['accrual', 59 * 432, '59']]],
    ['of October goes on from the last real one', power(), 202610, [['accrual', 61 * 432, '61']]],
    ['of July is 5 m³', water, 202607, [['accrual', 5000, '5']]],
    ['of August is 5 m³', water, 202608, [['accrual', 5000, '5']]],
    ['of September is 5 m³', water, 202609, [['accrual', 5000, '5']]],
    ['of the fourth month is the norm', water, 202610, [['accrual', 3600, '3.6']]],
    ['of a month is the average month', ...gas('avg-monthly', 202607), [['accrual', 16000, '20']]],
    ['of July is planned low', ...gas('planned', 202607), [['accrual', 1600, '2']]],
    ['of October is planned high', ...gas('planned', 202610), [['accrual', 24000, '30']]],
    [
      'is 19 kWh once November was read',
      power([202610, '2026-11-01', 1600]),
      202609,
      [['accrual', 19 * 432, '19']],
    ],
    [
      'of October is 20 kWh once November was read',
      power([202610, '2026-11-01', 1600]),
      202610,
      [['accrual', 20 * 432, '20']],
    ],
  ])
})

describe('a dial', () => {
  const rolled: Known = {
    account: one(
      agreement({
        dials: [
          dial({
            readings: [
              [202609, '2026-10-01', 99_970],
              [202610, '2026-11-01', 8, { rolledOver: true }],
            ],
          }),
        ],
      }),
    ),
    tariffs: [tariff('10')],
    rules: [METER],
  }
  const replaced: Known = {
    account: one(
      agreement({
        dials: [
          dial({
            removed: '2026-10-17',
            readings: [
              [202609, '2026-10-01', 838],
              [202610, '2026-10-17', 845],
            ],
          }),
          dial({
            ...{ id: 2, initial: '1', installed: '2026-10-17' },
            readings: [[202610, '2026-11-01', 6]],
          }),
        ],
      }),
    ),
    tariffs: [tariff('10')],
    rules: [METER],
  }
  const expired = (value: object): Known => ({
    account: one(
      agreement({
        dials: [
          dial({
            verified: [['2022-03-15', '2026-03-15']],
            readings: [
              [202602, '2026-03-01', 100],
              [202603, '2026-03-15', 102],
            ],
          }),
        ],
      }),
      { households: [household({ occupants: 2 })] },
    ),
    tariffs: [tariff('10', { norm: '3.6' })],
    rules: [charging({ base: 'meter', ...value })],
  })
  holds([
    ['past its zero', rolled, 202610, [['accrual', 38_000, '38']]],
    ['replaced inside the month', replaced, 202610, [['accrual', 12_000, '12']]],
    [
      'whose verification ended on 15 March leaves 16 days to the norm',
      expired({}),
      202603,
      [
        ['accrual', 2_000, '2'],
        ['accrual', 3_716, '3.716'],
      ],
    ],
    [
      'whose verification ended leaves the month to the norm, where the provider says so',
      expired({ expired: 'whole-months' }),
      202603,
      [['accrual', 7_200, '7.2']],
    ],
    [
      'whose verification ended leaves the next month to the norm',
      expired({}),
      202604,
      [['accrual', 7_200, '7.2']],
    ],
  ])
})

describe('a reduction', () => {
  const poor: Known = {
    account: one(
      agreement({
        volumes: { 202601: '24' },
        defects: [{ id: 1, defect: 'cold', fromDay: day('2026-01-10'), toDay: day('2026-01-13') }],
      }),
    ),
    tariffs: [tariff('10')],
    rules: [
      charging({ base: 'house-share' }),
      rule('quality', { percentPerDay: '3.3' }, { key: 'cold' }),
    ],
  }
  const away = (left: string, back: string, price: string, thresholdDays: number): Known => ({
    account: one(agreement(), {
      absences: [{ id: 1, leftOn: day(left), returnedOn: day(back) }],
    }),
    tariffs: [tariff(price)],
    rules: [charging({ base: 'persons' }), rule('absence', { thresholdDays, reduces: true })],
  })
  const spring = away('2026-02-28', '2026-04-10', '150', 30)
  holds([
    [
      'for three days of poor quality',
      poor,
      202601,
      [
        ['accrual', 240_00],
        ['recalculation', -23_76],
      ],
    ],
    [
      'for a whole month of absence',
      spring,
      202603,
      [
        ['accrual', 150_00],
        ['recalculation', -150_00],
      ],
    ],
    [
      'for nine days of April',
      spring,
      202604,
      [
        ['accrual', 150_00],
        ['recalculation', -45_00],
      ],
    ],
    [
      'for sixteen days of June',
      away('2026-06-03', '2026-06-20', '9', 10),
      202606,
      [
        ['accrual', 9_00],
        ['recalculation', -4_80],
      ],
    ],
    [
      'for exactly as many days as are not counted is none',
      away('2026-06-03', '2026-06-14', '9', 10),
      202606,
      [['accrual', 9_00]],
    ],
  ])
})

describe('benefits', () => {
  const water: Known = {
    account: one(waterOf([100, 109]), {
      households: [household({ occupants: 3 })],
      beneficiaries: [beneficiary()],
    }),
    tariffs: [tariff('30.40')],
    rules: [
      METER,
      rule('benefit', { percent: '75' }, { key: 'veteran' }),
      rule('benefit-norm', { perPerson: '2' }),
    ],
  }
  const heat: Known = {
    account: one(agreement({ volumes: { 202601: '1.2' } }), {
      households: [household({ occupants: 3, area: '70' })],
      beneficiaries: [beneficiary({ persons: 2 })],
    }),
    tariffs: [tariff('1654.41')],
    rules: [
      charging({ base: 'house-share' }),
      rule('benefit', { percent: '100' }, { key: 'veteran' }),
      rule('benefit-norm', { area: { perPerson: '21', perFamily: '10.5' } }),
    ],
  }
  const rent: Known = {
    account: one(agreement(), {
      households: [household({ occupants: 2, area: '50' })],
      beneficiaries: [beneficiary()],
    }),
    tariffs: [tariff('0.20')],
    rules: [
      charging({ base: 'area' }),
      rule('benefit', { percent: '50' }, { key: 'veteran' }),
      rule('benefit-norm', { area: { perPerson: '20', perFamily: '0' } }),
    ],
  }
  const heatByMeter: Known = {
    ...heat,
    account: one(agreement({ dials: [dial({ readings: monthly(202512, '10', '11.2') })] }), {
      households: heat.account.households,
      beneficiaries: heat.account.beneficiaries,
    }),
    rules: [METER, ...heat.rules.slice(1)],
  }
  holds([
    [
      'of water: 75 % of one person’s share within the norm',
      water,
      202610,
      [
        ['accrual', 273_60],
        ['benefit', 45_60],
      ],
    ],
    [
      'of heat: of the area within the norm',
      heat,
      202601,
      [
        ['accrual', 1985_29],
        ['benefit', 1488_97],
      ],
    ],
    [
      'of heat by a meter of the flat: of the same area',
      heatByMeter,
      202601,
      [
        ['accrual', 1985_29],
        ['benefit', 1488_97],
      ],
    ],
    [
      'of maintenance: half of 20 m²',
      rent,
      202601,
      [
        ['accrual', 10_00],
        ['benefit', 2_00],
      ],
    ],
  ])
})

describe('Belarus', () => {
  const heat: Known = {
    account: one(agreement({ volumes: { 202601: '1.2' } })),
    tariffs: [tariff('18.4831'), tariff('90', { plan: 'full' })],
    rules: [charging({ base: 'house-share' })],
  }
  const norms: Known = {
    account: one(agreement({ volumes: { 202601: '0.2271' } })),
    tariffs: [tariff('18.4831')],
    rules: [charging({ base: 'house-share' })],
  }
  const limited: Known = {
    account: one(agreement({ dials: [dial({ readings: monthly(202605, 100, 110) })] }), {
      households: [household({ occupants: 2 })],
    }),
    tariffs: [tariff('1.34'), tariff('2.51', { plan: 'full' })],
    rules: [METER, rule('limit', { perPersonPerDay: '0.140' })],
  }
  const subsidised = (isVillage: boolean): Known => ({
    account: one(agreement(), {
      subsidyCases: [
        {
          ...{ id: 1, fromDay: day('2026-06-01'), toDay: day('2026-12-01') },
          ...{ income: kopecks(420_00), isVillage },
        },
      ],
    }),
    tariffs: [tariff('97.15')],
    rules: [
      charging({ base: 'account' }),
      rule('subsidy', {
        ...{ townShare: '0.2', villageShare: '0.15', incomeMonths: 6, validMonths: 6 },
        ...{ decideWorkingDays: 10, documents: [], excludedStatuses: [] },
      }),
    ],
  })
  holds([
    ['heat at the subsidised price', heat, 202601, [['accrual', 22_18]]],
    ['hot water by its heat', norms, 202601, [['accrual', 4_20]]],
    [
      'water above the limit at the full price',
      limited,
      202606,
      [
        ['accrual', 11_26, '8.4'],
        ['accrual', 4_02, '1.6'],
      ],
    ],
    [
      'a subsidy in town',
      subsidised(false),
      202607,
      [
        ['accrual', 97_15],
        ['subsidy', 13_15],
      ],
    ],
    [
      'a subsidy in a village',
      subsidised(true),
      202607,
      [
        ['accrual', 97_15],
        ['subsidy', 34_15],
      ],
    ],
  ])
})

describe('norms of persons', () => {
  const known: Known = {
    account: one(agreement(), {
      households: [
        household({ occupants: 3 }),
        household({ id: 2, from: '2026-06-11', occupants: 2 }),
      ],
    }),
    tariffs: [tariff('12', { norm: '3.6' })],
    rules: [METER],
  }
  holds([
    [
      'are by person-days of a change inside the month',
      known,
      202606,
      [['accrual', 10_080, '8.4']],
    ],
    ['are whole before it', known, 202605, [['accrual', 12_960, '10.8']]],
  ])
  it('are 2.333 persons of 3 for 10 days and 2 for 20', () => {
    const [line] = chargeLines({ ...known, rules: [charging({ base: 'persons' })] }, 202606)
    expect([line?.volume, line?.amount]).toEqual([units('2.33333333'), 2800n])
  })
})
