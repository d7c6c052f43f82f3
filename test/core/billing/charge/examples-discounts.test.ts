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
const waterOf = (values: (string | number)[], more = {}) =>
  agreement({ dials: [dial({ readings: monthly(202609, ...values), ...more })] })
const one = (of: ReturnType<typeof agreement>, more: Parameters<typeof account>[0] = {}) =>
  account({ agreements: [of], ...more })

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
