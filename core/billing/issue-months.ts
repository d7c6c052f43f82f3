import { type Context } from '../context.ts'
import { openJournal } from '../ledger/open-journal.ts'
import { readLastIssued } from '../ledger/posting-period.ts'
import { addMonths, type Period, periodOf, dayIn } from '../period.ts'
import { accept, refuse } from '../result.ts'

/**
 * Issues every month of a provider up to and including `month`, from the first that holds entries.
 * Issued is final: whatever comes later for these months goes to the first one that is not issued.
 *
 * Gives the months issued now, oldest first (none when they were issued before).
 * Refuses: `provider-not-found`; `month-not-over` for the running month and later ones;
 * `nothing-to-issue` without entries up to then; `nothing-charged` when the provider's program sends
 * charges and those of the month have not come: issued is final.
 */
export async function issueMonths(ctx: Context, input: { providerCode: string; month: Period }) {
  const { month, providerCode } = input
  if (month >= periodOf(dayIn(ctx.now(), ctx.zone))) return refuse('month-not-over')
  return ctx.sql.transaction(async (sql) => {
    const provider = await sql.maybe<{ id: number }>`
      select id from provider where code = ${providerCode} for update`
    if (!provider) return refuse('provider-not-found')
    // Nobody posts into a month while it is being issued.
    await openJournal({ ...ctx, sql }, provider.id)
    await sql.run`select 1 from journal where provider_id = ${provider.id} for update`
    const last = await readLastIssued({ ...ctx, sql }, provider.id)
    const from =
      last === null ? await readFirstMonth({ ...ctx, sql }, provider.id) : addMonths(last, 1)
    if (from === null || (last === null && from > month)) return refuse('nothing-to-issue')
    if (from <= month && (await isUncharged({ ...ctx, sql }, provider.id, month)))
      return refuse('nothing-charged')
    const issued: Period[] = []
    for (let next = from; next <= month; next = addMonths(next, 1)) issued.push(next)
    await sql.run`
      insert into billing_period (provider_id, period, state, issued_at)
      select ${provider.id}, period, 'issued', ${ctx.now()}
      from unnest(${issued}::int4[]) as m (period)
      on conflict (provider_id, period) do update set state = 'issued', issued_at = excluded.issued_at`
    return accept({ months: issued })
  })
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

async function readFirstMonth(ctx: Context, providerId: number): Promise<Period | null> {
  const { first } = await ctx.sql.one<{ first: Period | null }>`
    select min(s.period) as first from statement s
    join agreement g on g.id = s.agreement_id
    join account a on a.id = g.account_id
    where a.provider_id = ${providerId}`
  return first
}
