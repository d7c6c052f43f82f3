import { describe } from '@jest/globals'
import {
  account,
  agreement,
  charging,
  dial,
  household,
  type Known,
  monthly,
  type Read,
  rule,
  tariff,
} from './facts.ts'
import { holds } from './rows.ts'

const ESTIMATE = { method: 'avg-daily', baseMonths: 12, step: '1' }
type Dials = NonNullable<Parameters<typeof dial>[0]>[]

/** Two persons, 3.1 m³ each by the norm, at 10.00. */
const of = (
  dials: Dials,
  value: object = {},
  more: Parameters<typeof agreement>[0] = {},
): Known => ({
  account: account({
    agreements: [
      agreement({ dials: dials.map((one, index) => dial({ id: index + 1, ...one })), ...more }),
    ],
    households: [household({ occupants: 2 })],
  }),
  tariffs: [tariff('10', { norm: '3.1' })],
  rules: [charging({ base: 'meter', ...value })],
})
const NORM: [string, number, string] = ['accrual', 62_00, '6.2']
const year = monthly(202509, 0, 31, 61, 92, 123, 151, 182, 212, 243, 273, 304, 335, 365)

describe('a reading', () => {
  holds([
    [
      'equal to the last is a line of zero',
      of([{ readings: monthly(202609, 100, 100) }]),
      202610,
      [['accrual', 0, '0']],
    ],
    [
      'that is missing without a way to estimate is the norm',
      of([{ readings: year }]),
      202610,
      [NORM],
    ],
    [
      'that alone was ever taken gives no average',
      of([{ readings: monthly(202609, 5) }], { estimate: ESTIMATE }),
      202610,
      [NORM],
    ],
    [
      'below the estimate is right: the months between share it by days',
      of([{ readings: [...year, [202611, '2026-12-01', 368]] }], { estimate: ESTIMATE }),
      202610,
      [['accrual', 20_00, '2']],
    ],
    [
      'after months without one is charged at once where it is so',
      of([{ readings: [...year, [202611, '2026-12-01', 368]] }], { lateReading: 'at-once' }),
      202611,
      [['accrual', 30_00, '3']],
    ],
    [
      'charged at once leaves nothing for the months before',
      of([{ readings: [...year, [202611, '2026-12-01', 368]] }], { lateReading: 'at-once' }),
      202610,
      [['accrual', 0, '0']],
    ],
    [
      'and another of the same month count together',
      of([
        {
          readings: [
            ...monthly(202609, 10),
            [202610, '2026-10-15', 14],
            [202610, '2026-11-01', 17],
          ],
        },
      ]),
      202610,
      [['accrual', 70_00, '7']],
    ],
    [
      'the first of a dial starts from what it showed when it was hung',
      of([{ initial: '3.5', readings: monthly(202610, '10.5') }], {}, { from: '2026-10-01' }),
      202610,
      [['accrual', 70_00, '7']],
    ],
  ])
})

describe('a verification', () => {
  const expired: Dials = [{ readings: year, verified: [['2022-01-01', '2026-10-15']] }]
  const two = (verified: [string | null, string][]): Dials => [
    { readings: monthly(202609, 0, 31), verified: [[null, '2030-01-01']] },
    { readings: [...monthly(202609, 0), [202610, '2026-10-15', 15]], verified },
  ]
  const REJECTED: Read = [202609, '2026-10-01', 90, { counted: false }]
  const again = (rejected: boolean): Dials => [
    {
      verified: [
        [null, '2026-08-15'],
        ['2026-10-17', '2030-10-17'],
      ],
      readings: [
        ...monthly(202606, 0, 31),
        ...(rejected ? [REJECTED] : []),
        [202610, '2026-11-01', 123],
      ],
    },
  ]
  const rejectedInMonth: Dials = [
    {
      verified: [
        [null, '2026-08-31'],
        ['2026-10-17', '2030-10-17'],
      ],
      readings: [
        ...monthly(202607, 31),
        [202610, '2026-10-16', 100, { counted: false }],
        [202610, '2026-11-01', 110],
      ],
    },
  ]
  holds([
    [
      'that expired is estimated until then, and the norm after',
      of(expired, { estimate: ESTIMATE }),
      202610,
      [
        ['accrual', 150_00, '15'],
        ['accrual', 32_00, '3.2'],
      ],
    ],
    [
      'of whole months leaves them to the norm',
      of(expired, { estimate: ESTIMATE, expired: 'whole-months' }),
      202610,
      [NORM],
    ],
    [
      'of one of two dials leaves both to the norm from then on',
      of(two([[null, '2026-10-15']])),
      202610,
      [
        ['accrual', 300_00, '30'],
        ['accrual', 32_00, '3.2'],
      ],
    ],
    [
      'of one of two dials long ago leaves both to the norm',
      of(two([[null, '2026-08-15']])),
      202610,
      [NORM],
    ],
    [
      'that begins again counts from the reading nobody could be charged by',
      of(again(true)),
      202610,
      [
        ['accrual', 330_00, '33'],
        ['accrual', 32_00, '3.2'],
      ],
    ],
    [
      'that begins again shares what was used over the days it hung',
      of(again(false)),
      202610,
      [
        ['accrual', 150_00, '15'],
        ['accrual', 32_00, '3.2'],
      ],
    ],
    [
      'that begins again inside the month counts from the reading before it',
      of(rejectedInMonth),
      202610,
      [
        ['accrual', 100_00, '10'],
        ['accrual', 32_00, '3.2'],
      ],
    ],
    ['that is missing leaves a month between to the norm', of(again(true)), 202609, [NORM]],
    [
      'of nothing known is valid',
      of([{ readings: monthly(202609, 0, 5) }]),
      202610,
      [['accrual', 50_00, '5']],
    ],
  ])
})

