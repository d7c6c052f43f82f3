import { type Channel } from '../access/channel.ts'
import { type Context } from '../context.ts'
import { enqueueNotice } from '../outbox/enqueue.ts'
import { type Line } from '../outbox/message.ts'

/**
 * Kinds of notices and whether a person can switch them off. `security` ignores the choice.
 */
export const NOTICE_KINDS = {
  'bill-ready': { optional: true },
  security: { optional: false },
  request: { optional: false },
} as const satisfies Record<string, { optional: boolean }>
export type NoticeKind = keyof typeof NOTICE_KINDS

/** A notice to write: `dedupeKey` names the fact, so that it is told once. */
export type NewNotice = {
  kind: NoticeKind
  consumerId: number
  accountId: number | null
  lines: Line[]
  dedupeKey: string
}

/**
 * Tells a consumer in the messenger used last that can be reached, once per `dedupeKey`, unless
 * this kind is switched off. Gives whether it was queued.
 */
export async function tell(ctx: Context, notice: NewNotice): Promise<boolean> {
  const target = await ctx.sql.maybe<{
    channel: Channel
    externalId: string
    language: string
    off: boolean
  }>`
    select i.channel, i.external_id as "externalId", c.language, exists (
      select 1 from notice_preference p
      where p.consumer_id = c.id and p.kind = ${notice.kind} and not p.enabled) as off
    from identity i join consumer c on c.id = i.consumer_id
    where c.id = ${notice.consumerId} and i.reachable
    order by i.last_seen_at desc, i.id desc limit 1`
  if (!target || (NOTICE_KINDS[notice.kind].optional && target.off)) return false
  const fresh = await ctx.sql.run`
    insert into notice (kind, consumer_id, account_id, params, dedupe_key, created_at)
    values (${notice.kind}, ${notice.consumerId}, ${notice.accountId},
      ${JSON.stringify(notice.lines)}::jsonb, ${notice.dedupeKey}, ${ctx.now()})
    on conflict (dedupe_key) do nothing`
  if (fresh === 0) return false
  const { channel, externalId, language } = target
  const message = { lines: notice.lines }
  await enqueueNotice(ctx, { channel, externalId, language, message, dedupeKey: notice.dedupeKey })
  return true
}
