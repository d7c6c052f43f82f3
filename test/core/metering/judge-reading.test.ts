import { describe, expect, it } from '@jest/globals'
import {
  type Judgement,
  judgeReading,
  type Knowledge,
} from '../../../core/metering/judge-reading.ts'
import { parseDecimal, type Quantity, quantity } from '../../../core/quantity.ts'

const units = (text: string): Quantity => parseDecimal(text) ?? quantity(-1n)

/** A five-digit water meter at 318 with an average month of 8, nothing sent for one month. */
const known: Knowledge = {
  digits: 5,
  previous: units('318'),
  months: 1,
  average: units('8'),
  norm: null,
}
const after = (previous: string, more: Partial<Knowledge> = {}): Knowledge => ({
  ...known,
  previous: units(previous),
  ...more,
})

const usual = (verdict: 'plausible' | 'unusual' | 'rollover', volume: string, limit: string) => ({
  verdict,
  volume: units(volume),
  limit: units(limit),
})
const nearZero = after('99970', { average: units('14') })

describe('a reading', () => {
  it.each<[string, string, Knowledge, Judgement]>([
    ['of a usual month', '326', known, usual('plausible', '8', '24')],
    ['equal to the last', '318', known, usual('plausible', '0', '24')],
    ['at the limit', '342', known, usual('plausible', '24', '24')],
    ['just above the limit', '342.001', known, usual('unusual', '24.001', '24')],
    ['after three months', '390', after('318', { months: 3 }), usual('plausible', '72', '72')],
    ['with decimals', '12.5', after('10.25'), usual('plausible', '2.25', '24')],
    [
      'above the average, within the norm',
      '362',
      after('318', { norm: units('15') }),
      usual('plausible', '44', '45'),
    ],
    [
      'within the average, above the norm',
      '342',
      after('318', { norm: units('3.6') }),
      usual('plausible', '24', '24'),
    ],
    [
      'of a household that used nothing, by its norm',
      '328',
      after('318', { average: units('0'), norm: units('4') }),
      usual('plausible', '10', '12'),
    ],
    [
      'the first, without a norm',
      '100',
      after('0', { average: null }),
      usual('plausible', '100', '100'),
    ],
    ['the first, a jump', '101', after('0', { average: null }), usual('unusual', '101', '100')],
    [
      'the first after two months',
      '200',
      after('0', { average: null, months: 2 }),
      usual('plausible', '200', '200'),
    ],
    ['past the zero of the dial', '8', nearZero, usual('rollover', '38', '42')],
    ['past the zero at the limit', '12', nearZero, usual('rollover', '42', '42')],
    ['past the zero above the limit', '13', nearZero, { verdict: 'below' }],
    ['below the last', '300', known, { verdict: 'below' }],
    ['one below the last', '317', known, { verdict: 'below' }],
    ['the greatest of the dial', '99999.999', after('99999'), usual('plausible', '0.999', '24')],
    ['with a digit too many', '100000', known, { verdict: 'too-many-digits' }],
  ])('%s: %s', (_, value, knowledge, judgement) => {
    expect(judgeReading(units(value), knowledge)).toEqual(judgement)
  })
})
