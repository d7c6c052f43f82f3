import { type Context } from '../context.ts'
import { openJournal } from '../ledger/open-journal.ts'
import { readLastIssued } from '../ledger/posting-period.ts'
import { addMonths, type Period, periodOf, dayIn } from '../period.ts'
import { accept, refuse } from '../result.ts'
import { readFirstMonth } from './first-month.ts'
import { postRun } from './run/post-run.ts'
import { readRun } from './run/run-row.ts'

type Provider = { id: number; chargedFrom: Period | null }

/**
 * Issues every month of a provider up to and including `month`, from the first that holds entries.
 * Issued is final: whatever comes later for these months goes to the first one that is not issued. A
 * month charged here must be checked; its lines are booked in the same transaction, so nobody sees half.
 *
 * Gives the months issued now, oldest first (none when they were issued before).
 * Refuses: `provider-not-found`; `month-not-over` for the running month and later ones;
 * `nothing-to-issue` without entries up to then; `nothing-charged` when the provider's program sends
 * charges and those of the month have not come; `month-not-checked` (with `next`) when a month charged
 * here has not passed its check.
 */
export async function issueMonths(
  ctx: Context,
  input: { providerCode: string; month: Period; author?: string },
) {
  const { author = 'issue', month, providerCode } = input
  if (month >= periodOf(dayIn(ctx.now(), ctx.zone))) return refuse('month-not-over')
  return ctx.sql.transaction(async (sql) => {
    const tx = { ...ctx, sql }
    const provider = await sql.maybe<Provider>`
      select id, charged_from as "chargedFrom" from provider where code = ${providerCode} for update`
    if (!provider) return refuse('provider-not-found')
    // Nobody posts into a month while it is being issued.
    await openJournal(tx, provider.id)
    await sql.run`select 1 from journal where provider_id = ${provider.id} for update`
    const last = await readLastIssued(tx, provider.id)
    const from = last === null ? await readFirstMonth(tx, provider) : addMonths(last, 1)
    if (from === null || (last === null && from > month)) return refuse('nothing-to-issue')
    const { chargedFrom } = provider
    if (chargedFrom !== null && from <= month && month >= chargedFrom)
      return issueCharged(tx, { providerId: provider.id, from, month, author, chargedFrom })
    if (from <= month && (await isUncharged(tx, provider.id, month)))
      return refuse('nothing-charged')
    return accept({
      months: await markIssued(tx, { providerId: provider.id, from, month, author }),
    })
  })
}

type Issue = { providerId: number; from: Period; month: Period; author: string }

/** Months charged here go one by one: each is computed from what the one before left. */
async function issueCharged(tx: Context, issue: Issue & { chargedFrom: Period }) {
  const { author, chargedFrom, from, month, providerId } = issue
  if (from < month)
    return refuse('month-not-checked', { next: from < chargedFrom ? chargedFrom : from })
  const row = await tx.sql.maybe<{ runId: number | null }>`
    select run_id as "runId" from billing_period
    where provider_id = ${providerId} and period = ${month} and state = 'checked'`
  const run = row?.runId == null ? null : await readRun(tx, row.runId)
  if (run?.state !== 'computed') return refuse('month-not-checked', { next: month })
  await postRun(tx, run, author)
  return accept({ months: await markIssued(tx, issue) })
}

async function markIssued(tx: Context, { author, from, month, providerId }: Issue) {
  const issued: Period[] = []
  for (let next = from; next <= month; next = addMonths(next, 1)) issued.push(next)
  await tx.sql.run`
    insert into billing_period (provider_id, period, state, issued_at, issued_by)
    select ${providerId}, period, 'issued', ${tx.now()}, ${author}
    from unnest(${issued}::int4[]) as m (period)
    on conflict (provider_id, period) do update
      set state = 'issued', issued_at = excluded.issued_at, issued_by = excluded.issued_by`
  return issued
}

// Of a provider whose program sends charges; one that never sent any has none to wait for.
async function isUncharged(ctx: Context, providerId: number, month: Period): Promise<boolean> {
  const { ever, then } = await ctx.sql.one<{ ever: boolean; then: boolean }>`
    select count(*) > 0 as ever, coalesce(bool_or(c.period = ${month}), false) as then
    from charge c
    join agreement g on g.id = c.agreement_id
    join account a on a.id = g.account_id
    where a.provider_id = ${providerId} and not c.reversed`
  return ever && !then
}
