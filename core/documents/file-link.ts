import { type Context } from '../context.ts'
import { type DocumentRef } from '../outbox/message.ts'

const TOKEN_BYTES = 24
const VALID_HOURS = 48

/**
 * An address part for a document: 192 random bits, good for two days. For messengers that fetch
 * files by URL; whoever has it can read the document, so it is never guessable and never logged.
 */
export async function openFileLink(ctx: Context, document: DocumentRef): Promise<string> {
  const token = Buffer.from(ctx.random(TOKEN_BYTES)).toString('base64url')
  await ctx.sql.run`
    insert into file_link (token, document, expires_at)
    values (${token}, ${document},
      ${ctx.now()}::timestamptz + make_interval(hours => ${VALID_HOURS}::int4))`
  return token
}

/** The document behind an address part; null when unknown or expired. */
export async function findFileLink(ctx: Context, token: string): Promise<DocumentRef | null> {
  const link = await ctx.sql.maybe<{ document: DocumentRef }>`
    select document from file_link where token = ${token} and expires_at > ${ctx.now()}`
  return link?.document ?? null
}
