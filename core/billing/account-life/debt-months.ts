import { allocate, type Kopecks, kopecks } from '../../money.ts'
import { type Period } from '../../period.ts'

/** A part of a debt: kopecks, above zero, and the month they are owed for. */
export type MonthDebt = { month: Period; amount: Kopecks }

/**
 * The months a debt is made of, oldest first. Payments cover the oldest charges, so what is owed are
 * the newest ones, backwards until the balance is covered. `charges` are net kopecks of each month in
 * any order; months that took something back (0 and less) are no debt. A balance at or below zero has
 * no months. What no charge covers (money given back) is owed for the oldest month there is, else
 * for `otherwise`.
 * Source: the allocation of payments: principal by due date, oldest first.
 */
export function debtByMonth(
  charges: readonly MonthDebt[],
  balance: Kopecks,
  otherwise: Period,
): MonthDebt[] {
  const owed = charges.filter(({ amount }) => amount > 0n).sort((a, b) => b.month - a.month)
  const debt: MonthDebt[] = []
  let left: bigint = balance
  for (const { amount, month } of owed) {
    if (left <= 0n) break
    const part = amount < left ? amount : left
    debt.unshift({ month, amount: kopecks(part) })
    left -= part
  }
  if (left <= 0n) return debt
  const [oldest, ...newer] = debt
  return oldest
    ? [{ month: oldest.month, amount: kopecks(oldest.amount + left) }, ...newer]
    : [{ month: otherwise, amount: kopecks(left) }]
}

/**
 * The oldest `amount` kopecks of a debt given oldest first: what a payment of it would cover, so that
 * the months of what stays do not change. Throws RangeError when more is asked than there is.
 */
export function takeOldest(debt: readonly MonthDebt[], amount: Kopecks): MonthDebt[] {
  const taken: MonthDebt[] = []
  let left: bigint = amount
  for (const part of debt) {
    if (left <= 0n) break
    const share = part.amount < left ? part.amount : left
    taken.push({ month: part.month, amount: kopecks(share) })
    left -= share
  }
  if (left > 0n) throw new RangeError('more than the debt')
  return taken
}

/**
 * Splits a debt by weights, month by month, so that no kopeck is lost in any month: one list for each
 * weight, in their order, without empty months.
 */
export function splitMonths(debt: readonly MonthDebt[], weights: readonly bigint[]): MonthDebt[][] {
  const rows = debt.map(({ amount, month }) => ({ month, parts: allocate(amount, weights) }))
  return weights.map((_, place) =>
    rows.flatMap(({ month, parts }) => {
      const amount = parts[place] ?? kopecks(0)
      return amount > 0n ? [{ month, amount }] : []
    }),
  )
}
