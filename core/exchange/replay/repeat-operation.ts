import { bookCorrection } from '../../billing/correct.ts'
import { bookTransfers } from '../../billing/account-life/post-transfers.ts'
import { repeatRun } from '../../billing/run/repeat-run.ts'
import { type Context } from '../../context.ts'
import { transaction } from '../../db/transaction.ts'
import { type Period } from '../../period.ts'
import { type AgreedCharge, bookCharges } from '../book-charges.ts'
import { type AgreedPayment, bookPayments } from '../book-payments.ts'
import { insertCharges } from '../kinds/charge-store.ts'
import { insertPayments } from '../kinds/payment-store.ts'
import { undoCharges } from '../undo-charges.ts'
import { undoPayments } from '../undo-payments.ts'
import { type Operation } from './operations.ts'

/** Does an operation again in the target, with its facts from the source. */
export async function repeatOperation(
  source: Context,
  target: Context,
  operation: Operation,
): Promise<void> {
  switch (operation.kind) {
    case 'charges':
      return repeatCharges(source, target, operation)
    case 'payments':
      return repeatPayments(source, target, operation)
    case 'undo':
      return repeatUndo(target, operation)
    case 'correction':
      return bookCorrection(target, operation.id)
    case 'transfers':
      return bookTransfers(target, operation.ids)
    case 'issue':
      return repeatIssue(source, target, operation)
  }
}

type Batch = { batchId: number; author: string }

async function repeatCharges(source: Context, target: Context, { author, batchId }: Batch) {
  const rows = await source.sql.many<AgreedCharge & { id: bigint }>`
    select c.id, c.agreement_id as "agreementId", a.provider_id as "providerId", c.period, c.method,
      c.price1_e8 as price1, c.volume1_e8 as volume1, c.price2_e8 as price2,
      c.volume2_e8 as volume2, c.accrued, c.subscription, c.penalty, c.correction, c.benefit,
      c.subsidy, c.asserted_opening as opening, c.asserted_paid as paid,
      c.asserted_closing as closing
    from charge c join agreement g on g.id = c.agreement_id join account a on a.id = g.account_id
    where c.batch_id = ${batchId} order by c.id`
  const ids = rows.map((row) => row.id)
  const providerIds = [...new Set(rows.map((row) => row.providerId))]
  await transaction(target, async (tx) => {
    await insertCharges(tx, batchId, rows, ids)
    await bookCharges(tx, { batchId, author, providerIds, rows, ids })
  })
}

async function repeatPayments(source: Context, target: Context, { author, batchId }: Batch) {
  const payments = await source.sql.many<AgreedPayment>`
    select p.id, p.agreement_id as "agreementId", a.provider_id as "providerId", p.paid_on as "paidOn",
      p.amount, p.commission, p.method, p.source, p.external_id as "externalId",
      p.designated_period as "designatedPeriod", p.reverses_id as "reversesId"
    from payment p join agreement g on g.id = p.agreement_id join account a on a.id = g.account_id
    where p.batch_id = ${batchId} order by p.id`
  const providerIds = [...new Set(payments.map((row) => row.providerId))]
  await transaction(target, async (tx) => {
    await insertPayments(tx, batchId, payments)
    await bookPayments(tx, { batchId, author, providerIds, payments })
  })
}

async function repeatUndo(target: Context, undo: Extract<Operation, { kind: 'undo' }>) {
  await transaction(target, async (tx) => {
    const undone =
      undo.batchKind === 'charges' ? await undoCharges(tx, undo) : await undoPayments(tx, undo)
    if (!undone.ok) throw new Error(`batch ${undo.batchId} cannot be undone again: ${undone.code}`)
  })
}

async function repeatIssue(
  source: Context,
  target: Context,
  { author, periods, providerId, runId }: Extract<Operation, { kind: 'issue' }>,
) {
  const run =
    runId === null
      ? null
      : await source.sql.one<{ asOf: Date; author: string; createdAt: Date; period: Period }>`
          select as_of as "asOf", author, created_at as "createdAt", period
          from run where id = ${runId}`
  if (run && runId !== null) await repeatRun(target, { id: runId, providerId, ...run })
  await target.sql.run`
    insert into billing_period (provider_id, period, state, run_id, issued_at, issued_by)
    select ${providerId}, period, 'issued', case when period = ${run?.period ?? null} then
      ${runId}::int4 end, ${target.now()}, ${author}
    from unnest(${periods}::int4[]) as m (period)`
}
