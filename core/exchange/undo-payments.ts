import { type Context } from '../context.ts'
import { type NewEntry, SOURCES } from '../ledger/entry.ts'
import { movement } from '../ledger/movement.ts'
import { postingPeriod, readLastIssued } from '../ledger/posting-period.ts'
import { reversalsOf } from '../ledger/reverse.ts'
import { type Kopecks, kopecks } from '../money.ts'
import { firstDay, type Period, type PlainDate } from '../period.ts'
import { accept, refuse } from '../result.ts'
import { bookEntries } from './book-entries.ts'
import { lockProviders } from './lock-providers.ts'
import { placeOpenings } from './place-openings.ts'

type Undo = { batchId: number; author: string; reason: string }

type Booked = {
  entryId: bigint
  agreementId: number
  providerId: number
  amount: Kopecks
  effectiveOn: PlainDate
  period: Period
  /** Its one link to a reversal is used by a payment that takes it back. */
  isLinked: boolean
}

/**
 * Takes back the payments of a batch: in their own months, or in the first one that is not issued.
 * Gives how many payments. Refuses: `payment-reversed`.
 */
export async function undoPayments(tx: Context, { author, batchId, reason }: Undo) {
  const booked = await readBooked(tx, batchId)
  const providerIds = [...new Set(booked.map((one) => one.providerId))]
  await lockProviders(tx, providerIds)
  if (await isReversedLater(tx, batchId)) return refuse('payment-reversed')
  const undone = await tx.sql.run`
    update payment set reversed = true where batch_id = ${batchId} and not reversed`
  for (const providerId of providerIds) {
    const own = booked.filter((one) => one.providerId === providerId)
    const lastIssued = await readLastIssued(tx, providerId)
    const free = own.filter((one) => !one.isLinked).map((one) => one.entryId)
    const linked = await reversalsOf(tx, { entryIds: free, lastIssued, reason })
    const unlinked = own
      .filter((one) => one.isLinked)
      .map((one) => unlinkedReversal(one, lastIssued, reason))
    await bookEntries(tx, { providerId, author, entries: [...linked, ...unlinked] })
    const agreementIds = own.map((one) => one.agreementId)
    await placeOpenings(tx, { providerId, agreementIds, author, reason })
  }
  return accept(undone)
}

function readBooked(tx: Context, batchId: number): Promise<Booked[]> {
  return tx.sql.many<Booked>`
    select e.id as "entryId", p.agreement_id as "agreementId", a.provider_id as "providerId",
      p.amount, e.effective_on as "effectiveOn", e.period,
      exists (
        select 1 from entry r
        where r.reverses_id = e.id and r.source_kind = ${SOURCES.payment}::int2) as "isLinked"
    from payment p
    join entry e on e.source_kind = ${SOURCES.payment}::int2 and e.source_id = p.id
    join agreement g on g.id = p.agreement_id join account a on a.id = g.account_id
    where p.batch_id = ${batchId} and not p.reversed
    order by a.provider_id, e.id`
}

async function isReversedLater(tx: Context, batchId: number): Promise<boolean> {
  const { found } = await tx.sql.one<{ found: boolean }>`
    select exists (
      select 1 from payment p join payment r
        on r.agreement_id = p.agreement_id and r.reverses_id = p.id and not r.reversed
      where p.batch_id = ${batchId} and not p.reversed and r.batch_id is distinct from p.batch_id
    ) as found`
  return found
}

/**
 * An entry is linked to one reversal only. The payment that used the link is taken back by this undo or
 * was by an earlier one, so the original is taken back by an entry that stands by itself.
 */
function unlinkedReversal(one: Booked, lastIssued: Period | null, reason: string): NewEntry {
  const moved = movement('payment', one, kopecks(-one.amount))
  if (!moved) throw new RangeError('a payment of nothing')
  return {
    ...moved,
    effectiveOn: one.effectiveOn,
    period: postingPeriod(firstDay(one.period), lastIssued),
    aboutPeriod: one.period,
    source: 'reversal',
    sourceId: one.entryId,
    line: 0,
    reason,
  }
}
