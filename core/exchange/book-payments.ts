import { type Context } from '../context.ts'
import { type NewEntry } from '../ledger/entry.ts'
import { movement } from '../ledger/movement.ts'
import { postingPeriod, readLastIssued } from '../ledger/posting-period.ts'
import { type Period } from '../period.ts'
import { bookEntries } from './book-entries.ts'
import { type NewPayment, readPaymentEntries } from './kinds/payment-store.ts'
import { placeOpenings } from './place-openings.ts'

/** A stored payment of a known provider. */
export type AgreedPayment = NewPayment & { providerId: number }

/**
 * Books stored payments of a batch, those that take others back last, and places openings anew where
 * they came before the charges.
 */
export async function bookPayments(
  tx: Context,
  given: {
    batchId: number
    author: string
    providerIds: readonly number[]
    payments: readonly AgreedPayment[]
  },
): Promise<void> {
  const { author, batchId, payments, providerIds } = given
  for (const providerId of providerIds) {
    const own = payments.filter((row) => row.providerId === providerId)
    const lastIssued = await readLastIssued(tx, providerId)
    const paid = own.filter((row) => row.amount > 0n)
    const book = (entries: Iterable<NewEntry>) => bookEntries(tx, { providerId, author, entries })
    await book(paid.map((row) => entryOf(row, lastIssued)))

    const taken = own.filter((row) => row.amount < 0n)
    const entries = await readPaymentEntries(
      tx,
      taken.map((row) => row.reversesId),
    )
    await book(
      taken.map((row) => {
        const original = entries.get(row.reversesId ?? 0n)
        const entry = entryOf(row, lastIssued)
        return original ? { ...entry, reversesId: original } : entry
      }),
    )
    const agreementIds = own.map((row) => row.agreementId)
    await placeOpenings(tx, { providerId, agreementIds, author, reason: `import ${batchId}` })
  }
}

function entryOf(row: AgreedPayment, lastIssued: Period | null): NewEntry {
  const moved = movement('payment', row, row.amount)
  if (!moved) throw new RangeError('a payment of nothing')
  const period = postingPeriod(row.paidOn, lastIssued)
  return { ...moved, source: 'payment', sourceId: row.id, line: 0, period, effectiveOn: row.paidOn }
}
