import { type Context } from '../context.ts'

/** How long what people wrote and were sent stays after it was handled. */
const MESSAGE_DAYS = 30
/** Tries to link matter for a day; staff may look for a month. */
const ATTEMPT_DAYS = 30

/**
 * Removes what has served its time: handled updates and sent messages (they hold words of people),
 * old tries, expired file addresses. Gives how many rows went from each. Running twice is harmless.
 */
export async function sweep(ctx: Context) {
  const now = ctx.now()
  const inbox = await ctx.sql.run`
    delete from inbox where state <> 'waiting'
      and handled_at < ${now}::timestamptz - make_interval(days => ${MESSAGE_DAYS}::int4)`
  const outbox = await ctx.sql.run`
    delete from outbox where state <> 'waiting'
      and created_at < ${now}::timestamptz - make_interval(days => ${MESSAGE_DAYS}::int4)`
  const attempts = await ctx.sql.run`
    delete from link_attempt
    where at < ${now}::timestamptz - make_interval(days => ${ATTEMPT_DAYS}::int4)`
  const files = await ctx.sql.run`delete from file_link where expires_at < ${now}`
  return { inbox, outbox, attempts, files }
}
