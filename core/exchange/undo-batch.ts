import { type Context } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { accept, refuse } from '../result.ts'
import { lockImports } from './batch.ts'
import { type ImportKind } from './kind.ts'
import { undoCharges } from './undo-charges.ts'
import { undoPayments } from './undo-payments.ts'
import { undoReadings } from './undo-readings.ts'

export type UndoInput = { batchId: number; author: string; reason: string }

type Batch = { kind: ImportKind; state: string }

/**
 * Undoes an applied batch: charges and payments by reversal, readings, subsidies and benefits by taking
 * them away. Gives how many facts it undid. The same file may be applied again afterwards.
 *
 * Refuses: `batch-not-found`; `already-undone`; `registry-not-undoable` (providers, services, tariffs,
 * accounts, rules, calendar, meters, volumes: correct them by another file); `month-issued` (charges of an issued month are
 * final); `reading-billed` (readings of an issued month); `payment-reversed` (a payment of the batch was
 * taken back by a later batch: undo that one first).
 */
export async function undoBatch(ctx: Context, input: UndoInput) {
  return transaction(ctx, async (tx) => {
    await lockImports(tx)
    const batch = await tx.sql.maybe<Batch>`
      select kind, state from import_batch where id = ${input.batchId}`
    if (!batch) return refuse('batch-not-found')
    if (batch.state === 'undone') return refuse('already-undone')
    const undone = await undoFacts(tx, batch.kind, input)
    if (!undone.ok) return undone
    const undo = { author: input.author, reason: input.reason }
    await tx.sql.run`
      update import_batch
      set state = 'undone', undone_at = ${tx.now()}, report = report || ${{ undo }}::jsonb
      where id = ${input.batchId}`
    return accept({ batchId: input.batchId, kind: batch.kind, undone: undone.value })
  })
}

async function undoFacts(tx: Context, kind: ImportKind, input: UndoInput) {
  switch (kind) {
    case 'charges':
      return undoCharges(tx, input)
    case 'payments':
      return undoPayments(tx, input)
    case 'readings':
      return undoReadings(tx, input.batchId)
    case 'subsidies':
      return accept(await tx.sql.run`delete from subsidy_award where batch_id = ${input.batchId}`)
    case 'benefits':
      return accept(await tx.sql.run`delete from benefit_claim where batch_id = ${input.batchId}`)
    case 'providers':
    case 'services':
    case 'tariffs':
    case 'accounts':
    case 'rules':
    case 'calendar':
    case 'meters':
    case 'volumes':
    case 'house-volumes':
      return refuse('registry-not-undoable')
  }
}
