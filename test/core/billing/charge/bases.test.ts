import { describe } from '@jest/globals'
import { kopecks } from '../../../../core/money.ts'
import { rate } from '../../../../core/quantity.ts'
import {
  account,
  agreement,
  charging,
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

const METER = charging({ base: 'meter' })
const metered = (volume: string | number, more: Parameters<typeof dial>[0] = {}) =>
  agreement({ dials: [dial({ readings: monthly(202609, 100, 100 + Number(volume)), ...more })] })
const one = (of: ReturnType<typeof agreement>, more: Parameters<typeof account>[0] = {}) =>
  account({ agreements: [of], ...more })

describe('sewage', () => {
  const water = (id: number, code: string, more: Parameters<typeof agreement>[0]) =>
    agreement({ agreementId: id, serviceId: 90 + id, code, ...more })
  const sewage = agreement({ agreementId: 10, serviceId: 100, code: '12' })
  const town = (agreements: ReturnType<typeof agreement>[], norm?: string): Known => ({
    account: account({ agreements: [sewage, ...agreements] }),
    tariffs: [
      tariff('10', norm === undefined ? {} : { norm }),
      tariff('1', { serviceId: 91, norm: '2' }),
      tariff('1', { serviceId: 92, norm: '1.6' }),
    ],
    rules: [
      charging({ base: 'volume-of', volumeOf: ['11', '13'] }),
      charging({ base: 'meter' }, 91),
      charging({ base: 'meter' }, 92),
    ],
  })
  const read = (volume: number) => ({ dials: [dial({ readings: monthly(202609, 0, volume) })] })
  const cold = water(1, '11', read(7))
  const hot = water(2, '13', read(3))
  const sold = (lines: [string, number, string?][], others: number[]): typeof lines => [
    ...lines,
    ...others.map((amount): [string, number] => ['accrual', amount]),
  ]
  holds(
    (
      [
        [
          'is cold and hot water together',
          town([cold, hot]),
          [['accrual', 100_00, '10']],
          [700, 300],
        ],
        ['is cold water alone where no hot comes', town([cold]), [['accrual', 70_00, '7']], [700]],
        [
          'is its own norm where water is by norm',
          town([water(1, '11', {}), water(2, '13', {})], '3.6'),
          [['accrual', 36_00, '3.6']],
          [200, 160],
        ],
        [
          'is the norms of water where it has none',
          town([water(1, '11', {}), water(2, '13', {})]),
          [['accrual', 36_00, '3.6']],
          [200, 160],
        ],
        [
          'is what was measured and the norm of the other',
          town([cold, water(2, '13', {})], '3.6'),
          [
            ['accrual', 70_00, '7'],
            ['accrual', 16_00, '1.6'],
          ],
          [700, 160],
        ],
        ['is its own norm without any water', town([], '3.6'), [['accrual', 36_00, '3.6']], []],
      ] as [string, Known, [string, number, string?][], number[]][]
    ).map(([name, known, lines, others]) => [name, known, 202610, sold(lines, others)]),
  )
})

describe('other bases', () => {
  const house = (more: Parameters<typeof agreement>[0]): Known => ({
    account: one(agreement(more), { households: [household({ area: '50' })] }),
    tariffs: [tariff('100')],
    rules: [charging({ base: 'house-share', season: { from: '10-15', to: '04-15' } })],
  })
  const extra = {
    ...{ id: 1, day: day('2026-10-31'), quantity: units('1.5') },
    price: rate(units('250.10')),
  }
  holds([
    [
      'a volume of its own goes before the house’s',
      house({ volumes: { 202610: '2' }, house: { 202610: ['10', '100'] } }),
      202610,
      [['accrual', 200_00, '2']],
    ],
    ['out of season nothing was delivered', house({}), 202607, []],
    [
      'the last month of the season is in it',
      house({ house: { 202604: ['1', '100'] } }),
      202604,
      [['accrual', 50_00, '0.5']],
    ],
    [
      'extras are lines of their month',
      {
        account: one(agreement({ extras: [extra] })),
        tariffs: [],
        rules: [charging({ base: 'extras' })],
      },
      202610,
      [['accrual', 375_15, '1.5']],
    ],
    [
      'extras of another month are not',
      {
        account: one(agreement({ extras: [extra] })),
        tariffs: [],
        rules: [charging({ base: 'extras' })],
      },
      202611,
      [],
    ],
    [
      'an account is one',
      {
        account: one(agreement()),
        tariffs: [tariff('45')],
        rules: [charging({ base: 'account' })],
      },
      202610,
      [['accrual', 45_00, '1']],
    ],
  ])
})

describe('the full price', () => {
  const prices = [tariff('1'), tariff('3', { plan: 'full' })]
  const water = (
    occupants: number,
    plan: 'standard' | 'full',
    whenNobodyRegistered = true,
  ): Known => ({
    account: one(metered('10'), { households: [household({ occupants, plan })] }),
    tariffs: prices,
    rules: [METER, rule('full-price', { whenNobodyRegistered })],
  })
  const both = (cold: number, hot: number): Known => ({
    account: account({
      agreements: [
        metered(cold),
        { ...metered(hot), agreementId: 11, serviceId: 101, serviceCode: '13' },
      ],
    }),
    tariffs: [
      ...prices,
      tariff('2', { serviceId: 101 }),
      tariff('5', { serviceId: 101, plan: 'full' }),
    ],
    rules: [
      charging({ base: 'meter' }),
      charging({ base: 'meter' }, 101),
      rule('limit', { perPersonPerDay: '0.2' }, { serviceId: 100 }),
      rule('limit', { perPersonPerDay: '0.2', after: ['11'] }, { serviceId: 101 }),
    ],
  })
  holds([
    [
      'is for a dwelling where nobody is registered',
      water(0, 'standard'),
      202610,
      [['accrual', 30_00]],
    ],
    ['is not where the rule says no', water(0, 'standard', false), 202610, [['accrual', 10_00]]],
    ['is for a dwelling on that plan', water(2, 'full'), 202610, [['accrual', 30_00]]],
    ['is not for others', water(2, 'standard'), 202610, [['accrual', 10_00]]],
    [
      'is for hot water above what cold left of the limit',
      both(4, 5),
      202610,
      [
        ['accrual', 4_00, '4'],
        ['accrual', 4_40, '2.2'],
        ['accrual', 14_00, '2.8'],
      ],
    ],
    [
      'is for all hot water when cold used the limit up',
      both(7, 5),
      202610,
      [
        ['accrual', 6_20, '6.2'],
        ['accrual', 2_40, '0.8'],
        ['accrual', 25_00, '5'],
      ],
    ],
  ])
})

describe('an award', () => {
  const granted = (...subsidies: number[]): Known => ({
    account: one(
      agreement({
        awards: subsidies.map((subsidy, id) => ({
          ...{ id, fromDay: day('2026-10-01'), toDay: day('2026-11-01') },
          subsidy: kopecks(subsidy),
        })),
      }),
    ),
    tariffs: [tariff('45')],
    rules: [charging({ base: 'account' })],
  })
  holds([
    [
      'is credited',
      granted(10_00),
      202610,
      [
        ['accrual', 45_00],
        ['subsidy', 10_00],
      ],
    ],
    [
      'is never more than the charge',
      granted(60_00),
      202610,
      [
        ['accrual', 45_00],
        ['subsidy', 45_00],
      ],
    ],
    [
      'after another is what is left of the charge',
      granted(40_00, 10_00),
      202610,
      [
        ['accrual', 45_00],
        ['subsidy', 40_00],
        ['subsidy', 5_00],
      ],
    ],
    ['of another month is none', granted(10_00), 202611, [['accrual', 45_00]]],
  ])
})
