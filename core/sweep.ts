import { type Context } from './context.ts'

/** How long words of people, and words said to them, stay after they served. */
const WORDS_DAYS = 30
/** Tries to link matter for a day; staff may look for a month. */
const ATTEMPT_DAYS = 30

/**
 * Removes what has served its time: handled updates and sent messages, the words of notices and of
 * decided requests (the facts stay), old tries, expired file addresses. Gives how many rows it was of
 * each. Running twice is harmless.
 */
export async function sweep(ctx: Context) {
  const now = ctx.now()
  const inbox = await ctx.sql.run`
    delete from inbox where state <> 'waiting'
      and handled_at < ${now}::timestamptz - make_interval(days => ${WORDS_DAYS}::int4)`
  const outbox = await ctx.sql.run`
    delete from outbox where state <> 'waiting'
      and created_at < ${now}::timestamptz - make_interval(days => ${WORDS_DAYS}::int4)`
  const notices = await ctx.sql.run`
    update notice set params = '[]' where params <> '[]'
      and created_at < ${now}::timestamptz - make_interval(days => ${WORDS_DAYS}::int4)`
  const requests = await ctx.sql.run`
    update link_request set note = '' where note <> '' and state <> 'open'
      and decided_at < ${now}::timestamptz - make_interval(days => ${WORDS_DAYS}::int4)`
  const attempts = await ctx.sql.run`
    delete from link_attempt
    where at < ${now}::timestamptz - make_interval(days => ${ATTEMPT_DAYS}::int4)`
  const files = await ctx.sql.run`delete from file_link where expires_at < ${now}`
  return { inbox, outbox, notices, requests, attempts, files }
}
