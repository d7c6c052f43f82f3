import { describe, it } from '@jest/globals'
import fc from 'fast-check'
import {
  debtByMonth,
  type MonthDebt,
  splitMonths,
  takeOldest,
} from '../../../../core/billing/account-life/debt-months.ts'
import { kopecks, sum } from '../../../../core/money.ts'
import { addMonths, period } from '../../../../core/period.ts'

const FIRST = period(202401)
const amounts = fc.array(fc.bigInt(-5_000n, 100_000n), { maxLength: 36 })
const charges = amounts.map((list) =>
  list.map((amount, index) => ({ month: addMonths(FIRST, index), amount: kopecks(amount) })),
)
const balance = fc.bigInt(-100_000n, 2_000_000n).map(kopecks)
const total = (debt: readonly MonthDebt[]) => sum(debt.map(({ amount }) => amount))

describe('a debt by months', () => {
  it('sums to the balance, oldest first, with no month of zero', () => {
    fc.assert(
      fc.property(charges, balance, (list, owed) => {
        const debt = debtByMonth(list, owed, FIRST)
        const months = debt.map(({ month }) => month)
        return (
          total(debt) === (owed > 0n ? owed : 0n) &&
          debt.every(({ amount }) => amount > 0n) &&
          months.every((month, index) => index === 0 || (months[index - 1] ?? 0) < month)
        )
      }),
    )
  })

  it('is what was moved and what stayed', () => {
    fc.assert(
      fc.property(charges, fc.bigInt(1n, 1_000_000n), fc.nat(100), (list, owed, percent) => {
        const positive = sum(list.map(({ amount }) => (amount > 0n ? amount : kopecks(0))))
        fc.pre(owed <= positive)
        const whole = debtByMonth(list, kopecks(owed), FIRST)
        const moved = takeOldest(whole, kopecks((owed * BigInt(percent)) / 100n))
        const left = list.map(({ amount, month }) => {
          const gone = moved.find((part) => part.month === month)?.amount ?? 0n
          return { month, amount: kopecks(amount - gone) }
        })
        const stayed = debtByMonth(left, kopecks(owed - total(moved)), FIRST)
        return whole.every(({ amount, month }) => {
          const parts = [...moved, ...stayed].filter((part) => part.month === month)
          return total(parts) === amount
        })
      }),
    )
  })

  it('splits without losing a kopeck of any month', () => {
    const weights = fc
      .array(fc.bigInt(0n, 1000n), { minLength: 1, maxLength: 8 })
      .filter((list) => list.some((weight) => weight > 0n))
    fc.assert(
      fc.property(charges, weights, (list, shares) => {
        const debt = list.filter(({ amount }) => amount > 0n)
        const parts = splitMonths(debt, shares)
        return debt.every(({ amount, month }) => {
          const given = parts.flat().filter((part) => part.month === month)
          return total(given) === amount && given.every((part) => part.amount > 0n)
        })
      }),
    )
  })
})
