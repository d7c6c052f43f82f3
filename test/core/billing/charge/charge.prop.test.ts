import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { type Booked, chargeAccount } from '../../../../core/billing/charge/charge-account.ts'
import { type AccountFacts } from '../../../../core/billing/charge/facts.ts'
import { literal, spread, toQuantity } from '../../../../core/billing/charge/formula.ts'
import { amountOf, type Line } from '../../../../core/billing/charge/line.ts'
import { kopecks } from '../../../../core/money.ts'
import { addMonths, firstDay, type Period, period } from '../../../../core/period.ts'
import { quantity, wholeQuantity } from '../../../../core/quantity.ts'
import { Rulebook } from '../../../../core/tariffs/rulebook.ts'
import { evaluate } from '../../../support/evaluate.ts'
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
  type Read,
  rule,
  tariff,
} from './facts.ts'

const FIRST = period(202601)
const MONTHS = Array.from({ length: 12 }, (_, index) => addMonths(FIRST, index))
const LAST = period(202612)

describe('a volume split by weights', () => {
  it('is 2.86, 5.71 and 11.43 of 20.00 by 1, 2 and 4', () => {
    const parts = spread(literal(wholeQuantity(20)), [1, 2, 4], 2)
    expect(parts.map(toQuantity)).toEqual([286_000_000n, 571_000_000n, 1_143_000_000n])
  })

  it('loses nothing', () => {
    const weights = fc.array(fc.nat(31), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(
        fc.bigInt(-(10n ** 12n), 10n ** 12n),
        weights,
        fc.nat(3),
        (total, by, decimals) => {
          fc.pre(by.some((weight) => weight > 0))
          const parts = spread(literal(quantity(total)), by, decimals)
          expect(parts.reduce((sum, part) => sum + toQuantity(part), 0n)).toBe(total)
        },
      ),
    )
  })
})

/** A year of an account: water by meter, sewage by its volume, waste by persons, rent by area. */
type Year = {
  used: number[]
  isRead: boolean[]
  /** Months until each reading was known. */
  delays: number[]
  lateReading: 'by-days' | 'at-once'
  priceChange: 'by-days' | 'by-reading' | 'next-month'
  estimate: 'avg-daily' | 'avg-monthly' | 'norm'
  maxMonths: number | undefined
  step: string
  persons: number[]
  changeDay: number
  percent: number
  expires: number | null
  away: [month: number, days: number]
}

const month = fc.integer({ min: 0, max: 11 })
const years: fc.Arbitrary<Year> = fc.record({
  used: fc.array(fc.nat(4000), { minLength: 12, maxLength: 12 }),
  isRead: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
  delays: fc.array(fc.nat(3), { minLength: 12, maxLength: 12 }),
  lateReading: fc.constantFrom('by-days', 'at-once'),
  priceChange: fc.constantFrom('by-days', 'by-reading', 'next-month'),
  estimate: fc.constantFrom('avg-daily', 'avg-monthly', 'norm'),
  maxMonths: fc.constantFrom(undefined, 1, 3),
  step: fc.constantFrom('1', '0.1', '0.001'),
  persons: fc.array(fc.nat(4), { minLength: 3, maxLength: 3 }),
  changeDay: fc.integer({ min: 1, max: 28 }),
  percent: fc.integer({ min: 0, max: 100 }),
  expires: fc.option(month),
  away: fc.tuple(month, fc.nat(60)),
})

function dayOf(index: number, of: number): string {
  return `${firstDay(addMonths(FIRST, index)).slice(0, 8)}${String(of).padStart(2, '0')}`
}

