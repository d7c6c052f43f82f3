import { type Context } from '../../../core/context.ts'
import { type Period } from '../../../core/period.ts'

/**
 * All that charging made of a month, as lines of text in a fixed order: run lines, findings, entries,
 * statements. Ids a database gives by itself are left out, so that two towns that know the same and
 * charged the same have equal text, however often either was interrupted.
 */
export async function dumpMonth(ctx: Context, month: Period): Promise<string[]> {
  const runs = await ctx.sql.many<{ id: number }>`
    select id from run where kind = 'month' and period = ${month} and state <> 'dropped' order by id`
  const parts = [
    ...(await Promise.all(runs.map(({ id }) => dumpRun(ctx, id)))),
    await dumpEntries(ctx, month),
    await dumpStatements(ctx, month),
  ]
  return parts.flat()
}

/** The lines and findings of one run. */
export async function dumpRun(ctx: Context, runId: number): Promise<string[]> {
  const lines = await ctx.sql.many<{ text: string }>`
    select 'line ' || row_to_json(l)::text as text from (
      select r.agreement_id, r.line, r.kind, r.method, r.amount, r.volume_e8, r.price_e8, r.zone,
        r.full_price, r.posted, r.about_period, r.reason, r.formula,
        (select concat_ws('/', e.source_kind, e.source_id, e.line, e.period) from entry e
          where e.id = r.reverses_id) as reverses
      from run_line r where r.run_id = ${runId} order by r.agreement_id, r.line) l`
  const lints = await ctx.sql.many<{ text: string }>`
    select 'lint ' || row_to_json(l)::text as text from (
      select chunk_no, account_id, agreement_id, code, blocks, details, since_period
      from run_lint where run_id = ${runId}
      order by account_id, agreement_id, code, details::text) l`
  const chunks = await ctx.sql.many<{ text: string }>`
    select 'chunk ' || row_to_json(c)::text as text from (
      select no, first_account, last_account, accounts, state, lines
      from run_chunk where run_id = ${runId} order by no) c`
  return [...chunks, ...lints, ...lines].map(({ text }) => text)
}

async function dumpEntries(ctx: Context, month: Period): Promise<string[]> {
  const entries = await ctx.sql.many<{ text: string }>`
    select 'entry ' || row_to_json(l)::text as text from (
      select e.source_kind, e.source_id, e.line, e.period, e.ordinal, e.kind, e.from_id, e.to_id,
        e.amount, e.effective_on, e.booked_at, e.about_period, e.reason,
        (select concat_ws('/', b.source_kind, b.source_id, b.line, b.period) from entry b
          where b.id = e.reverses_id) as reverses
      from entry e where e.period = ${month}
      order by e.source_kind, e.source_id, e.line) l`
  return entries.map(({ text }) => text)
}

async function dumpStatements(ctx: Context, month: Period): Promise<string[]> {
  const statements = await ctx.sql.many<{ text: string }>`
    select 'statement ' || row_to_json(s)::text as text from statement s
    where period = ${month} order by agreement_id`
  return statements.map(({ text }) => text)
}
