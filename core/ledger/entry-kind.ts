import { type Place } from './ledger-account.ts'

/** The money columns of a statement. All but `opening` start a month at zero. */
export const COLUMNS = [
  'opening',
  'accrued',
  'subscription',
  'penalty',
  'correction',
  'benefit',
  'subsidy',
  'paid',
] as const
export type Column = (typeof COLUMNS)[number]

type Rule = {
  /** Stored in `entry.kind`; never reused. */
  code: number
  /** Where the amount shows, as seen by the agreement. */
  column: Column
  /** The other side of the agreement. */
  place: Place
  /** What a positive amount does to the debt: 1 raises it (place → agreement), −1 lowers it. */
  effect: 1 | -1
}

/** The posting table: every way an agreement's debt can change. */
export const KINDS = {
  opening: { code: 1, column: 'opening', place: 'opening', effect: 1 },
  accrual: { code: 2, column: 'accrued', place: 'charges', effect: 1 },
  subscription: { code: 3, column: 'subscription', place: 'charges', effect: 1 },
  penalty: { code: 4, column: 'penalty', place: 'charges', effect: 1 },
  recalculation: { code: 5, column: 'correction', place: 'charges', effect: 1 },
  correction: { code: 6, column: 'correction', place: 'charges', effect: 1 },
  benefit: { code: 7, column: 'benefit', place: 'budget', effect: -1 },
  subsidy: { code: 8, column: 'subsidy', place: 'budget', effect: -1 },
  payment: { code: 9, column: 'paid', place: 'transit', effect: -1 },
  'bank-payment': { code: 10, column: 'paid', place: 'bank', effect: -1 },
  found: { code: 11, column: 'paid', place: 'suspense', effect: -1 },
  refund: { code: 12, column: 'paid', place: 'bank', effect: 1 },
} as const satisfies Record<string, Rule>
export type EntryKind = keyof typeof KINDS

/** Movements between a provider's own places: no agreement's statement shows them. */
export const PLACE_KINDS = {
  transferred: { code: 20, from: 'transit', to: 'bank' },
  commission: { code: 21, from: 'transit', to: 'commission' },
  'unknown-payer': { code: 22, from: 'suspense', to: 'transit' },
  'unknown-payer-bank': { code: 23, from: 'suspense', to: 'bank' },
  remitted: { code: 24, from: 'bank', to: 'remitted' },
} as const satisfies Record<string, { code: number; from: Place; to: Place }>
export type PlaceKind = keyof typeof PLACE_KINDS

/** A debt moved between two agreements shows as `correction` on both. */
export const DEBT_MOVED = 30

/** Entry codes that show in a column. */
export function codesOf(column: Column): number[] {
  const codes = Object.values(KINDS).filter((rule) => rule.column === column)
  return [...codes.map((rule) => rule.code), ...(column === 'correction' ? [DEBT_MOVED] : [])]
}
