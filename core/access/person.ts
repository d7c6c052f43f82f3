import { type Context } from '../context.ts'
import { type Channel } from './channel.ts'

/** Someone who speaks to us: one consumer in one messenger. */
export type Person = {
  identityId: number
  consumerId: number
  channel: Channel
  /** The messenger's id of the person; Viber's differs per bot. */
  externalId: string
  language: string
}

/**
 * The person behind a messenger's id; met for the first time, a consumer is created with
 * `language` and no account.
 */
export async function meetPerson(
  ctx: Context,
  input: { channel: Channel; externalId: string; language: string },
): Promise<Person> {
  return ctx.sql.transaction(async (sql) => {
    const known = await findPerson({ ...ctx, sql }, input)
    if (known) return known
    const now = ctx.now()
    const consumer = await sql.one<{ id: number }>`
      insert into consumer (language, created_at) values (${input.language}, ${now}) returning id`
    const identity = await sql.one<{ id: number }>`
      insert into identity (consumer_id, channel, external_id, last_seen_at, created_at)
      values (${consumer.id}, ${input.channel}, ${input.externalId}, ${now}, ${now}) returning id`
    return { ...input, identityId: identity.id, consumerId: consumer.id }
  })
}

function findPerson(ctx: Context, input: { channel: Channel; externalId: string }) {
  return ctx.sql.maybe<Person>`
    select i.id as "identityId", i.consumer_id as "consumerId", i.channel,
      i.external_id as "externalId", c.language
    from identity i join consumer c on c.id = i.consumer_id
    where i.channel = ${input.channel} and i.external_id = ${input.externalId}`
}

/** Stores the language the person is spoken to in, in every messenger. */
export async function setLanguage(
  ctx: Context,
  consumerId: number,
  language: string,
): Promise<void> {
  await ctx.sql.run`update consumer set language = ${language} where id = ${consumerId}`
}

/** Notes whether the messenger lets us write to the person. */
export async function setReachable(
  ctx: Context,
  identity: { channel: Channel; externalId: string },
  reachable: boolean,
): Promise<void> {
  await ctx.sql.run`
    update identity set reachable = ${reachable}
    where channel = ${identity.channel} and external_id = ${identity.externalId}`
}
