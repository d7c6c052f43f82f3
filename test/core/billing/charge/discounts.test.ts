import { describe, expect, it } from '@jest/globals'
import { kopecks } from '../../../../core/money.ts'
import { rate } from '../../../../core/quantity.ts'
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

/** 9 m³ at 30.40 used by three, one of them a veteran: 75 % within 2 m³ a person. */
const water = (given: {
  beneficiaries?: Parameters<typeof beneficiary>[0][]
  rules?: Known['rules']
  awards?: number
  percent?: string
  used?: number
  norm?: string
}): Known => {
  const {
    awards = 0,
    beneficiaries = [{}],
    norm = '2',
    percent = '75',
    rules = [],
    used = 9,
  } = given
  const award = {
    ...{ id: 1, fromDay: day('2026-10-01'), toDay: day('2026-11-01') },
    subsidy: kopecks(awards),
  }
  return {
    account: account({
      agreements: [
        agreement({
          dials: [dial({ readings: monthly(202609, 100, 100 + used) })],
          awards: awards > 0 ? [award] : [],
        }),
      ],
      households: [household({ occupants: 3 })],
      beneficiaries: beneficiaries.map((one, id) => beneficiary({ id, ...one })),
    }),
    tariffs: [tariff('30.40')],
    rules: [
      charging({ base: 'meter' }),
      rule('benefit', { percent }, { key: 'veteran' }),
      rule('benefit', { percent: '50', services: ['99'] }, { key: 'other-service' }),
      rule('benefit', { percent: '100' }, { key: 'hero' }),
      rule('benefit-norm', { perPerson: norm }),
      ...rules,
    ],
  }
}

describe('a benefit', () => {
  holds([
    [
      'of volume below the norm is of the volume',
      water({ used: 3 }),
      202610,
      [
        ['accrual', 91_20],
        ['benefit', 22_80],
      ],
    ],
    [
      'of two persons is twice that of one',
      water({ beneficiaries: [{ persons: 2 }] }),
      202610,
      [
        ['accrual', 273_60],
        ['benefit', 91_20],
      ],
    ],
    [
      'of several categories are lines of their own',
      water({ beneficiaries: [{}, { category: 'hero' }] }),
      202610,
      [
        ['accrual', 273_60],
        ['benefit', 45_60],
        ['benefit', 60_80],
      ],
    ],
    [
      'of more persons than live there is of those who do',
      water({ beneficiaries: [{ persons: 5, category: 'hero' }], norm: '9' }),
      202610,
      [
        ['accrual', 273_60],
        ['benefit', 273_60],
      ],
    ],
    [
      'after others is what they left of the charge',
      water({ beneficiaries: [{ persons: 3, category: 'hero' }, {}], norm: '9' }),
      202610,
      [
        ['accrual', 273_60],
        ['benefit', 273_60],
      ],
    ],
    [
      'of another service is none',
      water({ beneficiaries: [{ category: 'other-service' }] }),
      202610,
      [['accrual', 273_60]],
    ],
    [
      'that begins later is none',
      water({ beneficiaries: [{ fromDay: day('2026-10-02') }] }),
      202610,
      [['accrual', 273_60]],
    ],
    [
      'that ended is none',
      water({ beneficiaries: [{ toDay: day('2026-10-01') }] }),
      202610,
      [['accrual', 273_60]],
    ],
    ['of nothing used is none', water({ used: 0 }), 202610, [['accrual', 0]]],
    [
      'and a subsidy are not given together',
      water({ awards: 50_00 }),
      202610,
      [
        ['accrual', 273_60],
        ['subsidy', 50_00],
      ],
    ],
    [
      'and a subsidy are given together where the law allows',
      water({ awards: 250_00, rules: [rule('benefit-with-subsidy', { allowed: true })] }),
      202610,
      [
        ['accrual', 273_60],
        ['benefit', 45_60],
        ['subsidy', 228_00],
      ],
    ],
  ])

  it('paid to the person is shown and not posted', () => {
    const gross = water({ rules: [rule('benefit-payment', { mode: 'gross' })], awards: 300_00 })
    const rules = [...gross.rules, rule('benefit-with-subsidy', { allowed: true })]
    const lines = chargeLines({ ...gross, rules }, 202610)
    expect(
      lines.map(({ amount, isPosted, kind, reason }) => [kind, amount, isPosted, reason]),
    ).toEqual([
      ['accrual', 273_60n, true, null],
      ['benefit', 45_60n, false, 'veteran'],
      // What the state pays to the person is not off the bill: the subsidy may be of all of it.
      ['subsidy', 273_60n, true, null],
    ])
  })
})

