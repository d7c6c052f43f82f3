import { type Context } from '../context.ts'
import { type ImportKind } from './kind.ts'
import { type ImportReport } from './report.ts'

/** What makes a file the same file. */
type BatchSource = { kind: ImportKind; hash: Buffer; providerId: number | null }

/** Holds the town's imports until the transaction ends: they come one after another. */
export async function lockImports({ schema, sql }: Context): Promise<void> {
  await sql.run`select pg_advisory_xact_lock(hashtextextended(${`${schema} import`}, 0))`
}

/** The report of the batch that applied this file, or null when it is not in force. */
export async function findApplied(
  { sql }: Context,
  { hash, kind, providerId }: BatchSource,
): Promise<ImportReport | null> {
  const batch = await sql.maybe<{ report: ImportReport }>`
    select report from import_batch
    where kind = ${kind} and content_hash = ${hash} and state = 'applied'
      and provider_id is not distinct from ${providerId}::int4`
  return batch?.report ?? null
}

/** Records an applied batch. */
export async function bookBatch(
  ctx: Context,
  batch: BatchSource & {
    batchId: number
    fileName: string
    author: string
    report: ImportReport
  },
): Promise<void> {
  const { author, batchId, fileName, hash, kind, providerId, report } = batch
  const { delimiter, encoding, type } = report
  await ctx.sql.run`
    insert into import_batch
      (id, provider_id, kind, file_name, content_hash, format, report, state, author, applied_at)
    values (${batchId}, ${providerId}, ${kind}, ${fileName}, ${hash},
      ${{ type, encoding, delimiter }}, ${report}, 'applied', ${author}, ${ctx.now()})`
}
