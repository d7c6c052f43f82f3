import { describe } from '@jest/globals'
import {
  account,
  agreement,
  charging,
  dial,
  household,
  type Known,
  monthly,
  tariff,
} from './facts.ts'
import { holds } from './rows.ts'

// The worked examples of the field: laws, contracts and published bills of Ukraine and Belarus.

const METER = charging({ base: 'meter' })
const ACTUAL = { base: 'meter', estimate: { method: 'avg-daily', baseMonths: 12, step: '1' } }
const one = (of: ReturnType<typeof agreement>, more: Parameters<typeof account>[0] = {}) =>
  account({ agreements: [of], ...more })

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