/** What is known of the year when a month is charged; without it, everything. */
function knownAt(year: Year, until: Period = addMonths(LAST, 12)): Known {
  const { away, changeDay, delays, expires, isRead, persons, used } = year
  let value = 1000
  const readings: Read[] = monthly(202511, '0.5', '1')
  for (const [index, volume] of used.entries()) {
    value += volume
    const own = addMonths(FIRST, index)
    if (!isRead[index] || addMonths(own, delays[index] ?? 0) > until) continue
    readings.push([own, firstDay(addMonths(own, 1)), String(value / 1000)])
  }
  const isPast = (index: number, delay: number) => addMonths(FIRST, index + delay) <= until
  const [left, days] = away
  return {
    account: account({
      agreements: [
        agreement({
          dials: [
            dial({
              readings,
              ...(expires === null ? {} : { verified: [[null, dayOf(expires, changeDay)]] }),
            }),
          ],
        }),
        agreement({ agreementId: 11, serviceId: 101, code: '12' }),
        agreement({ agreementId: 12, serviceId: 102, code: '31' }),
        agreement({ agreementId: 13, serviceId: 103, code: '32' }),
      ],
      households: persons.flatMap((occupants, index) =>
        index === 0 || isPast(index * 4, index)
          ? [
              household({
                ...{ id: index + 1, occupants, area: String(40 + index * 7.3) },
                from: index === 0 ? '1900-01-01' : dayOf(index * 4, changeDay),
              }),
            ]
          : [],
      ),
      beneficiaries: [beneficiary(), beneficiary({ id: 2, category: 'hero', persons: 2 })],
      absences: isPast(left, 2)
        ? [
            {
              ...{ id: 1, leftOn: day(dayOf(left, changeDay)) },
              returnedOn: day(dayOf(left + 1 + Math.floor(days / 28), 15)),
            },
          ]
        : [],
    }),
    tariffs: [100, 101, 102, 103].flatMap((serviceId) => [
      tariff('10.17', {
        id: serviceId,
        serviceId,
        norm: '3.6',
        to: dayOf(5, changeDay),
        subscription: 1533,
      }),
      tariff('12.345', { id: serviceId + 100, serviceId, norm: '3.3', from: dayOf(5, changeDay) }),
      tariff('30.5', { id: serviceId + 200, serviceId, plan: 'full' }),
    ]),
    rules: rulesOf(year),
    chargedFrom: FIRST,
  }
}

function rulesOf({ estimate, lateReading, maxMonths, percent, priceChange, step }: Year) {
  const how = { method: estimate, baseMonths: 12, step, ...(maxMonths && { maxMonths }) }
  return [
    charging({ base: 'meter', estimate: how, lateReading, priceChange }),
    charging({ base: 'volume-of', volumeOf: ['11'], subscription: 'by-days' }, 101),
    charging({ base: 'persons' }, 102),
    charging({ base: 'area' }, 103),
    rule('limit', { perPersonPerDay: '0.05' }, { serviceId: 100 }),
    rule('full-price', { whenNobodyRegistered: true }),
    rule('benefit', { percent: String(percent) }, { key: 'veteran' }),
    rule('benefit', { percent: '70' }, { key: 'hero' }),
    rule('benefit-norm', { perPerson: '2', area: { perPerson: '21', perFamily: '10.5' } }),
    rule('absence', { thresholdDays: 10, reduces: true }),
  ]
}

describe('a random year', () => {
  it('has lines whose formulas evaluate to their amounts, and no discount above the charge', () => {
    fc.assert(
      fc.property(years, month, (year, index) => {
        const lines = chargeLines(knownAt(year), addMonths(FIRST, index))
        for (const { amount, term } of lines) expect(evaluate(term.text)).toBe(amount)
        const charged = amountOf(lines, 'accrual')
        const reduced = charged + amountOf(lines, 'recalculation')
        expect(reduced).toBeGreaterThanOrEqual(0n)
        expect(amountOf(lines, 'benefit')).toBeLessThanOrEqual(charged)
        const others = lines.filter(({ kind }) => kind !== 'recalculation')
        expect(others.filter(({ amount }) => amount < 0n)).toEqual([])
      }),
    )
  })

  it('is the same in whatever order prices, rules and services are given', () => {
    fc.assert(
      fc.property(years, month, fc.infiniteStream(fc.nat()), (year, index, keys) => {
        const known = knownAt(year)
        const shuffled = <T>(all: readonly T[]): T[] =>
          all
            .map((one) => ({ one, key: keys.next().value ?? 0 }))
            .sort((a, b) => a.key - b.key)
            .map(({ one }) => one)
        const other = {
          ...known,
          account: { ...known.account, agreements: shuffled(known.account.agreements) },
          tariffs: shuffled(known.tariffs),
          rules: shuffled(known.rules),
        }
        const sums = (of: Known) => sumsOf(of, addMonths(FIRST, index))
        expect(sums(other)).toEqual(sums(known))
      }),
    )
  })

  it('with a price that changes to the same price is charged as without the change', () => {
    fc.assert(
      fc.property(years, month, (year, index) => {
        const known = knownAt(year)
        const first = known.tariffs.filter(({ priceE8 }) => priceE8 === known.tariffs[0]?.priceE8)
        const whole = first.map((one) => ({ ...one, toDay: null }))
        const cut = first.flatMap((one) => [
          { ...one, toDay: day(dayOf(index, year.changeDay)) },
          { ...one, fromDay: day(dayOf(index, year.changeDay)), toDay: null },
        ])
        const full = known.tariffs.filter(({ plan }) => plan === 'full')
        const lines = (tariffs: Known['tariffs']) =>
          chargeLines({ ...known, tariffs: [...tariffs, ...full] }, addMonths(FIRST, index)).map(
            ({ amount, kind, volume }) => [kind, amount, volume],
          )
        expect(lines(cut)).toEqual(lines(whole))
      }),
    )
  })
})

