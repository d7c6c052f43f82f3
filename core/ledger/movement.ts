import { type Kopecks, kopecks } from '../money.ts'
import { DEBT_MOVED, type EntryKind, KINDS, PLACE_KINDS, type PlaceKind } from './entry-kind.ts'
import { type LedgerAccountId, providerPlace } from './ledger-account.ts'

/** What an entry moves: `amount` kopecks, above zero, from one ledger account to another. */
export type Movement = {
  kind: number
  from: LedgerAccountId
  to: LedgerAccountId
  amount: Kopecks
}

/**
 * The movement behind a figure of a statement column. `amount` has the column's sign: a positive
 * accrual raises the debt, a positive payment lowers it; a negative one goes the other way.
 * Returns null for 0: nothing moves.
 */
export function movement(
  kind: EntryKind,
  side: { agreementId: number; providerId: number },
  amount: Kopecks,
): Movement | null {
  if (amount === 0n) return null
  const { code, effect, place } = KINDS[kind]
  const other = providerPlace(side.providerId, place)
  const raises = amount > 0n === effect > 0
  return {
    kind: code,
    from: raises ? other : side.agreementId,
    to: raises ? side.agreementId : other,
    amount: kopecks(amount < 0n ? -amount : amount),
  }
}

/** A movement between the provider's own places; `amount` in kopecks, above zero. */
export function placeMovement(kind: PlaceKind, providerId: number, amount: Kopecks): Movement {
  const { code, from, to } = PLACE_KINDS[kind]
  return {
    kind: code,
    from: providerPlace(providerId, from),
    to: providerPlace(providerId, to),
    amount,
  }
}

/** Moves a debt of `amount` kopecks (above zero) from one agreement to another. */
export function debtMovement(from: number, to: number, amount: Kopecks): Movement {
  return { kind: DEBT_MOVED, from, to, amount }
}
