import { type Context } from '../../context.ts'
import { type Period } from '../../period.ts'
import { accept, refuse } from '../../result.ts'
import { type RunRow } from './run-row.ts'

/** A run and how far it is. A dropped one has no chunks any more. */
export type RunSummary = {
  id: number
  providerCode: string
  month: Period
  kind: RunRow['kind']
  state: RunRow['state']
  /** Facts learnt later are not in it. */
  asOf: Date
  author: string
  createdAt: Date
  finishedAt: Date | null
  chunks: number
  chunksDone: number
  accounts: number
  accountsDone: number
  lines: number
  /** What it found wrong with accounts; of these, accounts it left out. */
  lints: number
  leftOut: number
}

/** The run of this id with its progress, or null. */
export async function findRun(ctx: Context, runId: number): Promise<RunSummary | null> {
  const [run] = await readSummaries(ctx, { runId, providerId: null, limit: 1 })
  return run ?? null
}

/**
 * The last runs of a provider with their progress, drafts and trials, the newest first.
 * Refuses: `provider-not-found`.
 */
export async function readRuns(ctx: Context, input: { providerCode: string; limit: number }) {
  const { limit, providerCode } = input
  const provider = await ctx.sql.maybe<{ id: number }>`
    select id from provider where code = ${providerCode}`
  if (!provider) return refuse('provider-not-found')
  return accept(await readSummaries(ctx, { runId: null, providerId: provider.id, limit }))
}

function readSummaries(
  ctx: Context,
  wanted: { runId: number | null; providerId: number | null; limit: number },
): Promise<RunSummary[]> {
  const { limit, providerId, runId } = wanted
  return ctx.sql.many<RunSummary>`
    select r.id, p.code as "providerCode", r.period as month, r.kind, r.state, r.as_of as "asOf",
      r.author, r.created_at as "createdAt", r.finished_at as "finishedAt", c.*, l.*
    from (
      select * from run where id = ${runId} or provider_id = ${providerId}
      order by id desc limit ${limit}
    ) r
    join provider p on p.id = r.provider_id
    cross join lateral (
      select count(*)::int4 as chunks,
        (count(*) filter (where state = 'done'))::int4 as "chunksDone",
        coalesce(sum(accounts), 0)::int4 as accounts,
        coalesce(sum(accounts) filter (where state = 'done'), 0)::int4 as "accountsDone",
        coalesce(sum(lines), 0)::int4 as lines
      from run_chunk where run_id = r.id
    ) c
    cross join lateral (
      select count(*)::int4 as lints,
        (count(distinct account_id) filter (where blocks))::int4 as "leftOut"
      from run_lint where run_id = r.id
    ) l
    order by r.id desc`
}
