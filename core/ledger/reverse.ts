import { type Context } from '../context.ts'
import { kopecks } from '../money.ts'
import { addMonths, type Period } from '../period.ts'
import { type EntryRow, type NewEntry } from './entry.ts'
import { codesOf } from './entry-kind.ts'

/**
 * The entries that take others back: the original's sides swapped, linked to it, key (`reversal`,
 * the original's id). They count on the original's day, in the original's month while it is not
 * issued, else in the open one. An `opening` is taken back where it stands, before its month.
 * Post them with `post`; entries already reversed are left out.
 */
export async function reversalsOf(
  ctx: Context,
  input: { entryIds: readonly bigint[]; lastIssued: Period | null; reason: string },
): Promise<NewEntry[]> {
  const originals = await ctx.sql.many<EntryRow>`
    select e.* from entry e
    where e.id = any(${input.entryIds}::int8[])
      and not exists (select 1 from entry r where r.reverses_id = e.id)
    order by e.id`
  return originals.map((original) => reversal(original, input.lastIssued, input.reason))
}

function reversal(original: EntryRow, lastIssued: Period | null, reason: string): NewEntry {
  const period = original.period as Period
  const stays = codesOf('opening').includes(original.kind) || lastIssued === null
  return {
    kind: original.kind,
    from: original.to_id,
    to: original.from_id,
    amount: kopecks(original.amount),
    effectiveOn: original.effective_on,
    period: stays || period > lastIssued ? period : addMonths(lastIssued, 1),
    aboutPeriod: (original.about_period ?? period) as Period,
    source: 'reversal',
    sourceId: original.id,
    line: 0,
    reversesId: original.id,
    reason,
  }
}
