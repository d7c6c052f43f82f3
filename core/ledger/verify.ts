import { type Context } from '../context.ts'
import { type Fault } from './fault.ts'
import { verifyChain } from './verify-chain.ts'
import { verifyStatements } from './verify-statements.ts'

/**
 * Recomputes the hash chain and every statement, in bounded memory, while postings go on. An
 * untouched town gives none. A re-dated or otherwise changed entry is `entry-altered`; a copy is
 * `entry-extra`. Entries are the truth for statements: where they were changed, the statements that
 * still say what was booked are named too. Not inside a transaction.
 */
export async function* verify(ctx: Context): AsyncGenerator<Fault> {
  const providers = await ctx.sql.many<{ id: number }>`
    select provider_id as id from journal union select provider_id from posting order by id`
  for (const { id } of providers) yield* verifyChain(ctx, id)
  yield* verifyStrays(ctx)
  yield* verifyStatements(ctx)
}

async function* verifyStrays(ctx: Context): AsyncGenerator<Fault> {
  const strays = await ctx.sql.many<{ id: bigint; posting_id: bigint }>`
    select e.id, e.posting_id from entry e
    where not exists (select 1 from posting p where p.id = e.posting_id) order by e.id`
  for (const { id, posting_id: postingId } of strays)
    yield { fault: 'entry-extra', entryId: id, postingId }
}
