import { type Context } from '../context.ts'
import { computeStatements } from './compute-statements.ts'
import { CHAIN_START, DIGEST_BYTES, entryDigest, type EntryRow, postingHash } from './entry.ts'
import { COLUMNS } from './entry-kind.ts'
import { type Statement } from './read-statements.ts'

/** What `verify` found wrong, by name. */
export type Fault =
  | { fault: 'entry-altered'; entryId: bigint; postingId: bigint }
  | { fault: 'entry-missing'; postingId: bigint; ordinal: number }
  | { fault: 'entry-extra'; entryId: bigint; postingId: bigint }
  | { fault: 'posting-altered'; postingId: bigint }
  | { fault: 'posting-missing'; afterPostingId: bigint | null; providerId: number }
  | { fault: 'statement-wrong'; agreementId: number; period: number }

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

const POSTINGS_A_PIECE = 200
const AGREEMENTS_A_PIECE = 500

/**
 * Recomputes the hash chain and every statement, in bounded memory. An untouched town gives none.
 * A re-dated or otherwise changed entry is `entry-altered`; a copy is `entry-extra`.
 */
export async function* verify(ctx: Context): AsyncGenerator<Fault> {
  const providers = await ctx.sql.many<{ id: number }>`select id from provider order by id`
  for (const { id } of providers) yield* verifyChain(ctx, id)
  yield* verifyStrays(ctx)
  yield* verifyStatements(ctx)
}

async function* verifyChain(ctx: Context, providerId: number): AsyncGenerator<Fault> {
  let previous: { id: bigint | null; hash: Buffer } = { id: null, hash: CHAIN_START }
  for (;;) {
    const postings: PostingRow[] = await ctx.sql.many<PostingRow>`
      select * from posting where provider_id = ${providerId} and id > ${previous.id ?? 0n}
      order by id limit ${POSTINGS_A_PIECE}`
    for (const posting of postings) {
      if (!posting.previous_hash.equals(previous.hash))
        yield { fault: 'posting-missing', afterPostingId: previous.id, providerId }
      yield* verifyPosting(ctx, posting)
      previous = { id: posting.id, hash: posting.hash }
    }
    if (postings.length < POSTINGS_A_PIECE) break
  }
  const head = await ctx.sql.maybe<{ last_hash: Buffer }>`
    select last_hash from journal where provider_id = ${providerId}`
  if (head && !head.last_hash.equals(previous.hash))
    yield { fault: 'posting-missing', afterPostingId: previous.id, providerId }
}

async function* verifyPosting(ctx: Context, posting: PostingRow): AsyncGenerator<Fault> {
  const { id, booked_at: bookedAt, manifest } = posting
  const { author, previous_hash: previousHash, provider_id: providerId } = posting
  const hash = postingHash({ previousHash, providerId, bookedAt, author, manifest })
  const counted = manifest.length === posting.entry_count * DIGEST_BYTES
  if (!hash.equals(posting.hash) || !counted) yield { fault: 'posting-altered', postingId: id }
  const entries = await ctx.sql.many<EntryRow>`
    select * from entry where posting_id = ${id} order by ordinal, id`
  let expected = 1
  for (const entry of entries) {
    for (; expected < entry.ordinal && expected <= posting.entry_count; expected++)
      yield { fault: 'entry-missing', postingId: id, ordinal: expected }
    if (entry.ordinal !== expected || entry.ordinal > posting.entry_count) {
      yield { fault: 'entry-extra', entryId: entry.id, postingId: id }
      continue
    }
    const start = (entry.ordinal - 1) * DIGEST_BYTES
    const promised = manifest.subarray(start, start + DIGEST_BYTES)
    if (!entryDigest(entry, entry.booked_at).equals(promised))
      yield { fault: 'entry-altered', entryId: entry.id, postingId: id }
    expected++
  }
  for (; expected <= posting.entry_count; expected++)
    yield { fault: 'entry-missing', postingId: id, ordinal: expected }
}

async function* verifyStrays(ctx: Context): AsyncGenerator<Fault> {
  const strays = await ctx.sql.many<{ id: bigint; posting_id: bigint }>`
    select e.id, e.posting_id from entry e
    where not exists (select 1 from posting p where p.id = e.posting_id) order by e.id`
  for (const stray of strays)
    yield { fault: 'entry-extra', entryId: stray.id, postingId: stray.posting_id }
}

async function* verifyStatements(ctx: Context): AsyncGenerator<Fault> {
  for (let last = 0; ;) {
    const piece = await ctx.sql.many<{ id: number }>`
      select distinct id from (
        select id from agreement union select agreement_id from statement
      ) a where id > ${last} order by id limit ${AGREEMENTS_A_PIECE}`
    const agreementIds = piece.map((row) => row.id)
    if (agreementIds.length === 0) return
    yield* compare(ctx, agreementIds)
    last = agreementIds.at(-1) ?? last
  }
}

async function* compare(ctx: Context, agreementIds: number[]): AsyncGenerator<Fault> {
  type Row = Statement & { agreement_id: number }
  const stored = await ctx.sql.many<Row>`
    select * from statement where agreement_id = any(${agreementIds}::int4[])
    order by agreement_id, period`
  const truth = await computeStatements(ctx, { agreementIds })
  const name = (row: Row) => `${row.agreement_id}/${row.period}`
  const unmatched = new Map(truth.map((row) => [name(row), row]))
  for (const row of stored) {
    const right = unmatched.get(name(row))
    unmatched.delete(name(row))
    if (!right || [...COLUMNS, 'closing' as const].some((column) => row[column] !== right[column]))
      yield { fault: 'statement-wrong', agreementId: row.agreement_id, period: row.period }
  }
  for (const row of unmatched.values())
    yield { fault: 'statement-wrong', agreementId: row.agreement_id, period: row.period }
}
