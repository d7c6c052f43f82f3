import { type Context } from '../context.ts'
import { type NewEntry } from '../ledger/entry.ts'
import { type EntryKind } from '../ledger/entry-kind.ts'
import { movement } from '../ledger/movement.ts'
import { lastDay, type Period } from '../period.ts'
import { bookEntries } from './book-entries.ts'
import { type ChargeSums } from './kinds/charge-store.ts'
import { placeOpenings } from './place-openings.ts'

/** A stored charge of a known agreement. */
export type AgreedCharge = ChargeSums & { agreementId: number; providerId: number; period: Period }

/** Column of the file → kind of entry, in the order of an entry's line. */
const LINES = [
  ['accrued', 'accrual'],
  ['subscription', 'subscription'],
  ['penalty', 'penalty'],
  ['correction', 'correction'],
  ['benefit', 'benefit'],
  ['subsidy', 'subsidy'],
] as const satisfies readonly (readonly [keyof ChargeSums, EntryKind])[]

/** Books stored charges of a batch, oldest first, and places what they open with. `ids` are theirs. */
export async function bookCharges(
  tx: Context,
  given: {
    batchId: number
    author: string
    providerIds: readonly number[]
    rows: readonly AgreedCharge[]
    ids: readonly bigint[]
  },
): Promise<void> {
  const { author, batchId, ids, providerIds, rows } = given
  for (const providerId of providerIds) {
    const agreementIds = rows.flatMap((r) => (r.providerId === providerId ? [r.agreementId] : []))
    const reason = `import ${batchId}`
    await placeOpenings(tx, { providerId, agreementIds, author, reason })
    await bookEntries(tx, { providerId, author, entries: entriesOf(providerId, rows, ids) })
  }
}

function* entriesOf(
  providerId: number,
  rows: readonly AgreedCharge[],
  ids: readonly bigint[],
): Generator<NewEntry> {
  for (const [index, row] of rows.entries()) {
    const sourceId = ids[index]
    if (row.providerId !== providerId || sourceId === undefined) continue
    for (const [line, [column, kind]] of LINES.entries()) {
      const moved = movement(kind, row, row[column])
      if (!moved) continue
      const { period } = row
      yield { ...moved, source: 'charge', sourceId, line, period, effectiveOn: lastDay(period) }
    }
  }
}
