import { type Context } from '../context.ts'
import { bulkInsert } from '../db/bulk-insert.ts'
import { type PlainDate } from '../period.ts'
import { accept, refuse } from '../result.ts'
import {
  byKey,
  canonicalEntry,
  entryBody,
  type EntryBody,
  entryDigest,
  type EntryRow,
  keyText,
  type NewEntry,
  postingHash,
} from './entry.ts'
import { codesOf } from './entry-kind.ts'
import { type Head, lockJournal } from './lock-journal.ts'
import { readLastIssued } from './posting-period.ts'
import { projectPosting } from './project-posting.ts'

/**
 * Books entries of one provider together and brings its statements up to date, in one transaction.
 *
 * Gives the posting's id and instant, how many entries are new, and `replayed` when all of them
 * were booked before: the same key with the same body changes nothing.
 * Refuses, and books nothing: `key-conflict` when a key is known with another body;
 * `month-issued` when an entry is for an issued month. An `opening` stands before its month and is
 * taken even then.
 * Throws when an amount is not above zero, both sides are one, or a key is given twice.
 */
export async function post(
  ctx: Context,
  input: { providerId: number; author: string; entries: readonly NewEntry[] },
) {
  return ctx.sql.transaction(async (sql) => {
    const tx = { ...ctx, sql }
    const bodies = input.entries.map(entryBody).sort(byKey)
    assertSound(bodies)
    const head = await lockJournal(tx, input.providerId)
    const known = await readKnown(tx, bodies)
    const conflict = bodies.find((body) => {
      const stored = known.get(keyText(body))
      return stored && canonicalEntry(stored) !== canonicalEntry(body)
    })
    if (conflict) return refuse('key-conflict', { key: keyText(conflict) })
    const fresh = known.size === 0 ? bodies : bodies.filter((body) => !known.has(keyText(body)))
    if (fresh.length === 0) return accept({ postingId: null, booked: 0, replayed: true })
    const late = await findIssued(tx, input.providerId, fresh)
    if (late) return refuse('month-issued', { key: keyText(late) })
    const postingId = await append(tx, input, head, fresh)
    await projectPosting(tx, postingId)
    return accept({ postingId, booked: fresh.length, replayed: false })
  })
}

function assertSound(bodies: readonly EntryBody[]): void {
  for (const [index, body] of bodies.entries()) {
    if (body.amount <= 0n) throw new RangeError(`amount of ${keyText(body)} is not above zero`)
    if (body.from_id === body.to_id) throw new RangeError(`${keyText(body)} moves to where it was`)
    const next = bodies[index + 1]
    if (next && keyText(next) === keyText(body)) throw new RangeError(`${keyText(body)} is twice`)
  }
}

// Under the lock: whoever chose the month before somebody issued it is told so.
async function findIssued(
  ctx: Context,
  providerId: number,
  entries: readonly EntryBody[],
): Promise<EntryBody | undefined> {
  const lastIssued = await readLastIssued(ctx, providerId)
  if (lastIssued === null) return undefined
  const opens = codesOf('opening')
  return entries.find(({ kind, period }) => period <= lastIssued && !opens.includes(kind))
}

async function readKnown(ctx: Context, bodies: readonly EntryBody[]) {
  const rows = await ctx.sql.many<EntryRow>`
    select e.* from unnest(${bodies.map((b) => b.source_kind)}::int2[],
      ${bodies.map((b) => b.source_id)}::int8[], ${bodies.map((b) => b.line)}::int2[],
      ${bodies.map((b) => b.period)}::int4[]) as k (source_kind, source_id, line, period)
    join entry e using (source_kind, source_id, line, period)`
  return new Map(rows.map((row) => [keyText(row), row]))
}

async function append(
  ctx: Context,
  input: { providerId: number; author: string },
  head: Head,
  entries: readonly EntryBody[],
): Promise<bigint> {
  const { author, providerId } = input
  const bookedAt = head.booked_at
  const manifest = Buffer.concat(entries.map((entry) => entryDigest(entry, bookedAt)))
  const previousHash = head.last_hash
  const hash = postingHash({ previousHash, providerId, bookedAt, author, manifest })
  const { id } = await ctx.sql.one<{ id: bigint }>`
    insert into posting
      (provider_id, booked_at, author, entry_count, previous_hash, manifest, hash)
    values (${providerId}, ${bookedAt}, ${author}, ${entries.length}, ${previousHash},
      ${manifest}, ${hash})
    returning id`
  await insertEntries(ctx, id, bookedAt, entries)
  await ctx.sql.run`
    update journal set last_posting_id = ${id}, last_hash = ${hash}, watermark = ${bookedAt},
      known_until = greatest(known_until, least(${latestDay(entries)}::date,
        (${bookedAt}::timestamptz at time zone ${ctx.zone})::date))
    where provider_id = ${providerId}`
  return id
}

// A day that has not come yet says nothing about what is known.
function latestDay(entries: readonly EntryBody[]): PlainDate | null {
  return entries.reduce<PlainDate | null>(
    (latest, { effective_on: day }) => (latest === null || day > latest ? day : latest),
    null,
  )
}

async function insertEntries(
  ctx: Context,
  postingId: bigint,
  bookedAt: Date,
  entries: readonly EntryBody[],
): Promise<void> {
  const columns = {
    posting_id: 'int8',
    ordinal: 'int4',
    kind: 'int2',
    from_id: 'int4',
    to_id: 'int4',
    amount: 'int8',
    effective_on: 'date',
    period: 'int4',
    booked_at: 'timestamptz',
    source_kind: 'int2',
    source_id: 'int8',
    line: 'int2',
    about_period: 'int4',
    reverses_id: 'int8',
    reason: 'text',
  }
  const rows = entries.map((e, index) => [
    postingId,
    index + 1,
    e.kind,
    e.from_id,
    e.to_id,
    e.amount,
    e.effective_on,
    e.period,
    bookedAt,
    e.source_kind,
    e.source_id,
    e.line,
    e.about_period,
    e.reverses_id,
    e.reason,
  ])
  await bulkInsert(ctx.sql, 'entry', columns, rows)
}