describe('a meter', () => {
  const old = {
    readings: [...monthly(202609, 100), [202610, '2026-10-16', 115]],
    removed: '2026-10-16',
  }
  const removed = [old as Dials[number]]
  const unread: Dials = [...removed, { installed: '2026-10-16', initial: '5' }]
  const gap: Dials = [
    {
      ...removed[0],
      removed: '2026-10-11',
      readings: [...monthly(202609, 100), [202610, '2026-10-11', 110]],
    },
    { installed: '2026-10-22', initial: '5', readings: monthly(202610, 15) },
  ]
  holds([
    [
      'removed inside the month leaves the rest to the norm',
      of(removed),
      202610,
      [
        ['accrual', 150_00, '15'],
        ['accrual', 32_00, '3.2'],
      ],
    ],
    [
      'removed unread is estimated until then',
      of([{ readings: year, removed: '2026-10-16' }], { estimate: ESTIMATE }),
      202610,
      [
        ['accrual', 150_00, '15'],
        ['accrual', 32_00, '3.2'],
      ],
    ],
    [
      'removed unread is so much less of an average month',
      of([{ readings: year, removed: '2026-10-16' }], {
        estimate: { ...ESTIMATE, method: 'avg-monthly', step: '0.001' },
      }),
      202610,
      [
        ['accrual', 147_18, '14.718'],
        ['accrual', 32_00, '3.2'],
      ],
    ],
    [
      'hung inside the month leaves the days before to the norm',
      of([{ installed: '2026-10-17', initial: '5', readings: monthly(202610, 15) }]),
      202610,
      [
        ['accrual', 100_00, '10'],
        ['accrual', 32_00, '3.2'],
      ],
    ],
    [
      'hung days after the other was removed leaves those days to the norm',
      of(gap),
      202610,
      [
        ['accrual', 200_00, '20'],
        ['accrual', 22_00, '2.2'],
      ],
    ],
    ['hung and not read yet leaves the month to the norm', of(unread), 202610, [NORM]],
    [
      'hung in October and read in November first shares by days',
      of([{ installed: '2026-10-16', initial: '5', readings: monthly(202611, 51) }]),
      202610,
      [
        ['accrual', 160_00, '16'],
        ['accrual', 30_00, '3'],
      ],
    ],
    [
      'of an agreement that ended is estimated until then',
      of([{ readings: year }], { estimate: ESTIMATE }, { to: '2026-10-16' }),
      202610,
      [['accrual', 150_00, '15']],
    ],
    [
      'past its zero twice is two turns',
      of([
        {
          digits: 3,
          readings: [
            ...monthly(202609, 990),
            [202610, '2026-10-16', 5, { rolledOver: true }],
            [202610, '2026-11-01', 2, { rolledOver: true }],
          ],
        },
      ]),
      202610,
      [['accrual', 1012_0_00, '1012']],
    ],
  ])
})

describe('the limit of a month part of which is by norm', () => {
  const known = of([
    {
      readings: [...monthly(202609, 100), [202610, '2026-10-15', 109]],
      verified: [[null, '2026-10-15']],
    },
  ])
  const limited: Known = {
    ...known,
    tariffs: [...known.tariffs, tariff('30', { plan: 'full' })],
    rules: [...known.rules, rule('limit', { perPersonPerDay: '0.2' })],
  }
  holds([
    [
      'is of the whole month, whichever way its parts were found',
      limited,
      202610,
      [
        ['accrual', 90_00, '9'],
        ['accrual', 32_00, '3.2'],
      ],
    ],
  ])
})
