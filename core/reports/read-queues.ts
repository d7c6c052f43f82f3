import { type Context } from '../context.ts'

/** How many wait, and for how long the oldest one that may be handled has waited. */
export type Queue = { waiting: number; lagSeconds: number; failed: number }

/** The state of the inbox and the outbox; `failed` counts the last day. */
export async function readQueues(ctx: Context): Promise<{ inbox: Queue; outbox: Queue }> {
  const now = ctx.now()
  const inbox = await ctx.sql.one<Queue>`
    select count(*) filter (where state = 'waiting')::int4 as waiting,
      count(*) filter (where state = 'failed')::int4 as failed,
      coalesce(greatest(0, extract(epoch from ${now}::timestamptz
        - min(received_at) filter (where state = 'waiting'))), 0)::int4 as "lagSeconds"
    from inbox where state = 'waiting'
      or (state = 'failed' and received_at > ${now}::timestamptz - interval '1 day')`
  const outbox = await ctx.sql.one<Queue>`
    select count(*) filter (where state = 'waiting')::int4 as waiting,
      count(*) filter (where state = 'failed')::int4 as failed,
      coalesce(greatest(0, extract(epoch from ${now}::timestamptz
        - min(not_before) filter (where state = 'waiting'))), 0)::int4 as "lagSeconds"
    from outbox where state = 'waiting'
      or (state = 'failed' and created_at > ${now}::timestamptz - interval '1 day')`
  return { inbox, outbox }
}
