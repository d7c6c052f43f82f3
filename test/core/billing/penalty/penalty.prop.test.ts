import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  allocatePayment,
  type Credit,
  type DebtItem,
  type Owed,
  traceDebt,
  unpaidOn,
} from '../../../../core/billing/penalty/debt.ts'
import {
  penaltyKey,
  penaltyOfMonth,
  type PenaltyRules,
  preparePenaltyMonth,
} from '../../../../core/billing/penalty/penalty.ts'
import { type Kopecks, kopecks, sum } from '../../../../core/money.ts'
import { addDays, addMonths, period, type PlainDate, plainDate } from '../../../../core/period.ts'
import { evaluate } from '../../../support/evaluate.ts'

const START = plainDate('2026-01-01')
const YEAR = Array.from({ length: 12 }, (_, index) => addMonths(period(202601), index))
const DAYS = Array.from({ length: 365 }, (_, index) => addDays(START, index))

const dayIn = fc.integer({ min: -60, max: 364 }).map((after) => addDays(START, after))
const money = fc.integer({ min: 1, max: 500_000 }).map(kopecks)
const anItem: fc.Arbitrary<DebtItem> = fc
  .record({
    ago: fc.integer({ min: -3, max: 11 }),
    dueAfter: fc.integer({ min: -5, max: 40 }),
    appearsOn: dayIn,
    amount: money,
  })
  .map(({ ago, amount, appearsOn, dueAfter }) => ({
    month: addMonths(period(202601), ago),
    appearsOn,
    dueOn: addDays(appearsOn, dueAfter),
    amount,
  }))
const aCredit: fc.Arbitrary<Credit> = fc.record(
  {
    on: dayIn,
    amount: money,
    month: fc.integer({ min: -3, max: 11 }).map((ago) => addMonths(period(202601), ago)),
  },
  { requiredKeys: ['on', 'amount'] },
)
/** Many on one day. */
const aCreditOfAnyKind = fc.record(
  {
    on: fc.constantFrom(START, addDays(START, 40), addDays(START, 200)),
    amount: money,
    month: fc.constantFrom(...YEAR.slice(0, 3)),
    penaltyFirst: fc.boolean(),
  },
  { requiredKeys: ['on', 'amount'] },
)
const events = fc.record({
  items: fc.array(anItem, { maxLength: 8 }),
  penalties: fc.array(anItem, { maxLength: 2 }),
  credits: fc.array(aCredit, { maxLength: 8 }),
})
const rules: fc.Arbitrary<PenaltyRules> = fc
  .record({
    change: dayIn,
    rates: fc.tuple(fc.bigInt({ min: 0n, max: 600_000n }), fc.bigInt({ min: 0n, max: 600_000n })),
    caps: fc.tuple(
      fc.option(fc.bigInt({ min: 0n, max: 12_000_000_000n })),
      fc.option(fc.constantFrom(500_000_000n, 10_000_000_000n)),
    ),
    free: fc.array(fc.tuple(dayIn, fc.option(fc.integer({ min: 0, max: 50 }))), { maxLength: 2 }),
    startsOn: fc.constantFrom('next-day' as const, 'next-working-day' as const),
    exceptions: fc.array(fc.tuple(dayIn, fc.boolean()), { maxLength: 40 }),
  })
  .map(({ caps, change, exceptions, free, rates, startsOn }) => ({
    rates: [
      {
        fromDay: addDays(START, -100),
        toDay: change,
        ratePerDayE8: rates[0],
        capPercentE8: caps[0],
      },
      { fromDay: change, toDay: null, ratePerDayE8: rates[1], capPercentE8: caps[1] },
    ].map((each, index) => ({ ...each, source: `rule:${index}` })),
    noPenalty: free.map(([fromDay, length]) => ({
      fromDay,
      lastDay: length === null ? null : addDays(fromDay, length),
    })),
    startsOn,
    exceptions: new Map(exceptions),
  }))

