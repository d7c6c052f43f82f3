import { type Channel } from '../access/channel.ts'
import { type Context } from '../context.ts'
import { type Message } from './message.ts'

/** Order of sending: answers and emergencies never wait behind notices. */
export const LANES = { answer: 0, notice: 1 } as const

/** A message to one person. */
export type Letter = {
  channel: Channel
  /** The messenger's id of the person or chat. */
  externalId: string
  language: string
  message: Message
}

/** A letter taken for sending. */
export type QueuedLetter = Letter & { id: bigint; lane: number; attempts: number }

/** Who queued a letter has this long to send it before any worker may. */
export const LEASE_MS = 30_000

/**
 * Queues answers in the transaction of what they tell, in order, leased to the caller, who sends
 * them after the commit. If the process dies, another worker sends them when the lease ends.
 */
export async function enqueueAnswers(
  ctx: Context,
  letters: readonly Letter[],
): Promise<QueuedLetter[]> {
  if (letters.length === 0) return []
  const now = ctx.now()
  const rows = await ctx.sql.many<{ id: bigint }>`
    insert into outbox (channel, external_id, lane, language, message, not_before, created_at)
    select channel, external_id, ${LANES.answer}::int2, language, message,
      ${now}::timestamptz + make_interval(secs => ${LEASE_MS / 1000}::int4), ${now}
    from unnest(${letters.map((l) => l.channel)}::text[], ${letters.map((l) => l.externalId)}::text[],
      ${letters.map((l) => l.language)}::text[],
      ${letters.map((l) => JSON.stringify(l.message))}::jsonb[])
      with ordinality as l (channel, external_id, language, message, n)
    order by n returning id`
  return letters.map((letter, index) => {
    const row = rows[index]
    if (!row) throw new Error('a letter was not stored')
    return { ...letter, id: row.id, lane: LANES.answer, attempts: 0 }
  })
}

/** Queues a notice once: the same `dedupeKey` again changes nothing. */
export async function enqueueNotice(
  ctx: Context,
  letter: Letter & { dedupeKey: string },
): Promise<void> {
  await ctx.sql.run`
    insert into outbox
      (channel, external_id, lane, language, message, dedupe_key, not_before, created_at)
    values (${letter.channel}, ${letter.externalId}, ${LANES.notice}, ${letter.language},
      ${letter.message}, ${letter.dedupeKey}, ${ctx.now()}, ${ctx.now()})
    on conflict (dedupe_key) do nothing`
}