function sumsOf(known: Known, at: Period): Map<number, unknown> {
  const rules = new Rulebook(known.tariffs, known.rules)
  const lines = chargeAccount(known.account, at, { rules, chargedFrom: FIRST, rerating: null })
  return new Map(
    [...lines]
      .sort(([a], [b]) => a - b)
      .map(([id, mine]) => [id, mine.map(({ amount }) => amount)]),
  )
}

type Books = Map<number, Map<Period, Booked>>

/** What the lines of a month add to what was booked of it, or of a month before. */
function book(books: Books, at: Period, lines: ReadonlyMap<number, readonly Line[]>): void {
  for (const [agreementId, mine] of lines) {
    const months = books.get(agreementId) ?? new Map<Period, Booked>()
    books.set(agreementId, months)
    for (const line of mine) {
      const about = line.about ?? at
      const was = months.get(about)
      const add = (amount = kopecks(0), isMine = false) =>
        kopecks(amount + (isMine ? line.amount : 0n))
      const isBenefit = line.kind === 'benefit'
      months.set(about, {
        charge: add(was?.charge, !isBenefit && line.kind !== 'subsidy'),
        benefit: add(was?.benefit, isBenefit && line.isPosted),
        benefitShown: add(was?.benefitShown, isBenefit && !line.isPosted),
        subsidy: add(was?.subsidy, line.kind === 'subsidy'),
        volume: quantity((was?.volume ?? 0n) + (line.volume ?? 0n)),
      })
    }
  }
}

function charge(year: Year, at: Period, books: Books | null): Map<number, Line[]> {
  const known = knownAt(year, books ? at : undefined)
  const rules = new Rulebook(known.tariffs, known.rules)
  const of: AccountFacts = known.account
  const rerating = books && { from: FIRST, reason: 'late', booked: books }
  return chargeAccount(of, at, { rules, chargedFrom: FIRST, rerating })
}

const money = (books: Books) =>
  [...books].map(([id, months]) => [
    id,
    [...months]
      .map(([at, { benefit, charge: charged, subsidy }]) => [at, charged, benefit, subsidy])
      .filter(([, ...sums]) => sums.some((sum) => sum !== 0n))
      .sort(([a], [b]) => Number(a) - Number(b)),
  ])

describe('months charged one by one as facts come in', () => {
  it('end with the sums of months charged once with everything known, and charging again adds nothing', () => {
    fc.assert(
      fc.property(years, (year) => {
        const books: Books = new Map()
        for (const at of MONTHS) book(books, at, charge(year, at, books))
        const after = addMonths(LAST, 4)
        for (let at = addMonths(LAST, 1); at <= after; at = addMonths(at, 1))
          book(books, at, charge(year, at, books))
        const again = charge(year, after, books)
        expect([...again.values()].flat().filter(({ about }) => about !== null)).toEqual([])
        const whole: Books = new Map()
        for (let at: Period = FIRST; at <= after; at = addMonths(at, 1))
          book(whole, at, charge(year, at, null))
        expect(money(books)).toEqual(money(whole))
      }),
      { numRuns: 12 },
    )
  })

  it('charge by the last reading just what the dial showed', () => {
    fc.assert(
      fc.property(years, (random) => {
        const isRead = random.isRead.map((one, index) => one || index === 11)
        const year = { ...random, isRead, expires: null, delays: isRead.map(() => 0) }
        const books: Books = new Map()
        for (const at of MONTHS) book(books, at, charge(year, at, books))
        const volumes = [...(books.get(10) ?? [])].map(([, { volume }]) => volume)
        const shown = year.used.reduce((sum, one) => sum + BigInt(one) * 100_000n, 0n)
        expect(volumes.reduce<bigint>((sum, volume) => sum + volume, 0n)).toBe(shown)
      }),
      { numRuns: 12 },
    )
  })
})
