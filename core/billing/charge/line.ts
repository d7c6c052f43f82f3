import { type Kopecks, kopecks } from '../../money.ts'
import { type Period } from '../../period.ts'
import { type Quantity, type Rate } from '../../quantity.ts'
import { type EntryKind } from '../../ledger/entry-kind.ts'
import { type Term, toKopecks } from './formula.ts'
import { type Method } from './method.ts'

/** What an agreement is charged, or not, in a month, and how the amount was found. */
export type Line = {
  kind: Extract<
    EntryKind,
    'accrual' | 'subscription' | 'recalculation' | 'benefit' | 'subsidy' | 'penalty'
  >
  method: Method
  /** Kopecks with the sign of its statement column, already rounded. */
  amount: Kopecks
  /** An expression whose value is the amount. */
  term: Term
  zone: number
  volume: Quantity | null
  price: Rate | null
  /** False for a benefit the state pays to the person. */
  isPosted: boolean
  /** Charged at the full-cost price. */
  isFullPrice: boolean
  /** Why: of a recalculation; the category of a benefit. */
  reason: string | null
  /** The past month it belongs to. */
  about: Period | null
  /** The entry it takes back. */
  reversesId: bigint | null
}

/** A line of a rounded term. */
export function lineOf(kind: Line['kind'], term: Term, more: Partial<Line> = {}): Line {
  return {
    kind,
    method: 'none',
    amount: toKopecks(term),
    term,
    zone: 0,
    volume: null,
    price: null,
    isPosted: true,
    isFullPrice: false,
    reason: null,
    about: null,
    reversesId: null,
    ...more,
  }
}

/** The sum of the lines of some kinds, in kopecks. */
export function amountOf(lines: readonly Line[], ...kinds: Line['kind'][]): Kopecks {
  return kopecks(
    lines.reduce((total, line) => total + (kinds.includes(line.kind) ? line.amount : 0n), 0n),
  )
}
