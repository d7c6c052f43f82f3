import { type Kopecks, sum } from '../money.ts'

/**
 * What a person is asked to pay for several agreements, in kopecks, never negative: a credit on one
 * does not pay another without an entry that moves it.
 */
export function toPay(balances: readonly Kopecks[]): Kopecks {
  return sum(balances.filter((balance) => balance > 0n))
}
