import { describe, expect, it } from '@jest/globals'
import { type Credit, traceDebt } from '../../../../core/billing/penalty/debt.ts'
import { dueDay, type PaymentTerm } from '../../../../core/billing/penalty/due-date.ts'
import {
  penaltyOfMonth,
  type PenaltyRules,
  preparePenaltyMonth,
} from '../../../../core/billing/penalty/penalty.ts'
import { kopecks } from '../../../../core/money.ts'
import { addMonths, firstDay, period, plainDate } from '../../../../core/period.ts'
import { evaluate } from '../../../support/evaluate.ts'

const day = plainDate
const ukraine: PenaltyRules = {
  rates: [
    {
      fromDay: day('2020-01-01'),
      toDay: null,
      ratePerDayE8: 10_000n,
      capPercentE8: 10_000_000_000n,
      source: 'rule:7',
    },
  ],
  noPenalty: [],
  startsOn: 'next-working-day',
  exceptions: new Map(),
}
const pays = (on: string, amount: number, more: Partial<Credit> = {}): Credit => ({
  on: day(on),
  amount: kopecks(amount),
  ...more,
})

describe('penalty of an agreement', () => {
  const term: PaymentTerm = {
    day: 25,
    monthsAfter: 1,
    shiftsToWorkingDay: true,
    startsOn: 'next-working-day',
  }
  const year = Array.from({ length: 12 }, (_, index) => addMonths(period(202601), index))
  const items = year.slice(0, 6).map((month) => ({
    month,
    dueOn: dueDay(month, term, new Map()),
    appearsOn: firstDay(addMonths(month, 1)),
    amount: kopecks(777_77),
  }))
  const lines = (credits: Credit[]) => {
    const debts = traceDebt({ items, credits }).items
    return year.map((month) => {
      const line = penaltyOfMonth(preparePenaltyMonth(month, ukraine), debts, new Map())
      return line?.total.text ?? null
    })
  }

  it('is the sum of the items, each rounded', () => {
    const debts = traceDebt({ items, credits: [] }).items
    const line = penaltyOfMonth(preparePenaltyMonth(period(202604), ukraine), debts, new Map())
    expect(line?.items.map(({ amount, month }) => [month, amount])).toEqual([
      [202601, 233n],
      [202602, 233n],
      [202603, 23n],
    ])
    expect(line?.amount).toBe(489n)
    expect(evaluate(line?.total.text ?? '')).toBe(489n)
  })

  it.each<[string, Credit[], string, number]>([
    ['a payment', [pays('2026-05-10', 500_00)], '2026-05', 202605],
    ['a payment on the last day of a month', [pays('2026-07-31', 500_00)], '2026-07', 202607],
    [
      'a payment of a named month',
      [pays('2026-08-01', 500_00, { month: period(202606) })],
      '2026-08',
      202608,
    ],
  ])('%s learnt later changes exactly the months from its day on', (_, learnt, __, from) => {
    const [before, after] = [lines([]), lines(learnt)]
    const changed = year.filter((_month, index) => before[index] !== after[index])
    expect(changed).toEqual(year.filter((month) => month >= from))
  })

  it('is nothing while nothing is due', () => {
    expect(lines([]).slice(0, 2)).toEqual([null, expect.stringContaining('debt:202601')])
    expect(lines([pays('2026-01-01', 10_000_00)])).toEqual(year.map(() => null))
  })

  it('ignores penalties charged before: they bear none', () => {
    const penalties = [{ ...items[0]!, amount: kopecks(100_00) }]
    const withPenalty = traceDebt({ items, penalties, credits: [] })
    const month = preparePenaltyMonth(period(202612), ukraine)
    const line = penaltyOfMonth(month, withPenalty.items, new Map())
    expect(line?.total.text).toBe(lines([]).at(-1))
  })

  it('two items of one month with different due dates are charged apart', () => {
    const late = { ...items[0]!, dueOn: day('2026-06-25'), amount: kopecks(100_00) }
    const debts = traceDebt({ items: [...items, late], credits: [] }).items
    const line = penaltyOfMonth(preparePenaltyMonth(period(202606), ukraine), debts, new Map())
    expect(line?.items.filter(({ month }) => month === 202601).map(({ days }) => days)).toEqual([
      30, 5,
    ])
  })
})
