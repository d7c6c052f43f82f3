import { type Context } from '../context.ts'
import { LANES, LEASE_MS, type QueuedLetter } from './enqueue.ts'

/** How a try to send ended. */
export type Outcome =
  | { id: bigint; sent: true; messageId: string }
  | { id: bigint; sent: false; then: 'unreachable' | 'failed'; error: string }
  /** `tried` is false for a letter that only waits behind another one. */
  | { id: bigint; sent: false; then: 'again'; tried: boolean; afterMs: number; error: string }

/** A letter nobody could send is given up after this: it would tell old news. */
const GIVE_UP_HOURS = 24

/**
 * Takes due letters for sending, answers first; nobody else gets them while the lease runs. A letter
 * comes without its buttons when its person's conversation has gone on: they would do nothing, and
 * in Viber they would take the place of those that work.
 */
export function claimLetters(ctx: Context, limit: number): Promise<QueuedLetter[]> {
  const now = ctx.now()
  return ctx.sql.many<QueuedLetter>`
    with due as (
      select id from outbox where state = 'waiting' and not_before <= ${now}
      order by lane, not_before, id limit ${limit} for update skip locked
    ), taken as (
      update outbox o
      set not_before = ${now}::timestamptz + make_interval(secs => ${LEASE_MS / 1000}::int4)
      from due where o.id = due.id
      returning o.id, o.lane, o.channel, o.external_id, o.language, o.message, o.attempts
    )
    select t.id, t.lane, t.channel, t.external_id as "externalId", t.language, t.attempts,
      case when coalesce(d.choices @> jsonb_build_array(
          jsonb_build_object('token', t.message->'buttons'->0->'token')), true)
        then t.message else t.message - 'buttons' end as message
    from taken t
    left join identity i on i.channel = t.channel and i.external_id = t.external_id
    left join dialog d on d.identity_id = i.id
    order by t.id`
}

/**
 * Makes due the answers that nobody has tried to send, however long their lease still runs, and
 * gives their number. For a process that starts and knows itself alone: then whoever leased them is
 * dead.
 */
export function releaseAnswers(ctx: Context): Promise<number> {
  const now = ctx.now()
  return ctx.sql.run`
    update outbox set not_before = ${now}
    where state = 'waiting' and lane = ${LANES.answer} and attempts = 0 and not_before > ${now}`
}

/**
 * Notes what became of letters, in one statement. One that is to be tried again is `failed` when it
 * has waited for a day.
 */
export async function noteOutcomes(ctx: Context, outcomes: readonly Outcome[]): Promise<void> {
  const now = ctx.now()
  await ctx.sql.run`
    update outbox o set message_id = n.message_id, error = n.error,
      state = case when n.state = 'waiting' and o.created_at < ${now}::timestamptz
        - make_interval(hours => ${GIVE_UP_HOURS}::int4) then 'failed' else n.state end,
      attempts = o.attempts + n.tries,
      sent_at = case when n.state = 'sent' then ${now}::timestamptz end,
      not_before = case when n.state = 'waiting'
        then ${now}::timestamptz + make_interval(secs => n.after_ms / 1000.0) else o.not_before end
    from unnest(${outcomes.map((o) => o.id)}::int8[], ${outcomes.map(stateOf)}::text[],
      ${outcomes.map((o) => (o.sent ? o.messageId : null))}::text[],
      ${outcomes.map((o) => (o.sent ? null : o.error))}::text[],
      ${outcomes.map((o) => (!o.sent && o.then === 'again' ? o.afterMs : 0))}::int4[],
      ${outcomes.map((o) => (!o.sent && o.then === 'again' && !o.tried ? 0 : 1))}::int2[])
      as n (id, state, message_id, error, after_ms, tries)
    where o.id = n.id and o.state = 'waiting'`
}

function stateOf(outcome: Outcome): string {
  if (outcome.sent) return 'sent'
  return outcome.then === 'again' ? 'waiting' : outcome.then
}

/** The messenger's news of a sent message: `delivered`, `seen` or `failed`; never backwards. */
export async function noteReceipt(
  ctx: Context,
  receipt: { channel: string; messageId: string; state: 'delivered' | 'seen' | 'failed' },
): Promise<void> {
  await ctx.sql.run`
    update outbox set state = ${receipt.state}
    where channel = ${receipt.channel} and message_id = ${receipt.messageId}
      and (state = 'sent' or (state = 'delivered' and ${receipt.state}::text = 'seen'))`
}
