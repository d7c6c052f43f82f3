import { type Context } from '../context.ts'

/**
 * Holds providers until the transaction ends: no month of theirs is issued and no other file of theirs
 * is imported or undone meanwhile. Take it before the posting lock.
 */
export async function lockProviders(ctx: Context, providerIds: readonly number[]): Promise<void> {
  await ctx.sql.run`
    select 1 from provider where id = any(${providerIds}::int4[]) order by id for no key update`
}
