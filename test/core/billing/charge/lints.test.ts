import { describe, expect, it } from '@jest/globals'
import { CannotCharge, type LintCode } from '../../../../core/billing/charge/lint.ts'
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
} from './facts.ts'

const at = (
  base: string,
  more: Partial<Known> & { agreement?: Parameters<typeof agreement>[0]; value?: object } = {},
): Known => {
  const { agreement: of, value = {}, ...known } = more
  return {
    account: account({ agreements: [agreement(of)], households: [household({ area: '50' })] }),
    tariffs: [tariff('10')],
    rules: [charging({ base, ...value })],
    ...known,
  }
}
const read = (...values: number[]) => ({ dials: [dial({ readings: monthly(202609, ...values) })] })
const defect = { id: 1, defect: 'none', fromDay: day('2026-10-01'), toDay: day('2026-10-05') }
const of = (given: Parameters<typeof account>[0]) =>
  account({ agreements: [agreement()], ...given })

describe('an account is not charged', () => {
  it.each<[string, LintCode, Known]>([
    ['without a price', 'agreement-without-tariff', at('area', { tariffs: [] })],
    [
      'with a zone without a price',
      'agreement-without-tariff',
      at('meter', { agreement: { dials: [dial({ zone: 2, readings: monthly(202609, 1, 2) })] } }),
    ],
    [
      'on days without a price',
      'tariff-gap',
      at('area', { tariffs: [tariff('1', { to: '2026-10-05' })] }),
    ],
    [
      'when the lowest tier is missing',
      'tariff-gap',
      at('area', { tariffs: [tariff('1', { above: '10' })] }),
    ],
    [
      'when two prices hold on a day',
      'tariff-overlap',
      at('area', { tariffs: [tariff('1'), tariff('2', { from: '2026-10-05' })] }),
    ],
    [
      'at the full price when there is none',
      'agreement-without-tariff',
      at('area', { account: of({ households: [household({ area: '5', plan: 'full' })] }) }),
    ],
    ['at a price below zero', 'price-negative', at('area', { tariffs: [tariff('-1')] })],
    ['by a norm that is missing', 'norm-missing', at('meter')],
    ['by an area that is missing', 'area-missing', at('area', { account: of({}) })],
    ['by a heated area that is missing', 'area-missing', at('heated-area', { account: of({}) })],
    [
      'by a share of a house without area',
      'area-missing',
      at('house-share', { agreement: { house: { 202610: ['5', '0'] } } }),
    ],
    [
      'by a load that is missing',
      'load-missing',
      at('account', {
        value: { fixedBase: 'load' },
        tariffs: [tariff('1'), tariff('2', { part: 'fixed' })],
      }),
    ],
    ['without a household', 'household-missing', at('area', { account: of({ households: [] }) })],
    [
      'before its first household',
      'household-missing',
      at('area', { account: of({ households: [household({ area: '5', from: '2026-10-05' })] }) }),
    ],
    ['without a way to charge', 'charging-rule-missing', at('area', { rules: [] })],
    ['in the season without a volume', 'volume-missing', at('house-share')],
    ['by a reading below the last', 'volume-negative', at('meter', { agreement: read(10, 5) })],
    [
      'by a volume below zero',
      'volume-negative',
      at('house-share', { agreement: { volumes: { 202610: '-1' } } }),
    ],
    [
      'by a house’s volume below zero',
      'volume-negative',
      at('house-share', { agreement: { house: { 202610: ['-1', '100'] } } }),
    ],
    [
      'by the volume of a service it does not have',
      'volume-source-missing',
      at('volume-of', { value: { volumeOf: ['13'] } }),
    ],
    [
      'with a benefit nobody knows',
      'benefit-rule-missing',
      at('area', {
        account: of({ households: [household({ area: '5' })], beneficiaries: [beneficiary()] }),
      }),
    ],
    [
      'with a defect nobody knows',
      'rule-unreadable',
      at('area', { agreement: { defects: [defect] } }),
    ],
    [
      'with a benefit of a dwelling without area',
      'area-missing',
      at('house-share', {
        account: account({
          agreements: [agreement({ volumes: { 202610: '1' } })],
          households: [household({ area: '0' })],
          beneficiaries: [beneficiary()],
        }),
        rules: [
          charging({ base: 'house-share' }),
          rule('benefit', { percent: '50' }, { key: 'veteran' }),
          rule('benefit-norm', { area: { perPerson: '21', perFamily: '10.5' } }),
        ],
      }),
    ],
  ])('%s: %s', (_name, code, known) => {
    const charge = () => chargeLines(known, 202610)
    expect(charge).toThrow(CannotCharge)
    expect(charge).toThrow(expect.objectContaining({ code, agreementId: 10 }))
  })

  it('by a rule that cannot be read, and the rule is named', () => {
    expect(() => chargeLines(at('area', { value: { decimals: 'many' } }), 202610)).toThrow(
      /decimals/,
    )
  })
})
