import { type Context } from '../../context.ts'
import { bulkInsert } from '../../db/bulk-insert.ts'
import { addMonths, type Period } from '../../period.ts'
import { type News, readNews } from './read-news.ts'
import { LOOK_BACK_MONTHS } from './wanted.ts'

/** Past months of an account to charge again, and why: `late-reading,tariff`. */
export type Noted = { from: Period; reason: string }

/**
 * A fact has its instant before its transaction ends: one recorded so long before the last run may not
 * have been there for it to see. Rating a month again for nothing changes nothing.
 */
const COMMITS_WITHIN_MINUTES = 10

type Asked = { providerId: number; month: Period; until: Date; accountId?: number }

/**
 * Accounts, or the one given, with facts about past months that came after those were charged and until
 * an instant, by account: from which month and of what kind. Empty while no month charged here is issued.
 */
export async function findReratings(
  ctx: Context,
  { accountId, month, providerId, until }: Asked,
): Promise<Map<number, Noted>> {
  const last = await ctx.sql.maybe<{ id: number; since: Date; first: Period }>`
    select r.id, r.as_of - make_interval(mins => ${COMMITS_WITHIN_MINUTES}::int4) as since,
      p.charged_from as first
    from run r join provider p on p.id = r.provider_id
    where r.provider_id = ${providerId} and r.state = 'posted' and r.period < ${month}
    order by r.period desc limit 1`
  if (!last) return new Map()
  const oldest = addMonths(month, -LOOK_BACK_MONTHS)
  const first = last.first > oldest ? last.first : oldest
  const window = { providerId, month, since: last.since, until, lastRunId: last.id }
  return byAccount(await readNews(ctx, { ...window, accountId: accountId ?? null }), first)
}

/** Notes for a run which accounts it charges again. */
export async function noteReratings(
  tx: Context,
  run: { runId: number; providerId: number; month: Period; asOf: Date },
): Promise<void> {
  const { asOf, month, providerId, runId } = run
  const noted = await findReratings(tx, { providerId, month, until: asOf })
  const columns = { run_id: 'int4', account_id: 'int4', from_period: 'int4', reason: 'text' }
  const rows = [...noted].map(([accountId, { from, reason }]) => [runId, accountId, from, reason])
  await bulkInsert(tx.sql, 'run_rerating', columns, rows)
}

function byAccount(news: readonly News[], first: Period): Map<number, Noted> {
  const accounts = new Map<number, { from: Period; reasons: Set<string> }>()
  for (const { accountId, from, reason } of news) {
    const known = accounts.get(accountId)
    if (!known) accounts.set(accountId, { from, reasons: new Set([reason]) })
    else {
      if (from < known.from) known.from = from
      known.reasons.add(reason)
    }
  }
  return new Map(
    [...accounts].map(([accountId, { from, reasons }]) => [
      accountId,
      { from: from > first ? from : first, reason: [...reasons].sort().join() },
    ]),
  )
}
