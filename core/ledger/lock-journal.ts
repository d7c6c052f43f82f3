import { type Context } from '../context.ts'
import { openJournal } from './open-journal.ts'

/** The head of a provider's chain, held until the transaction ends. */
export type Head = { last_posting_id: bigint | null; last_hash: Buffer; booked_at: Date }

/**
 * Takes the provider's posting lock until the transaction ends. The instant of booking is chosen
 * after it, above the watermark: later postings get later instants whatever the clocks say.
 */
export async function lockJournal(ctx: Context, providerId: number): Promise<Head> {
  await openJournal(ctx, providerId)
  return ctx.sql.one<Head>`
    select last_posting_id, last_hash,
      greatest(${ctx.now()}::timestamptz(3), watermark + interval '1 millisecond') as booked_at
    from journal where provider_id = ${providerId} for update`
}
