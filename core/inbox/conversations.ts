import { type Channel } from '../access/channel.ts'
import { type Person } from '../access/person.ts'
import { type Context } from '../context.ts'

/** A person with where their conversation stands; `state` and `choices` are the dialog engine's. */
export type Conversation = Person & {
  state: object | null
  choices: object | null
  updatedAt: Date | null
}

/** The conversations of people known by their messenger ids; unknown ones are left out. */
export function readConversations(
  ctx: Context,
  people: readonly { channel: Channel; externalId: string }[],
): Promise<Conversation[]> {
  return ctx.sql.many<Conversation>`
    select i.id as "identityId", i.consumer_id as "consumerId", i.channel,
      i.external_id as "externalId", c.language, d.state, d.choices, d.updated_at as "updatedAt"
    from unnest(${people.map((p) => p.channel)}::text[], ${people.map((p) => p.externalId)}::text[])
      as k (channel, external_id)
    join identity i using (channel, external_id)
    join consumer c on c.id = i.consumer_id
    left join dialog d on d.identity_id = i.id`
}

/** How long `last_seen_at` may lag: it chooses a person's messenger, minutes do not matter. */
const SEEN_LAG_MINUTES = 10

/** Stores where conversations stand and that these people were seen now. */
export async function saveConversations(
  ctx: Context,
  dialogs: readonly { identityId: number; state: object; choices: object }[],
): Promise<void> {
  if (dialogs.length === 0) return
  const now = ctx.now()
  const ids = dialogs.map((dialog) => dialog.identityId)
  await ctx.sql.run`
    insert into dialog (identity_id, state, choices, updated_at)
    select identity_id, state, choices, ${now}
    from unnest(${ids}::int4[], ${dialogs.map((d) => JSON.stringify(d.state))}::jsonb[],
      ${dialogs.map((d) => JSON.stringify(d.choices))}::jsonb[])
      as d (identity_id, state, choices)
    on conflict (identity_id) do update
    set state = excluded.state, choices = excluded.choices, updated_at = excluded.updated_at`
  await ctx.sql.run`
    update identity set last_seen_at = ${now}, reachable = true
    where id = any(${ids}::int4[]) and (not reachable
      or last_seen_at < ${now}::timestamptz - make_interval(mins => ${SEEN_LAG_MINUTES}::int4))`
}
