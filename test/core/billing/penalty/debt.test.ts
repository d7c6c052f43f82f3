import { describe, expect, it } from '@jest/globals'
import {
  allocatePayment,
  type Credit,
  type DebtItem,
  type Intake,
  type Owed,
  traceDebt,
  unpaidOn,
} from '../../../../core/billing/penalty/debt.ts'
import { kopecks } from '../../../../core/money.ts'
import { period, plainDate } from '../../../../core/period.ts'

const day = plainDate
const aug = period(202608)
const sep = period(202609)
const oct = period(202610)

function item(month: number, amount: number, more: Partial<DebtItem> = {}): DebtItem {
  const next = `2026-${String((month % 100) + 1).padStart(2, '0')}`
  const usual = { appearsOn: day(`${next}-01`), dueOn: day(`${next}-25`) }
  return { month: period(month), amount: kopecks(amount), ...usual, ...more }
}

function credit(on: string, amount: number, more: Partial<Credit> = {}): Credit {
  return { on: day(on), amount: kopecks(amount), ...more }
}

describe('a debt over time', () => {
  const three = [item(202608, 100), item(202609, 200), item(202610, 300)]
  const steps = (text: string) =>
    text.split(' ').flatMap((step) => {
      if (step === '') return []
      const [fromDay = '', unpaid = ''] = step.split('=')
      return [{ fromDay: day(`2026-${fromDay}`), unpaid: BigInt(unpaid) }]
    })

  it.each([
    ['nothing paid', three, [], ['09-01=100', '10-01=200', '11-01=300'], 0n],
    [
      'a payment covers the oldest first, whatever is due later',
      three,
      [credit('2026-11-10', 250)],
      ['09-01=100 11-10=0', '10-01=200 11-10=50', '11-01=300'],
      0n,
    ],
    [
      'a named month is covered before older ones, the rest goes to the oldest',
      three,
      [credit('2026-11-10', 350, { month: oct })],
      ['09-01=100 11-10=50', '10-01=200', '11-01=300 11-10=0'],
      0n,
    ],
    [
      'a correction about a paid month goes to the oldest',
      three,
      [credit('2026-09-10', 100), credit('2026-11-10', 40, { month: aug })],
      ['09-01=100 09-10=0', '10-01=200 11-10=160', '11-01=300'],
      0n,
    ],
    [
      'a named month that is not there yet waits for nothing',
      three,
      [credit('2026-09-10', 60, { month: oct })],
      ['09-01=100 09-10=40', '10-01=200', '11-01=300'],
      0n,
    ],
    [
      'an advance pays the next items by itself',
      three,
      [credit('2026-09-10', 350)],
      ['09-01=100 09-10=0', '', '11-01=250'],
      0n,
    ],
    [
      'an advance beyond everything is left',
      three,
      [credit('2026-08-10', 1000)],
      ['', '', ''],
      400n,
    ],
    [
      'a payment on the day of the item pays it, so that no day is unpaid',
      [item(202608, 100)],
      [credit('2026-09-01', 100)],
      [''],
      0n,
    ],
    [
      'an item of the day may be named by a payment of the day',
      [item(202608, 100), item(202609, 200)],
      [credit('2026-10-01', 150, { month: sep })],
      ['09-01=100', '10-01=50'],
      0n,
    ],
    [
      'two payments of one day are one step',
      [item(202608, 100)],
      [credit('2026-09-10', 30), credit('2026-09-10', 30)],
      ['09-01=100 09-10=40'],
      0n,
    ],
    [
      'on one day a named payment and another cover both months',
      [item(202608, 100), item(202609, 200)],
      [credit('2026-10-10', 250), credit('2026-10-10', 50, { month: sep })],
      ['09-01=100 10-10=0', '10-01=200 10-10=0'],
      0n,
    ],
    [
      'debt moved here is an item of its month and keeps its due date',
      [item(202608, 100), item(202608, 40, { appearsOn: day('2026-11-05') })],
      [credit('2026-10-10', 30)],
      ['09-01=100 10-10=70 11-05=110'],
      0n,
    ],
    [
      'money given back takes the advance, then is owed',
      [item(202611, 70, { appearsOn: day('2026-09-15'), dueOn: day('2026-09-15') })],
      [credit('2026-09-10', 50)],
      ['09-15=20'],
      0n,
    ],
  ])('%s', (_, items, credits, expected, advance) => {
    const debt = traceDebt({ items, credits })
    expect(debt.items.map((each) => each.steps)).toEqual(expected.map(steps))
    expect(debt.advance).toBe(advance)
  })

  it.each([
    ['principal goes before penalties', {}, 200, [0n, 100n], [10n, 5n], 0n],
    ['penalties come last, the oldest first', {}, 312, [0n, 0n], [0n, 3n], 0n],
    ['penalties may come first', { penaltyFirst: true }, 12, [100n, 200n], [0n, 3n], 0n],
    [
      'a correction of a penalty goes to the penalty of its month, then to its principal',
      { penaltyFirst: true, month: sep },
      7,
      [100n, 198n],
      [10n, 0n],
      0n,
    ],
    ['the rest is an advance', {}, 400, [0n, 0n], [0n, 0n], 85n],
  ])('%s', (_, more, paid, principal, penalty, advance) => {
    const due = { appearsOn: day('2026-10-31') }
    const debt = traceDebt({
      items: [item(202608, 100), item(202609, 200)],
      penalties: [item(202609, 5, due), item(202608, 10, due)],
      credits: [credit('2026-11-10', paid, more)],
    })
    expect(debt.items.map((each) => each.unpaid)).toEqual(principal)
    expect(debt.penalties.map((each) => each.unpaid)).toEqual(penalty)
    expect(debt.advance).toBe(advance)
  })

  it('an advance pays a penalty that comes later', () => {
    const debt = traceDebt({
      items: [],
      penalties: [item(202608, 10), item(202609, 10)],
      credits: [credit('2026-08-10', 15)],
    })
    expect(debt.penalties.map((each) => each.unpaid)).toEqual([0n, 5n])
    expect(debt.advance).toBe(0n)
  })

  it('an advance pays principal before a penalty of the same day', () => {
    const debt = traceDebt({
      items: [item(202608, 10)],
      penalties: [item(202607, 10, { appearsOn: day('2026-09-01') })],
      credits: [credit('2026-08-10', 15)],
    })
    expect([...debt.items, ...debt.penalties].map((each) => each.unpaid)).toEqual([0n, 5n])
  })

  it('credits of one day that name months are in the order of the months, however given', () => {
    const items = [
      item(202609, 1, { dueOn: day('2026-10-20') }),
      item(202608, 10, { dueOn: day('2026-10-10') }),
      item(202608, 5, { dueOn: day('2026-10-25') }),
    ]
    const named = [
      credit('2026-11-10', 1, { month: oct }),
      credit('2026-11-10', 10, { month: aug }),
    ]
    const unpaid = (credits: Credit[]) =>
      traceDebt({ items, credits }).items.map((each) => each.unpaid)
    expect(unpaid(named)).toEqual([0n, 0n, 5n])
    expect(unpaid(named.toReversed())).toEqual([0n, 0n, 5n])
  })

  it('what is unpaid on a day is what its step says, and nothing before the first', () => {
    const { items } = traceDebt({
      items: [item(202608, 100)],
      credits: [credit('2026-09-10', 30)],
    })
    const on = (text: string) => items.map((each) => unpaidOn(each, day(text)))
    expect(['2026-08-31', '2026-09-01', '2026-09-09', '2026-09-10', '2027-01-01'].map(on)).toEqual([
      [0n],
      [100n],
      [100n],
      [70n],
      [70n],
    ])
  })

  it.each([
    ['an item', { items: [item(202608, 0)], credits: [] }],
    ['a penalty', { items: [], penalties: [item(202608, -1)], credits: [] }],
    ['a credit', { items: [], credits: [credit('2026-09-10', 0)] }],
  ])('%s of nothing throws', (_, events) => {
    expect(() => traceDebt(events)).toThrow(RangeError)
  })
})

