import { setImmediate } from 'node:timers/promises'
import { type Context } from '../context.ts'
import { type NewEntry } from '../ledger/entry.ts'
import { post } from '../ledger/post.ts'

/** Entries of one posting: what is hashed and projected at a time. */
const POSTING_ENTRIES_MAX = 10_000

/** Books any number of entries of one provider. Throws when one is refused: the caller holds the provider. */
export async function bookEntries(
  ctx: Context,
  input: { providerId: number; author: string; entries: Iterable<NewEntry> },
): Promise<void> {
  const { author, providerId } = input
  const book = async (entries: NewEntry[]) => {
    if (entries.length === 0) return
    const posted = await post(ctx, { providerId, author, entries })
    if (!posted.ok) throw new Error(`entry ${posted.key}: ${posted.code}`)
    await setImmediate()
  }
  let piece: NewEntry[] = []
  for (const entry of input.entries) {
    piece.push(entry)
    if (piece.length < POSTING_ENTRIES_MAX) continue
    await book(piece)
    piece = []
  }
  await book(piece)
}

/** Ids that rows not yet inserted will have, so that their entries can be made first. */
export async function reserveIds(
  ctx: Context,
  table: 'charge' | 'payment' | 'import_batch',
  count: number,
): Promise<bigint[]> {
  const rows = await ctx.sql.many<{ id: bigint }>`
    select nextval(pg_get_serial_sequence(${table}, 'id')) as id
    from generate_series(1, ${count}::int4)`
  return rows.map((row) => row.id)
}
