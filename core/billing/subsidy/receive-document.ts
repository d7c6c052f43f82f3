import { type Context } from '../../context.ts'
import { transaction } from '../../db/transaction.ts'
import { dayIn, type PlainDate } from '../../period.ts'
import { accept, refuse } from '../../result.ts'
import { noteCaseEvent } from './case-event.ts'
import { type CaseState, isOpen } from './case-state.ts'
import { lockCase } from './lock-case.ts'

/**
 * Notes that a document of a case came. With the last one the case is `applied`: ready to be decided.
 * The same document again changes nothing, its first day stays.
 *
 * Gives the case's state and the names of the documents it still waits for.
 * Refuses: `case-not-found`; `case-decided`; `document-not-asked-for`; `day-in-future`.
 */
export function receiveDocument(
  ctx: Context,
  input: { caseId: number; document: string; receivedOn: PlainDate; author: string },
) {
  const { author, caseId, document, receivedOn } = input
  return transaction(ctx, async (tx) => {
    const found = await lockCase(tx, caseId)
    if (!found) return refuse('case-not-found')
    if (!isOpen(found.state)) return refuse('case-decided')
    if (receivedOn > dayIn(tx.now(), tx.zone)) return refuse('day-in-future')
    const asked = await tx.sql.many<{ name: string; isMissing: boolean }>`
      select name, received_on is null as "isMissing" from subsidy_document
      where case_id = ${caseId} order by id`
    if (!asked.some(({ name }) => name === document)) return refuse('document-not-asked-for')
    const missing = asked.flatMap(({ isMissing, name }) =>
      isMissing && name !== document ? [name] : [],
    )
    const state: CaseState = missing.length > 0 ? 'waiting-documents' : 'applied'
    const changed = await tx.sql.run`
      update subsidy_document set received_on = ${receivedOn}
      where case_id = ${caseId} and name = ${document} and received_on is null`
    if (changed > 0) {
      await tx.sql.run`update subsidy_case set state = ${state} where id = ${caseId}`
      const { accountId } = found
      const details = { caseId, receivedOn }
      const kind = 'subsidy-document' as const
      await noteCaseEvent(tx, { accountId, kind, reason: document, author, details })
    }
    return accept({ state, missing })
  })
}
