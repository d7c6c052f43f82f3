import { describe, expect, it } from '@jest/globals'
import { type DayExceptions } from '../../../../core/billing/penalty/calendar.ts'
import { type Credit, traceDebt } from '../../../../core/billing/penalty/debt.ts'
import {
  type NoPenalty,
  penaltyKey,
  penaltyOfMonth,
  type PenaltyRate,
  type PenaltyRules,
  preparePenaltyMonth,
} from '../../../../core/billing/penalty/penalty.ts'
import { type Kopecks, kopecks } from '../../../../core/money.ts'
import { addMonths, firstDay, period, plainDate } from '../../../../core/period.ts'
import { evaluate } from '../../../support/evaluate.ts'

const day = plainDate
const rate = (more: Partial<PenaltyRate> = {}): PenaltyRate => ({
  fromDay: day('2020-01-01'),
  toDay: null,
  ratePerDayE8: 10_000n,
  capPercentE8: 10_000_000_000n,
  source: 'rule:7',
  ...more,
})
const belarusRate = rate({ ratePerDayE8: 300_000n, source: 'rule:8' })
const ukraine: PenaltyRules = {
  rates: [rate()],
  noPenalty: [],
  startsOn: 'next-working-day',
  exceptions: new Map(),
}
const belarus: PenaltyRules = { ...ukraine, rates: [belarusRate], startsOn: 'next-day' }
const free = (from: string, last: string | null): NoPenalty => ({
  fromDay: day(from),
  lastDay: last === null ? null : day(last),
})
const pays = (on: string, amount: number, more: Partial<Credit> = {}): Credit => ({
  on: day(on),
  amount: kopecks(amount),
  ...more,
})

type Case = {
  rules?: PenaltyRules
  amount: number
  dueOn: string
  credits?: Credit[]
  before?: number
}

/** Penalty lines of an item of the month before its due date, for months in a row. */
function charge(months: number[], { amount, before, credits = [], dueOn, rules }: Case) {
  const due = day(dueOn)
  const month = addMonths(period(Number(dueOn.slice(0, 4) + dueOn.slice(5, 7))), -1)
  const { items } = traceDebt({
    items: [
      { month, dueOn: due, appearsOn: firstDay(addMonths(month, 1)), amount: kopecks(amount) },
    ],
    credits,
  })
  const charged = new Map<string, Kopecks>()
  if (before !== undefined) charged.set(penaltyKey({ month, dueOn: due }), kopecks(before))
  return months.map((each) =>
    penaltyOfMonth(preparePenaltyMonth(period(each), rules ?? ukraine), items, charged),
  )
}

