import { type Period } from '../../period.ts'

/** Which accounts of a provider, and as known when. */
export type Wanted = {
  accountIds: readonly number[]
  asOf: Date
  /** The month to charge. */
  period: Period
  /** Accounts with past months to charge again. */
  again: ReadonlySet<number>
}

/** Facts are loaded for no longer than this; how far back they count, the rule `look-back` says. */
export const LOOK_BACK_MONTHS = 36

/** Rows by a number of theirs, in their order. */
export function grouped<R>(rows: readonly R[], key: (row: R) => number): Map<number, R[]> {
  const groups = new Map<number, R[]>()
  for (const row of rows) {
    const group = groups.get(key(row))
    if (group) group.push(row)
    else groups.set(key(row), [row])
  }
  return groups
}
