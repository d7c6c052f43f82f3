/**
 * A place money moves between. An agreement's id is its ledger account; the provider's own places
 * are negative: −(provider × 1000 + code). Integers, so that an entry is small and needs no lookup.
 */
export type LedgerAccountId = number

/** The provider's side of a movement. */
export type Place = keyof typeof CODES

const CODES = {
  opening: 1,
  charges: 2,
  budget: 3,
  bank: 4,
  commission: 5,
  suspense: 6,
  remitted: 7,
  transit: 100,
}
const PLACES_PER_PROVIDER = 1000

/** The ledger account of a provider's place. */
export function providerPlace(providerId: number, place: Place): LedgerAccountId {
  return -(providerId * PLACES_PER_PROVIDER + CODES[place])
}