describe('penalty of one item', () => {
  const september = { amount: 1000_00, dueOn: '2026-09-25' }
  const twoRates = (from: string) => ({
    ...ukraine,
    rates: [rate({ toDay: day(from) }), rate({ fromDay: day(from), ratePerDayE8: 20_000n })],
  })
  const unpaidFree = (...noPenalty: NoPenalty[]) => ({
    ...september,
    rules: { ...ukraine, noPenalty },
  })
  const holiday: DayExceptions = new Map([[day('2026-09-28'), true]])

  it.each<[string, number, Case, number, number]>([
    ['30 days of 1366.52', 202611, { amount: 1366_52, dueOn: '2026-09-25' }, 30, 4_10],
    ['the first working day is Monday 28.09', 202609, september, 3, 30],
    [
      'a holiday on that Monday leaves two days',
      202609,
      { ...september, rules: { ...ukraine, exceptions: holiday } },
      2,
      20,
    ],
    [
      'the day of payment is not charged',
      202610,
      { ...september, credits: [pays('2026-10-10', 400_00)] },
      31,
      2_22,
    ],
    ['nothing on the due day itself', 202608, { amount: 1000_00, dueOn: '2026-08-31' }, 0, 0],
    [
      'paid on the first day: nothing',
      202609,
      { ...september, credits: [pays('2026-09-28', 1000_00)] },
      0,
      0,
    ],
    [
      'paid on the last day: one day less',
      202610,
      { ...september, credits: [pays('2026-10-31', 1000_00)] },
      30,
      3_00,
    ],
    [
      'paid on the first of the next month: the whole month',
      202610,
      { ...september, credits: [pays('2026-11-01', 1000_00)] },
      31,
      3_10,
    ],
    [
      'paid before: nothing',
      202611,
      { ...september, credits: [pays('2026-10-31', 1000_00)] },
      0,
      0,
    ],
    [
      'Belarus: November of 50.00',
      202611,
      { rules: belarus, amount: 50_00, dueOn: '2026-11-25' },
      5,
      75,
    ],
    [
      'Belarus: paid on 06.12',
      202612,
      { rules: belarus, amount: 50_00, dueOn: '2026-11-25', credits: [pays('2026-12-06', 50_00)] },
      5,
      75,
    ],
    [
      'Belarus: 10 days of 50.00',
      202612,
      { rules: belarus, amount: 50_00, dueOn: '2026-11-25', credits: [pays('2026-12-11', 50_00)] },
      10,
      1_50,
    ],
    [
      'the rate changes inside the month: 9 and 22 days',
      202610,
      { ...september, rules: twoRates('2026-10-10') },
      31,
      5_30,
    ],
    [
      'the rate changes on the first',
      202610,
      { ...september, rules: twoRates('2026-10-01') },
      31,
      6_20,
    ],
    [
      'a rate that ended bears nothing after',
      202610,
      { ...september, rules: { ...ukraine, rates: [rate({ toDay: day('2026-10-10') })] } },
      9,
      90,
    ],
    ['no rate: no penalty', 202610, { ...september, rules: { ...ukraine, rates: [] } }, 0, 0],
    [
      'both ends of an interval are free',
      202610,
      unpaidFree(free('2026-10-10', '2026-10-20')),
      20,
      2_00,
    ],
    ['an interval of one day', 202610, unpaidFree(free('2026-10-31', '2026-10-31')), 30, 3_00],
    [
      'intervals that overlap are free once',
      202610,
      unpaidFree(free('2026-09-01', '2026-10-05'), free('2026-10-03', '2026-10-11')),
      20,
      2_00,
    ],
    ['an interval without an end', 202610, unpaidFree(free('2026-10-02', null)), 1, 10],
    ['an interval over the month', 202610, unpaidFree(free('2022-02-24', null)), 0, 0],
    [
      'the last day of the moratorium is free, the next is not',
      202312,
      {
        amount: 1000_00,
        dueOn: '2022-01-25',
        rules: { ...ukraine, noPenalty: [free('2022-02-24', '2023-12-29')] },
      },
      2,
      20,
    ],
    [
      'the day before the moratorium is charged',
      202202,
      {
        amount: 1000_00,
        dueOn: '2022-01-25',
        rules: { ...ukraine, noPenalty: [free('2022-02-24', '2023-12-29')] },
      },
      23,
      2_30,
    ],
    [
      'half a kopeck is rounded away from zero',
      202610,
      { amount: 50_00, dueOn: '2026-09-30', credits: [pays('2026-10-02', 50_00)] },
      1,
      1,
    ],
    [
      'less than half a kopeck is nothing',
      202610,
      { amount: 49_99, dueOn: '2026-09-30', credits: [pays('2026-10-02', 49_99)] },
      1,
      0,
    ],
    [
      'the cap leaves 0.02',
      202610,
      { rules: belarus, amount: 5_00, dueOn: '2026-07-25', before: 4_98 },
      31,
      2,
    ],
    [
      'at the cap nothing is added',
      202610,
      { rules: belarus, amount: 5_00, dueOn: '2026-07-25', before: 5_00 },
      31,
      0,
    ],
    [
      'above a cap that was lowered nothing is added',
      202610,
      { rules: belarus, amount: 5_00, dueOn: '2026-07-25', before: 6_00 },
      31,
      0,
    ],
    [
      'below the cap it does not show',
      202610,
      { rules: belarus, amount: 5_00, dueOn: '2026-07-25', before: 4_00 },
      31,
      47,
    ],
    [
      'without a cap it goes on',
      202610,
      {
        rules: { ...belarus, rates: [{ ...belarusRate, capPercentE8: null }] },
        amount: 5_00,
        dueOn: '2026-07-25',
        before: 6_00,
      },
      31,
      47,
    ],
    [
      'the cap is of the highest overdue principal',
      202610,
      {
        rules: belarus,
        amount: 5_00,
        dueOn: '2026-07-25',
        before: 4_98,
        credits: [pays('2026-09-10', 4_00)],
      },
      31,
      2,
    ],
    [
      'what was paid in time does not raise the cap',
      202610,
      {
        rules: belarus,
        amount: 5_00,
        dueOn: '2026-07-25',
        before: 98,
        credits: [pays('2026-07-25', 4_00)],
      },
      31,
      2,
    ],
    [
      'what was paid on the first day of penalty does not raise the cap',
      202610,
      {
        rules: belarus,
        amount: 5_00,
        dueOn: '2026-07-25',
        before: 98,
        credits: [pays('2026-07-26', 4_00)],
      },
      31,
      2,
    ],
    [
      'a cap between two kopecks is not exceeded',
      202610,
      {
        rules: { ...belarus, rates: [{ ...belarusRate, capPercentE8: 50_00000000n }] },
        amount: 5_01,
        dueOn: '2026-07-25',
        before: 2_20,
      },
      31,
      30,
    ],
  ])('%s', (_, month, input, days, amount) => {
    const [line] = charge([month], input)
    expect([line?.items[0]?.days ?? 0, line?.amount ?? 0n]).toEqual([days, BigInt(amount)])
    expect(line ? evaluate(line.total.text) : 0n).toBe(line?.amount ?? 0n)
  })

  it('the example of September and October is 2.52 in all', () => {
    const lines = charge([202609, 202610], {
      ...september,
      credits: [pays('2026-10-10', 400_00)],
    })
    expect(lines.map((line) => line?.amount)).toEqual([30n, 222n])
    expect(lines[1]?.items).toMatchObject([
      {
        month: 202608,
        days: 31,
        isCapped: false,
        intervals: [
          { fromDay: '2026-10-01', lastDay: '2026-10-09', days: 9, base: 1000_00n },
          { fromDay: '2026-10-10', lastDay: '2026-10-31', days: 22, base: 600_00n },
        ],
      },
    ])
    expect(lines[1]?.total.text).toBe(
      'round(1000[debt:202608] * 9[days:2026-10-01..09] * 0.0001[rule:7] + ' +
        '600[debt:202608] * 22[days:2026-10-10..31] * 0.0001[rule:7], 2)',
    )
  })

  it('a capped amount says what the cap left', () => {
    const [line] = charge([202610], {
      rules: belarus,
      amount: 5_00,
      dueOn: '2026-07-25',
      before: 4_98,
    })
    expect(line?.items[0]?.isCapped).toBe(true)
    expect(line?.total.text).toBe(
      'min(round(5[debt:202606] * 31[days:2026-10-01..31] * 0.003[rule:8], 2), ' +
        '5[peak:202606] * 100[rule:8] / 100 - 4.98[charged:202606])',
    )
  })

  it('two rates on one day throw', () => {
    const rules = { ...ukraine, rates: [rate(), rate({ fromDay: day('2026-10-10') })] }
    expect(() => preparePenaltyMonth(period(202610), rules)).toThrow(RangeError)
  })
})