describe('reductions', () => {
  const defects = [1, 2].map((id) => ({
    ...{ id, defect: 'none' },
    ...{ fromDay: day('2026-10-01'), toDay: day('2026-10-21') },
  }))
  const poor = (percentPerDay: string, more: Parameters<typeof agreement>[0] = {}): Known => ({
    account: account({
      agreements: [agreement({ defects, ...more })],
      absences: [{ id: 1, leftOn: day('2026-09-30'), returnedOn: day('2026-11-30') }],
    }),
    tariffs: [tariff('31')],
    rules: [charging({ base: 'persons' }), rule('quality', { percentPerDay }, { key: 'none' })],
  })
  const away = poor('3')
  const extra = {
    ...{ id: 1, day: day('2026-10-31'), quantity: units('1') },
    price: rate(units('100')),
  }
  holds([
    [
      'of two defects are two',
      poor('1'),
      202610,
      [
        ['accrual', 31_00],
        ['recalculation', -6_20],
        ['recalculation', -6_20],
      ],
    ],
    [
      'are together never more than the charge',
      poor('3'),
      202610,
      [
        ['accrual', 31_00],
        ['recalculation', -18_60],
        ['recalculation', -12_40],
      ],
    ],
    [
      'after an absence are what is left of the charge',
      { ...away, rules: [...away.rules, rule('absence', { thresholdDays: 30, reduces: true })] },
      202610,
      [
        ['accrual', 31_00],
        ['recalculation', -31_00],
      ],
    ],
    [
      'for absence are none where the service is charged anyway',
      {
        ...poor('0', { defects: [] }),
        rules: [
          charging({ base: 'persons' }),
          rule('absence', { thresholdDays: 30, reduces: false }),
        ],
      },
      202610,
      [['accrual', 31_00]],
    ],
    [
      'for absence are none of extras',
      {
        ...poor('0', { defects: [], extras: [extra] }),
        rules: [
          charging({ base: 'persons' }),
          rule('absence', { thresholdDays: 30, reduces: true }),
        ],
      },
      202610,
      [
        ['accrual', 31_00],
        ['accrual', 100_00],
        ['recalculation', -31_00],
      ],
    ],
  ])
})

describe('above the limit of a household', () => {
  const limited = water({
    used: 9,
    percent: '50',
    rules: [rule('limit', { perPersonPerDay: '0.06' })],
  })
  holds([
    [
      'nothing is covered by a benefit: it is of the ordinary part within the norm',
      { ...limited, tariffs: [...limited.tariffs, tariff('60', { plan: 'full' })] },
      202610,
      [
        // 0.06 × 31 × 3 = 5.58 at 30.40, the rest of 9 at 60; half of min(5.58 / 3, 2) × 30.40.
        ['accrual', 169_63, '5.58'],
        ['accrual', 205_20, '3.42'],
        ['benefit', 28_27],
      ],
    ],
  ])
})

describe('a subsidy of a household with an income', () => {
  const grant = {
    ...{ id: 1, fromDay: day('2026-10-01'), toDay: day('2027-04-01') },
    ...{ income: kopecks(400_00), isVillage: false },
  }
  const terms = {
    ...{ townShare: '0.2', villageShare: '0.15', incomeMonths: 6, validMonths: 6 },
    ...{ decideWorkingDays: 10, documents: [], excludedStatuses: [] },
  }
  const home = water({ beneficiaries: [], used: 9, rules: [rule('subsidy', terms)] })
  const granted: Known = { ...home, account: { ...home.account, subsidyCases: [grant] } }
  const norm = rule('subsidy-norm', { perPerson: '2' })
  holds([
    [
      'is what of the fee is above its share',
      granted,
      202610,
      [
        ['accrual', 273_60, '9'],
        ['subsidy', 193_60],
      ],
    ],
    [
      'counts the fee within the norm only',
      { ...granted, rules: [...granted.rules, norm] },
      202610,
      [
        ['accrual', 273_60, '9'],
        // 273.60 × 6 / 9 = 182.40, less 20 % of 400.
        ['subsidy', 102_40],
      ],
    ],
  ])
})
