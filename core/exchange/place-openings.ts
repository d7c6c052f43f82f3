import { type Context } from '../context.ts'
import { type NewEntry, SOURCES } from '../ledger/entry.ts'
import { movement } from '../ledger/movement.ts'
import { readLastIssued } from '../ledger/posting-period.ts'
import { reversalsOf } from '../ledger/reverse.ts'
import { type Kopecks, kopecks } from '../money.ts'
import { firstDay, type Period } from '../period.ts'
import { bookEntries } from './book-entries.ts'

type Placing = {
  agreementId: number
  /** The opening that stands now. */
  liveId: bigint | null
  livePeriod: Period | null
  live: Kopecks
  /** Where it should stand: the first charged month; null without charges. */
  period: Period | null
  amount: Kopecks
  /** Openings ever placed in that month: the line of the next one's key. */
  line: number
}

const AGREEMENTS_A_PIECE = 5000

/**
 * Makes each agreement start from what its provider claimed before the first charged month: one
 * `opening` of the asserted opening less what was booked for earlier months (payments that came
 * before the charges are already inside the claim). When earlier history arrives, or is undone, the
 * opening moves: the old one is taken back where it stood. An agreement without charges has none.
 *
 * Call when the charges of the change are stored and what it books for earlier months is booked.
 */
export async function placeOpenings(
  ctx: Context,
  input: { providerId: number; agreementIds: readonly number[]; author: string; reason: string },
): Promise<void> {
  const { author, providerId, reason } = input
  const distinct = [...new Set(input.agreementIds)]
  const lastIssued = await readLastIssued(ctx, providerId)
  for (let start = 0; start < distinct.length; start += AGREEMENTS_A_PIECE) {
    const piece = distinct.slice(start, start + AGREEMENTS_A_PIECE)
    const misplaced = (await readPlacings(ctx, piece)).filter(
      (row) => row.live !== row.amount || (row.live !== 0n && row.livePeriod !== row.period),
    )
    const entryIds = misplaced.flatMap((row) => (row.liveId === null ? [] : [row.liveId]))
    const taken = await reversalsOf(ctx, { entryIds, lastIssued, reason })
    const placed = misplaced.flatMap((row) => opening(row, providerId))
    await bookEntries(ctx, { providerId, author, entries: [...taken, ...placed] })
  }
}

function opening(row: Placing, providerId: number): NewEntry[] {
  const { agreementId, amount, line, period } = row
  const moved = movement('opening', { agreementId, providerId }, amount)
  if (!moved || period === null) return []
  return [
    {
      ...moved,
      effectiveOn: firstDay(period),
      period,
      source: 'opening',
      sourceId: BigInt(agreementId),
      line,
    },
  ]
}

async function readPlacings(ctx: Context, agreementIds: number[]): Promise<Placing[]> {
  const rows = await ctx.sql.many<Placing>`
    select w.id as "agreementId", live.id as "liveId", live.period as "livePeriod",
      coalesce(live.amount, 0)::int8 as live, first.period as period,
      (coalesce(first.opening - coalesce(earlier.closing, 0)
        + case when live.period < first.period then live.amount else 0 end, 0))::int8 as amount,
      coalesce(placed.count, 0)::int4 as line
    from unnest(${agreementIds}::int4[]) as w (id)
    left join lateral (
      select c.period, c.asserted_opening as opening from charge c
      where c.agreement_id = w.id and not c.reversed order by c.period limit 1
    ) first on true
    left join lateral (
      select s.closing from statement s
      where s.agreement_id = w.id and s.period < first.period order by s.period desc limit 1
    ) earlier on true
    left join lateral (
      select e.id, e.period, case when e.to_id = w.id then e.amount else -e.amount end as amount
      from entry e
      where e.source_kind = ${SOURCES.opening}::int2 and e.source_id = w.id
        and not exists (select 1 from entry r where r.reverses_id = e.id)
    ) live on true
    left join lateral (
      select count(*) from entry e
      where e.source_kind = ${SOURCES.opening}::int2 and e.source_id = w.id and e.period = first.period
    ) placed on true
    order by w.id`
  return rows.map((row) => ({ ...row, live: kopecks(row.live), amount: kopecks(row.amount) }))
}
