import { type Context } from '../../context.ts'
import { openJournal } from '../../ledger/open-journal.ts'

/** Takes the provider's posting lock until the transaction ends: nobody books or issues meanwhile. */
export async function lockPosting(ctx: Context, providerId: number): Promise<void> {
  await openJournal(ctx, providerId)
  await ctx.sql.run`select 1 from journal where provider_id = ${providerId} for update`
}
