import { type Context } from '../context.ts'
import { postingHash } from './entry.ts'
import { type Head } from './lock-journal.ts'
import { type Period } from '../period.ts'
import { projectMonth } from './project-month.ts'

/** The number the next posting will have: its entries may be inserted before it. */
export async function reservePosting(ctx: Context): Promise<bigint> {
  const { id } = await ctx.sql.one<{ id: bigint }>`
    select nextval(pg_get_serial_sequence('posting', 'id')) as id`
  return id
}

/**
 * Books a posting of one month whose entries were inserted by the database itself: makes their digests there, puts
 * the posting at the head of the provider's chain and brings statements up to date. `head` is what
 * `lockJournal` gave in this transaction, and the entries are of that instant.
 * Gives how many entries it has; without any there is no posting.
 */
export async function sealPosting(
  ctx: Context,
  posting: { postingId: bigint; providerId: number; period: Period; author: string; head: Head },
): Promise<number> {
  const { author, head, period, postingId, providerId } = posting
  const { count, manifest } = await readManifest(ctx, postingId)
  if (count === 0 || manifest === null) return 0
  const bookedAt = head.booked_at
  const previousHash = head.last_hash
  const hash = postingHash({ previousHash, providerId, bookedAt, author, manifest })
  await ctx.sql.run`
    insert into posting
      (id, provider_id, booked_at, author, entry_count, previous_hash, manifest, hash)
    values (${postingId}, ${providerId}, ${bookedAt}, ${author}, ${count}, ${previousHash},
      ${manifest}, ${hash})`
  await ctx.sql.run`
    update journal set last_posting_id = ${postingId}, last_hash = ${hash}, watermark = ${bookedAt},
      known_until = greatest(known_until, least(
        (select max(effective_on) from entry where posting_id = ${postingId}),
        (${bookedAt}::timestamptz at time zone ${ctx.zone})::date))
    where provider_id = ${providerId}`
  await projectMonth(ctx, { postingId, period })
  return count
}

// The same text as `canonicalEntry` and `entryDigest` make, for more entries than memory should hold.
function readManifest(ctx: Context, postingId: bigint) {
  return ctx.sql.one<{ count: number; manifest: Buffer | null }>`
    select count(*)::int4 as count,
      string_agg(substr(sha256(convert_to(
        source_kind || '|' || source_id || '|' || line || '|' || period || '|' || kind || '|'
        || from_id || '|' || to_id || '|' || amount || '|' || to_char(effective_on, 'YYYY-MM-DD')
        || '|' || coalesce(about_period::text, '') || '|' || coalesce(reverses_id::text, '') || '|'
        || coalesce(to_json(reason)::text, '') || '|'
        || to_char(booked_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'UTF8')), 1, 16), ''::bytea order by ordinal) as manifest
    from entry where posting_id = ${postingId}`
}
