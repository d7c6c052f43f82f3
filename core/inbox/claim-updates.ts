import { type Channel } from '../access/channel.ts'
import { type Context } from '../context.ts'

/** An update waiting to be handled. */
export type StoredUpdate = {
  id: bigint
  channel: Channel
  chat: string
  payload: object
  attempts: number
}

/** Tries before an update that makes us fail is put aside, so that its chat goes on. */
export const ATTEMPTS_MAX = 3

/**
 * Locks the next update of up to `limit` chats until the transaction ends: the earliest one of
 * each, so a chat is handled in order while other workers take other chats.
 */
export function claimUpdates(ctx: Context, limit: number): Promise<StoredUpdate[]> {
  return ctx.sql.many<StoredUpdate>`
    select i.id, i.channel, i.chat, i.payload, i.attempts from inbox i
    where i.state = 'waiting' and not exists (
      select 1 from inbox e where e.state = 'waiting' and e.channel = i.channel
        and e.chat = i.chat and e.id < i.id)
    order by i.id limit ${limit} for update of i skip locked`
}

/** Marks claimed updates as handled; in the transaction of what they caused. */
export async function markHandled(ctx: Context, ids: readonly bigint[]): Promise<void> {
  await ctx.sql.run`
    update inbox set state = 'handled', handled_at = ${ctx.now()} where id = any(${ids}::int8[])`
}

/**
 * Counts a failed try of an update. Gives true when it was the last one and the update is put
 * aside as `failed`. `error` is a code or an error's name, never its text: that may quote people.
 */
export async function noteFailure(ctx: Context, id: bigint, error: string): Promise<boolean> {
  // Another worker may have handled it between our rollback and now: then it is not ours any more.
  const row = await ctx.sql.maybe<{ state: string }>`
    update inbox set attempts = attempts + 1, error = ${error},
      state = case when attempts + 1 >= ${ATTEMPTS_MAX}::int4 then 'failed' else 'waiting' end,
      handled_at = case when attempts + 1 >= ${ATTEMPTS_MAX}::int4 then ${ctx.now()}::timestamptz end
    where id = ${id} and state = 'waiting' returning state`
  return row?.state === 'failed'
}