describe('a payment over the bills of several services', () => {
  const owed = (service: string, month: typeof aug, unpaid: number, kind?: 'penalty'): Owed => ({
    service,
    month,
    dueOn: day(month === aug ? '2026-09-25' : '2026-10-26'),
    kind: kind ?? 'principal',
    unpaid: kopecks(unpaid),
  })
  const debts = [
    owed('water', aug, 510, 'penalty'),
    owed('sewage', sep, 90_00),
    owed('water', sep, 200_00),
    owed('water', aug, 120_00),
  ]
  const order = ['water', 'sewage']

  it.each<[string, Intake, readonly string[], string, bigint]>([
    ['300.00', { amount: kopecks(300_00) }, order, 'aug water 12000, sep water 18000', 0n],
    [
      '430.00',
      { amount: kopecks(430_00) },
      order,
      'aug water 12000, sep water 20000, sep sewage 9000, aug water penalty 510',
      1490n,
    ],
    [
      'another order of services',
      { amount: kopecks(300_00) },
      ['sewage'],
      'aug water 12000, sep sewage 9000, sep water 9000',
      0n,
    ],
    [
      'no order: by code',
      { amount: kopecks(300_00) },
      [],
      'aug water 12000, sep sewage 9000, sep water 9000',
      0n,
    ],
    [
      'the bill of a month named by the payer',
      { amount: kopecks(300_00), named: { month: sep } },
      order,
      'sep water 20000, sep sewage 9000, aug water 1000',
      0n,
    ],
    [
      'one line named by the payer',
      { amount: kopecks(100_00), named: { month: sep, service: 'sewage' } },
      order,
      'sep sewage 9000, aug water 1000',
      0n,
    ],
    [
      'penalties first where the provider says so',
      { amount: kopecks(100_00), penaltyFirst: true },
      order,
      'aug water penalty 510, aug water 9490',
      0n,
    ],
    [
      'penalties first of the named bill too',
      { amount: kopecks(6_00), named: { month: aug }, penaltyFirst: true },
      order,
      'aug water penalty 510, aug water 90',
      0n,
    ],
  ])('%s', (_, payment, services, expected, advance) => {
    const answer = allocatePayment(payment, debts, services)
    const parts = answer.parts.map(({ amount, owed: { kind, month, service } }) =>
      [month === aug ? 'aug' : 'sep', service, ...(kind === 'penalty' ? [kind] : []), amount].join(
        ' ',
      ),
    )
    expect(parts.join(', ')).toBe(expected)
    expect(answer.advance).toBe(advance)
  })

  it('of nothing throws', () => {
    expect(() => allocatePayment({ amount: kopecks(0) }, debts, order)).toThrow(RangeError)
  })
})
