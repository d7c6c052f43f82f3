import { type Context } from '../context.ts'
import { SOURCES } from '../ledger/entry.ts'
import { readLastIssued } from '../ledger/posting-period.ts'
import { reversalsOf } from '../ledger/reverse.ts'
import { accept, refuse } from '../result.ts'
import { bookEntries } from './book-entries.ts'
import { lockProviders } from './lock-providers.ts'
import { placeOpenings } from './place-openings.ts'

type Undo = { batchId: number; author: string; reason: string }

/**
 * Takes back the charges of a batch and puts the openings where they stood before it. Gives how many
 * charges. Refuses: `month-issued`.
 */
export async function undoCharges(tx: Context, { author, batchId, reason }: Undo) {
  const owners = await tx.sql.many<{ providerId: number; first: number }>`
    select a.provider_id as "providerId", min(c.period) as first
    from charge c join agreement g on g.id = c.agreement_id join account a on a.id = g.account_id
    where c.batch_id = ${batchId} group by a.provider_id order by a.provider_id`
  await lockProviders(
    tx,
    owners.map((owner) => owner.providerId),
  )
  for (const { first, providerId } of owners) {
    const lastIssued = await readLastIssued(tx, providerId)
    if (lastIssued !== null && first <= lastIssued) return refuse('month-issued', { lastIssued })
  }
  const undone = await tx.sql.run`
    update charge set reversed = true where batch_id = ${batchId} and not reversed`
  for (const { providerId } of owners) {
    const booked = await tx.sql.many<{ agreementId: number; entryId: bigint | null }>`
      select c.agreement_id as "agreementId", e.id as "entryId"
      from charge c
      join agreement g on g.id = c.agreement_id join account a on a.id = g.account_id
      left join entry e on e.source_kind = ${SOURCES.charge}::int2 and e.source_id = c.id
      where c.batch_id = ${batchId} and a.provider_id = ${providerId}`
    const entryIds = booked.flatMap(({ entryId }) => (entryId === null ? [] : [entryId]))
    const taken = await reversalsOf(tx, { entryIds, lastIssued: null, reason })
    await bookEntries(tx, { providerId, author, entries: taken })
    const agreementIds = booked.map(({ agreementId }) => agreementId)
    await placeOpenings(tx, { providerId, agreementIds, author, reason })
  }
  return accept(undone)
}
