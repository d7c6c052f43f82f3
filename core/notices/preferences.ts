import { type Context } from '../context.ts'
import { NOTICE_KINDS, type NoticeKind } from './tell.ts'

/** Kinds a person can switch, and whether each is on. Without a choice a kind is on. */
export async function readPreferences(
  ctx: Context,
  consumerId: number,
): Promise<{ kind: NoticeKind; enabled: boolean }[]> {
  const rows = await ctx.sql.many<{ kind: string; enabled: boolean }>`
    select kind, enabled from notice_preference where consumer_id = ${consumerId}`
  const chosen = new Map(rows.map((row) => [row.kind, row.enabled]))
  const kinds = Object.keys(NOTICE_KINDS) as NoticeKind[]
  return kinds
    .filter((kind) => NOTICE_KINDS[kind].optional)
    .map((kind) => ({ kind, enabled: chosen.get(kind) ?? true }))
}

/** Switches a kind of notice on or off for a person. */
export async function setPreference(
  ctx: Context,
  input: { consumerId: number; kind: NoticeKind; enabled: boolean },
): Promise<void> {
  await ctx.sql.run`
    insert into notice_preference (consumer_id, kind, enabled)
    values (${input.consumerId}, ${input.kind}, ${input.enabled})
    on conflict (consumer_id, kind) do update set enabled = excluded.enabled`
}