it('what is unpaid less the advance is what appeared less what was paid, on every day', () => {
  fc.assert(
    fc.property(events, (all) => {
      const debt = traceDebt(all)
      const debts = [...debt.items, ...debt.penalties]
      const owed = sum([...all.items, ...all.penalties].map(({ amount }) => amount))
      const paid = sum(all.credits.map(({ amount }) => amount))
      const unpaid = sum(debts.map((each) => each.unpaid))
      expect(unpaid - debt.advance).toBe(owed - paid)
      expect(unpaid === 0n || debt.advance === 0n).toBe(true)
      for (const day of DAYS.filter((_, index) => index % 30 === 0)) {
        const appeared = [...all.items, ...all.penalties].filter((each) => each.appearsOn <= day)
        const paidThen = all.credits.filter(({ on }) => on <= day)
        const balance =
          sum(appeared.map(({ amount }) => amount)) - sum(paidThen.map(({ amount }) => amount))
        const total = sum(debts.map((each) => unpaidOn(each, day)))
        expect(total).toBe(balance > 0n ? balance : 0n)
      }
    }),
  )
})

it('the order in which events are given changes nothing', () => {
  const ofAnyKind = fc.record({
    items: fc.array(anItem, { maxLength: 8 }),
    penalties: fc.array(anItem, { maxLength: 4 }),
    credits: fc.array(aCreditOfAnyKind, { maxLength: 8 }),
  })
  const shuffled = fc
    .oneof(events, ofAnyKind)
    .chain((all) =>
      fc.tuple(
        fc.constant(all),
        fc.shuffledSubarray<DebtItem>(all.items, { minLength: all.items.length }),
        fc.shuffledSubarray<Credit>(all.credits, { minLength: all.credits.length }),
      ),
    )
  fc.assert(
    fc.property(shuffled, ([all, items, credits]) => {
      expect(traceDebt({ ...all, items, credits })).toEqual(traceDebt(all))
    }),
    { numRuns: 2000 },
  )
})

it('parts of a payment sum to it, and no part is more than what is unpaid', () => {
  const owed = fc.array(
    fc.record({
      service: fc.constantFrom('water', 'sewage', 'heat'),
      month: fc.constantFrom(period(202608), period(202609)),
      dueOn: fc.constantFrom(plainDate('2026-09-25'), plainDate('2026-10-26')),
      kind: fc.constantFrom('principal' as const, 'penalty' as const),
      unpaid: fc.integer({ min: 0, max: 1000 }).map(kopecks),
    }),
    { maxLength: 8 },
  )
  const intake = fc.record({
    amount: fc.integer({ min: 1, max: 5000 }).map(kopecks),
    named: fc.option(fc.record({ month: fc.constant(period(202609)) }), { nil: undefined }),
    penaltyFirst: fc.boolean(),
  })
  fc.assert(
    fc.property(intake, owed, (payment, debts) => {
      const { advance, parts } = allocatePayment(payment, debts, ['heat', 'water'])
      expect(sum(parts.map(({ amount }) => amount)) + advance).toBe(payment.amount)
      expect(new Set(parts.map((part) => part.owed)).size).toBe(parts.length)
      for (const part of parts) {
        expect(part.amount > 0n && part.amount <= part.owed.unpaid).toBe(true)
        expect(debts).toContain(part.owed)
      }
      const unpaid = sum(debts.map((each) => each.unpaid))
      expect(advance).toBe(payment.amount > unpaid ? payment.amount - unpaid : 0n)
    }),
  )
})

it('payments in another order leave as much unpaid', () => {
  const owed: Owed[] = [1, 2, 3].map((month) => ({
    service: 'water',
    month: period(202600 + month),
    dueOn: plainDate(`2026-0${month + 1}-25`),
    kind: 'principal',
    unpaid: kopecks(1000 * month),
  }))
  const named = fc.constantFrom(undefined, ...owed.map(({ month }) => ({ month })))
  const payments = fc.array(
    fc.record({ amount: fc.integer({ min: 1, max: 3000 }).map(kopecks), named }),
    { maxLength: 5 },
  )
  const unpaidAfter = (list: readonly Parameters<typeof allocatePayment>[0][]) => {
    let left = owed
    for (const payment of list) {
      const { parts } = allocatePayment(payment, left, [])
      const paid = (each: Owed) => parts.find((part) => part.owed === each)?.amount ?? 0n
      left = left.map((each) => ({ ...each, unpaid: kopecks(each.unpaid - paid(each)) }))
    }
    return sum(left.map(({ unpaid }) => unpaid))
  }
  fc.assert(
    fc.property(payments, (list) => {
      expect(unpaidAfter(list.toReversed())).toBe(unpaidAfter(list))
    }),
  )
})

