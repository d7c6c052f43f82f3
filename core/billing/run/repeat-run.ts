import { type Context } from '../../context.ts'
import { transaction } from '../../db/transaction.ts'
import { type Period } from '../../period.ts'
import { openJournal } from '../../ledger/open-journal.ts'
import { noteReratings } from './find-reratings.ts'
import { postRun } from './post-run.ts'
import { cutIntoChunks } from './start-run.ts'
import { workOnRun } from './work-on-run.ts'
import { readRun } from './run-row.ts'

/** Computes and books a run again under its own number, by what was known at its instant. */
export async function repeatRun(
  ctx: Context,
  run: {
    id: number
    providerId: number
    period: Period
    asOf: Date
    author: string
    createdAt: Date
  },
): Promise<void> {
  const { asOf, author, createdAt, id, period, providerId } = run
  await transaction(ctx, async (tx) => {
    await openJournal(tx, providerId)
    await tx.sql.run`
      insert into run (id, provider_id, period, kind, state, as_of, author, created_at)
      values (${id}, ${providerId}, ${period}, 'month', 'computing', ${asOf}, ${author}, ${createdAt})`
    await noteReratings(tx, { runId: id, providerId, month: period, asOf })
    await cutIntoChunks(tx, id, providerId)
  })
  await workOnRun(ctx, id)
  await transaction(ctx, async (tx) => {
    const computed = await readRun(tx, id)
    if (computed?.state !== 'computed') throw new Error(`run ${id} was not computed`)
    await postRun(tx, computed, author)
  })
}
