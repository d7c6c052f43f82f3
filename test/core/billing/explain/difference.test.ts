import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  type ChargedMonth,
  differenceBetween,
} from '../../../../core/billing/explain/difference.ts'
import { type ChargedLine } from '../../../../core/billing/explain/read-lines.ts'
import { type Statement } from '../../../../core/ledger/statement.ts'
import { kopecks, type Kopecks } from '../../../../core/money.ts'
import { period } from '../../../../core/period.ts'
import { quantity, rate } from '../../../../core/quantity.ts'
import { units } from '../charge/facts.ts'

const line = (
  amount: number,
  volume: string | null,
  more: Partial<ChargedLine> = {},
): ChargedLine => ({
  ...{ line: 1, kind: 'accrual', method: 'meter', amount: kopecks(amount), zone: 0 },
  ...{ isFullPrice: false, isPosted: true, about: null, reason: null, formula: '' },
  volume: volume === null ? null : units(volume),
  price: volume === null || units(volume) === 0n ? null : priceOf(amount, volume),
  ...more,
})

/** Currency per unit in 10⁻⁸. */
function priceOf(amount: number, volume: string) {
  return rate((BigInt(amount) * 10n ** 14n) / units(volume))
}

type Columns = Partial<Record<Exclude<keyof Statement, 'period' | 'closing'>, number>>

/** A month whose accrued is the sum of its lines and whose closing is the chain's. */
function monthOf(lines: ChargedLine[], columns: Columns = {}): ChargedMonth {
  const of = (name: keyof Columns): Kopecks => kopecks(columns[name] ?? 0)
  const accrued = kopecks(lines.reduce((sum, { amount }) => sum + amount, 0n))
  const statement = {
    ...{
      opening: of('opening'),
      accrued,
      subscription: of('subscription'),
      penalty: of('penalty'),
    },
    ...{ correction: of('correction'), benefit: of('benefit'), subsidy: of('subsidy') },
    paid: of('paid'),
  }
  const { benefit, correction, opening, paid, penalty, subscription, subsidy } = statement
  const closing = kopecks(
    opening + accrued + subscription + penalty + correction - benefit - subsidy - paid,
  )
  return { lines, statement: { period: period(202610), ...statement, closing } }
}

const NOTHING = {
  volume: 0n,
  tariff: 0n,
  subscription: 0n,
  penalty: 0n,
  corrections: 0n,
  benefit: 0n,
  subsidy: 0n,
}

describe('the difference between two months', () => {
  const fixed = line(500_00, '50', { method: 'fixed' })
  it.each<[string, ChargedMonth, ChargedMonth, Partial<Record<keyof typeof NOTHING, bigint>>]>([
    [
      'of more units',
      monthOf([line(300_00, '10')]),
      monthOf([line(240_00, '8')]),
      { volume: 60_00n },
    ],
    [
      'of more units at one price, the kopeck of rounding included',
      monthOf([line(1_34, '1', { price: rate(133_600_000n) })]),
      monthOf([line(2_67, '2', { price: rate(133_600_000n) })]),
      { volume: -133n },
    ],
    [
      'of another price',
      monthOf([line(330_00, '10')]),
      monthOf([line(300_00, '10')]),
      { tariff: 30_00n },
    ],
    [
      'of both is units at the old price, then the price',
      monthOf([line(360_00, '10')]),
      monthOf([line(240_00, '8')]),
      { volume: 60_00n, tariff: 60_00n },
    ],
    [
      'after a month of nothing is all units',
      monthOf([line(300_00, '10')]),
      monthOf([line(0, '0')]),
      { volume: 300_00n },
    ],
    [
      'of a two-part tariff keeps its parts apart',
      monthOf([line(1200_00, '1.2'), fixed]),
      monthOf([line(800_00, '0.8'), fixed]),
      { volume: 400_00n },
    ],
    [
      'of zones looks at each',
      monthOf([line(400_00, '100', { zone: 1 }), line(100_00, '50', { zone: 2 })]),
      monthOf([line(200_00, '50', { zone: 1 }), line(200_00, '100', { zone: 2 })]),
      { volume: 100_00n },
    ],
    [
      'of the other columns is theirs',
      monthOf([], {
        subscription: 15_00,
        penalty: 85,
        correction: -41_50,
        benefit: 45_60,
        subsidy: 1_00,
      }),
      monthOf([], { subscription: 10_00, benefit: 5_60 }),
      {
        ...{ subscription: 5_00n, penalty: 85n, corrections: -41_50n },
        ...{ benefit: -40_00n, subsidy: -1_00n },
      },
    ],
    [
      'of sums without units is the price',
      monthOf([line(5_00, null)]),
      monthOf([]),
      { tariff: 5_00n },
    ],
  ])('%s', (_name, now, before, parts) => {
    const { change: _change, closing: _closing, ...found } = differenceBetween(now, before)
    expect(found).toEqual({ ...NOTHING, ...parts })
  })

  it('has parts that add up to it, and payments make the rest of what is owed', () => {
    const amount = fc.integer({ min: -1_000_000, max: 1_000_000 })
    const lines = fc.array(
      fc
        .record({
          amount,
          volume: fc.option(fc.bigInt(0n, 10n ** 12n)),
          zone: fc.nat(3),
          method: fc.constantFrom('meter', 'average', 'norm', 'fixed', 'extra'),
        })
        .map(({ amount: sum, volume, ...more }) =>
          line(sum, null, {
            ...more,
            volume: volume === null ? null : quantity(volume),
            price: rate(1n),
          }),
        ),
      { maxLength: 6 },
    )
    const columns = fc.record({
      ...{ subscription: amount, penalty: amount, correction: amount },
      ...{ benefit: amount, subsidy: amount, paid: amount },
    })
    fc.assert(
      fc.property(lines, columns, lines, columns, amount, (is, nowOf, was, thenOf, opening) => {
        const before = monthOf(was, { ...thenOf, opening })
        const now = monthOf(is, { ...nowOf, opening: Number(before.statement.closing) })
        const { change, closing, ...parts } = differenceBetween(now, before)
        expect(Object.values(parts).reduce<bigint>((sum, part) => sum + part, 0n)).toBe(change)
        const charged = ({ statement }: ChargedMonth) =>
          statement.closing - statement.opening + statement.paid
        expect(change).toBe(charged(now) - charged(before))
        expect(closing).toBe(charged(now) - now.statement.paid)
      }),
    )
  })
})