it('a year month by month is what walking day by day gives, and each text gives its amount', () => {
  fc.assert(
    fc.property(events, rules, (all, known) => {
      const charged = new Map<string, Kopecks>()
      const debts = traceDebt(all).items
      const byMonth = YEAR.map((month) => {
        const line = penaltyOfMonth(preparePenaltyMonth(month, known), debts, charged)
        if (!line) return 0n
        expect(evaluate(line.total.text)).toBe(line.amount)
        for (const item of line.items) {
          expect(evaluate(item.term.text)).toBe(item.amount)
          const key = penaltyKey(item)
          charged.set(key, kopecks((charged.get(key) ?? 0n) + item.amount))
        }
        return line.amount
      })
      expect(byMonth).toEqual(walk(all, known))
    }),
    { numRuns: 200 },
  )
})

/** The same rule in the plainest way: one day after another, every debt as a row of a table. */
function walk(
  { credits, items, penalties }: Record<'items' | 'penalties', DebtItem[]> & { credits: Credit[] },
  known: PenaltyRules,
): bigint[] {
  type Row = { item: DebtItem; left: bigint; isFine: boolean; start: PlainDate }
  const rows: Row[] = [
    ...items.map((item) => ({ item, left: 0n, isFine: false, start: startOf(item, known) })),
    ...penalties.map((item) => ({ item, left: 0n, isFine: true, start: startOf(item, known) })),
  ].sort(
    (a, b) =>
      Number(a.isFine) - Number(b.isFine) ||
      a.item.dueOn.localeCompare(b.item.dueOn) ||
      a.item.month - b.item.month,
  )
  const states = new Map<
    string,
    { peak: bigint; before: bigint; exact: bigint; cap: bigint | null }
  >()
  const months: bigint[] = []
  let advance = 0n
  for (let day = addDays(START, -100); day < '2027-01-01'; day = addDays(day, 1)) {
    for (const row of rows) if (row.item.appearsOn === day) row.left += row.item.amount
    advance = pay(advance)
    const today = credits.filter(({ on }) => on === day)
    for (const each of today) if (each.month !== undefined) advance += pay(each.amount, each.month)
    for (const each of today) if (each.month === undefined) advance += pay(each.amount)
    months.push(...endOfDay(day))
  }
  return months

  function pay(amount: bigint, month?: number): bigint {
    let pot = amount
    const named = rows.filter((row) => !row.isFine && row.item.month === month)
    for (const row of [...named, ...rows]) {
      const part = pot < row.left ? pot : row.left
      pot -= part
      row.left -= part
    }
    return pot
  }

  function endOfDay(day: PlainDate): bigint[] {
    const bases = new Map<string, bigint>()
    for (const { isFine, item, left, start } of rows) {
      const key = `${item.month}/${item.dueOn}`
      if (!isFine && day >= start) bases.set(key, (bases.get(key) ?? 0n) + left)
    }
    const rate = known.rates.find((each) => each.fromDay <= day && (each.toDay ?? '9') > day)
    const isFree = known.noPenalty.some(
      (each) => each.fromDay <= day && (each.lastDay ?? '9') >= day,
    )
    for (const [key, base] of bases) {
      const state = states.get(key) ?? { peak: 0n, before: 0n, exact: 0n, cap: null }
      states.set(key, state)
      if (base > state.peak) state.peak = base
      if (!rate || isFree || rate.ratePerDayE8 === 0n || base === 0n || day < START) continue
      state.exact += base * rate.ratePerDayE8
      state.cap = rate.capPercentE8
    }
    if (day < START || addDays(day, 1).slice(8) !== '01') return []
    let total = 0n
    for (const state of states.values()) {
      let amount = (state.exact * 2n + 100_000_000n) / 200_000_000n
      const room =
        state.cap === null ? amount : (state.peak * state.cap) / 10_000_000_000n - state.before
      if (amount > room) amount = room > 0n ? room : 0n
      total += amount
      state.before += amount
      state.exact = 0n
    }
    return [total]
  }
}

function startOf({ dueOn }: DebtItem, known: PenaltyRules): PlainDate {
  let first = addDays(dueOn, 1)
  const isOff = (each: PlainDate) =>
    known.exceptions.get(each) ?? [0, 6].includes(new Date(`${each}T12:00:00Z`).getUTCDay())
  while (known.startsOn === 'next-working-day' && isOff(first)) first = addDays(first, 1)
  return first
}
