import { type Context } from '../context.ts'
import { CHAIN_START, DIGEST_BYTES, entryDigest, type EntryRow, postingHash } from './entry.ts'
import { type Fault } from './fault.ts'

type PostingRow = {
  id: bigint
  provider_id: number
  booked_at: Date
  author: string
  entry_count: number
  previous_hash: Buffer
  manifest: Buffer
  hash: Buffer
}

/** The last posting known to be in its place, with the hashes its follower may name. */
type Link = { id: bigint | null; hashes: Buffer[] }
type Head = { last_posting_id: bigint | null; last_hash: Buffer }

const POSTINGS_A_PIECE = 200
const ENTRIES_A_PIECE = 5000

/** Recomputes a provider's postings one after another, each with its entries, up to the head. */
export async function* verifyChain(ctx: Context, providerId: number): AsyncGenerator<Fault> {
  let last: Link = { id: null, hashes: [CHAIN_START] }
  let seen = 0n
  for (;;) {
    // Read before the postings: what is booked meanwhile is in the next piece.
    const head = await ctx.sql.maybe<Head>`
      select last_posting_id, last_hash from journal where provider_id = ${providerId}`
    const postings = await ctx.sql.many<PostingRow>`
      select * from posting where provider_id = ${providerId} and id > ${seen}
      order by id limit ${POSTINGS_A_PIECE}`
    for (const posting of postings) {
      last = yield* verifyPosting(ctx, posting, last)
      seen = posting.id
    }
    if (postings.length > 0) continue
    const fault = headFault(head, last, providerId)
    if (fault) yield fault
    return
  }
}

function headFault(head: Head | null, last: Link, providerId: number): Fault | null {
  if (head && last.hashes.some((hash) => hash.equals(head.last_hash))) return null
  const isBeyond = (head?.last_posting_id ?? 0n) > (last.id ?? 0n)
  return isBeyond
    ? { fault: 'posting-missing', afterPostingId: last.id, providerId }
    : { fault: 'journal-altered', providerId }
}

/** Gives the link the next posting must follow: this one, unless it is out of place. */
async function* verifyPosting(
  ctx: Context,
  posting: PostingRow,
  last: Link,
): AsyncGenerator<Fault, Link> {
  const { hash, id, manifest, provider_id: providerId } = posting
  const computed = hashOf(posting)
  if (!computed.equals(hash)) return yield* verifyAltered(ctx, posting, computed, last)
  if (!follows(posting, last)) {
    if (await isCopy(ctx, posting)) {
      yield { fault: 'posting-extra', postingId: id }
      yield* verifyEntries(ctx, id, Buffer.alloc(0))
      return last
    }
    yield { fault: 'posting-missing', afterPostingId: last.id, providerId }
  }
  if (manifest.length !== posting.entry_count * DIGEST_BYTES)
    yield { fault: 'posting-altered', postingId: id }
  yield* verifyEntries(ctx, id, manifest)
  return { id, hashes: [hash] }
}

// Which part was altered decides what else can be believed: each is put right in turn to see
// whether the rest agrees, so that one change is one fault.
async function* verifyAltered(
  ctx: Context,
  posting: PostingRow,
  computed: Buffer,
  last: Link,
): AsyncGenerator<Fault, Link> {
  const { hash, id } = posting
  yield { fault: 'posting-altered', postingId: id }
  const manifest = await rebuildManifest(ctx, id)
  const entriesAgree = hashOf({ ...posting, manifest }).equals(hash)
  if (!entriesAgree) yield* verifyEntries(ctx, id, posting.manifest)
  const isInPlace =
    follows(posting, last) ||
    last.hashes.some((previous) => hashOf({ ...posting, previous_hash: previous }).equals(hash))
  return isInPlace ? { id, hashes: [hash, computed] } : last
}

function hashOf(posting: PostingRow): Buffer {
  const { author, booked_at: bookedAt, manifest } = posting
  const { previous_hash: previousHash, provider_id: providerId } = posting
  return postingHash({ previousHash, providerId, bookedAt, author, manifest })
}

function follows(posting: PostingRow, last: Link): boolean {
  return last.hashes.some((hash) => hash.equals(posting.previous_hash))
}

async function isCopy(ctx: Context, { hash, id, provider_id }: PostingRow): Promise<boolean> {
  const original = await ctx.sql.maybe`
    select 1 from posting where provider_id = ${provider_id} and id < ${id} and hash = ${hash}
    limit 1`
  return original !== null
}

async function rebuildManifest(ctx: Context, postingId: bigint): Promise<Buffer> {
  const digests: Buffer[] = []
  for await (const entries of readEntries(ctx, postingId))
    for (const entry of entries) digests.push(entryDigest(entry, entry.booked_at))
  return Buffer.concat(digests)
}

async function* verifyEntries(
  ctx: Context,
  postingId: bigint,
  manifest: Buffer,
): AsyncGenerator<Fault> {
  const count = Math.floor(manifest.length / DIGEST_BYTES)
  let expected = 1
  for await (const entries of readEntries(ctx, postingId)) {
    for (const entry of entries) {
      for (; expected < entry.ordinal && expected <= count; expected++)
        yield { fault: 'entry-missing', postingId, ordinal: expected }
      if (entry.ordinal !== expected || entry.ordinal > count) {
        yield { fault: 'entry-extra', entryId: entry.id, postingId }
        continue
      }
      const start = (entry.ordinal - 1) * DIGEST_BYTES
      const promised = manifest.subarray(start, start + DIGEST_BYTES)
      if (!entryDigest(entry, entry.booked_at).equals(promised))
        yield { fault: 'entry-altered', entryId: entry.id, postingId }
      expected++
    }
  }
  for (; expected <= count; expected++)
    yield { fault: 'entry-missing', postingId, ordinal: expected }
}

async function* readEntries(ctx: Context, postingId: bigint): AsyncGenerator<EntryRow[]> {
  for (let last: EntryRow | undefined; ;) {
    const entries: EntryRow[] = await ctx.sql.many<EntryRow>`
      select * from entry where posting_id = ${postingId}
        and (${last?.id ?? null}::int8 is null
          or (ordinal, id) > (${last?.ordinal ?? null}::int4, ${last?.id ?? null}::int8))
      order by ordinal, id limit ${ENTRIES_A_PIECE}`
    yield entries
    if (entries.length < ENTRIES_A_PIECE) return
    last = entries.at(-1)
  }
}
