import { describe, expect, it } from '@jest/globals'
import { kopecks } from '../../../core/money.ts'
import { matchReversals } from '../../../core/payments/match-reversals.ts'
import { plainDate } from '../../../core/period.ts'

const row = (id: string, paidOn: string, amount: number, agreementId = 1) => ({
  id,
  agreementId,
  amount: kopecks(amount),
  paidOn: plainDate(paidOn),
})
const payments = [
  row('first', '2026-10-01', 100),
  row('second', '2026-10-05', 100),
  row('third', '2026-10-05', 100),
  row('later', '2026-10-20', 100),
  row('other sum', '2026-10-05', 101),
  row('other agreement', '2026-10-05', 100, 2),
]

describe('matchReversals', () => {
  it.each([
    ['the latest at or before its day', [row('r', '2026-10-06', -100)], [['r', 'third']]],
    ['one of its own day', [row('r', '2026-10-01', -100)], [['r', 'first']]],
    ['none before the first', [row('r', '2026-09-30', -100)], []],
    ['none of another sum', [row('r', '2026-10-06', -102)], []],
    ['none of another agreement', [row('r', '2026-10-04', -100, 2)], []],
    [
      'a payment once, in the order of days',
      [row('b', '2026-10-07', -100), row('a', '2026-10-06', -100), row('c', '2026-10-08', -100)],
      [
        ['a', 'third'],
        ['b', 'second'],
        ['c', 'first'],
      ],
    ],
  ])('takes %s', (_, reversals, expected) => {
    expect([...matchReversals(reversals, payments)]).toEqual(expected)
  })
})
