import { type Context } from '../context.ts'
import { CHAIN_START } from './entry.ts'

/**
 * Makes the journal of a provider that has none: the head of its chain and its posting lock. When
 * another transaction is making it, waits for the end of that one.
 */
export async function openJournal(ctx: Context, providerId: number): Promise<void> {
  await ctx.sql.run`
    insert into journal (provider_id, last_hash, watermark)
    values (${providerId}, ${CHAIN_START}, to_timestamp(0)) on conflict do nothing`
}
