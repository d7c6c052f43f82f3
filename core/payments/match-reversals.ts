import { type Kopecks } from '../money.ts'
import { type PlainDate } from '../period.ts'

/** A payment that may be taken back. `amount` in kopecks, above zero. */
export type Reversible<Id> = { id: Id; agreementId: number; amount: Kopecks; paidOn: PlainDate }
/** A reversal as its source sent it: only the sum (below zero) and the day. */
export type Reversal<Id> = { id: Id; agreementId: number; amount: Kopecks; paidOn: PlainDate }

/**
 * The payment each reversal takes back, by the reversal's id: the latest one (the last given among equal
 * days) of the same agreement and sum, at or before the reversal's day, that no other reversal took.
 * Reversals choose in the order of their days; one that finds none is not in the answer.
 */
export function matchReversals<PaymentId, ReversalId>(
  reversals: readonly Reversal<ReversalId>[],
  payments: readonly Reversible<PaymentId>[],
): Map<ReversalId, PaymentId> {
  const waiting = new Map<string, Reversible<PaymentId>[]>()
  for (const { agreementId, amount } of reversals) waiting.set(`${agreementId}/${-amount}`, [])
  for (const payment of payments)
    waiting.get(`${payment.agreementId}/${payment.amount}`)?.push(payment)
  for (const bucket of waiting.values()) bucket.sort((a, b) => compareDays(a.paidOn, b.paidOn))

  const matches = new Map<ReversalId, PaymentId>()
  for (const reversal of reversals.toSorted((a, b) => compareDays(a.paidOn, b.paidOn))) {
    const bucket = waiting.get(`${reversal.agreementId}/${-reversal.amount}`) ?? []
    const place = bucket.findLastIndex((payment) => payment.paidOn <= reversal.paidOn)
    const [payment] = place === -1 ? [] : bucket.splice(place, 1)
    if (payment) matches.set(reversal.id, payment.id)
  }
  return matches
}

function compareDays(a: PlainDate, b: PlainDate): number {
  return a === b ? 0 : a < b ? -1 : 1
}
