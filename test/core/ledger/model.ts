// What the journal must say, by plain addition over a list; nothing here asks the code under test.

/** What a positive figure does to the debt, and the statement column it shows in. */
export const RULES = {
  opening: ['opening', 1],
  accrual: ['accrued', 1],
  subscription: ['subscription', 1],
  penalty: ['penalty', 1],
  recalculation: ['correction', 1],
  correction: ['correction', 1],
  benefit: ['benefit', -1],
  subsidy: ['subsidy', -1],
  payment: ['paid', -1],
  'bank-payment': ['paid', -1],
  found: ['paid', -1],
  refund: ['paid', 1],
} as const

export type ModelColumn = (typeof RULES)[keyof typeof RULES][0]
export type ModelKind = keyof typeof RULES

/** A change of one agreement's debt. */
export type Change = {
  agreementId: number
  period: number
  column: ModelColumn
  debt: bigint
  bookedAtMs: number
}

const FLOWS = ['accrued', 'subscription', 'penalty', 'correction'] as const
const REDUCTIONS = ['benefit', 'subsidy', 'paid'] as const

/** Months of an agreement, oldest first, from what was booked up to `asOfMs`. */
export function modelStatements(
  changes: readonly Change[],
  agreementId: number,
  asOfMs = Number.POSITIVE_INFINITY,
) {
  const mine = changes.filter(
    (change) => change.agreementId === agreementId && change.bookedAtMs <= asOfMs,
  )
  const periods = [...new Set(mine.map((change) => change.period))].sort((a, b) => a - b)
  let before = 0n
  return periods.map((period) => {
    const total = (column: ModelColumn) =>
      mine
        .filter((change) => change.period === period && change.column === column)
        .reduce((sum, change) => sum + change.debt, 0n)
    const opening = before + total('opening')
    const raised = FLOWS.map((column) => [column, total(column)] as const)
    const lowered = REDUCTIONS.map((column) => [column, 0n - total(column)] as const)
    const closing =
      raised.reduce((sum, [, amount]) => sum + amount, opening) -
      lowered.reduce((sum, [, amount]) => sum + amount, 0n)
    before = closing
    return { period, opening, ...Object.fromEntries([...raised, ...lowered]), closing }
  })
}

/** What an agreement owes after all of it. */
export function modelBalance(changes: readonly Change[], agreementId: number): bigint {
  return changes
    .filter((change) => change.agreementId === agreementId)
    .reduce((sum, change) => sum + change.debt, 0n)
}
