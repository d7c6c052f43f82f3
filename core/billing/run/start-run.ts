import { type Context } from '../../context.ts'
import { transaction } from '../../db/transaction.ts'
import { openJournal } from '../../ledger/open-journal.ts'
import { readLastIssued } from '../../ledger/posting-period.ts'
import { addMonths, dayIn, type Period, periodOf } from '../../period.ts'
import { accept, refuse } from '../../result.ts'
import { type Supposition } from '../../tariffs/read-rulebook.ts'
import { readFirstMonth } from '../first-month.ts'
import { noteReratings } from './find-reratings.ts'
import { chunkLock } from './work-on-run.ts'

/** Accounts computed in one transaction: what a kill can lose, and what memory holds. */
const CHUNK_ACCOUNTS = 500

/** A run that waits for workers. */
export type StartedRun = { runId: number; chunks: number; accounts: number }

/**
 * Starts the computation of a provider's month: what is known now is what it is charged by. A draft
 * that was made before is dropped. The work itself is `workOn`'s, by as many processes as there are.
 *
 * Refuses: `provider-not-found`; `charges-imported` when the provider's program charges that month;
 * `month-issued`; `earlier-month-open` while the month before is not issued; `month-not-over` for the
 * running month and later ones.
 */
export function startMonthRun(
  ctx: Context,
  input: { providerCode: string; month: Period; author: string },
) {
  const { author, month, providerCode } = input
  return transaction(ctx, async (tx) => {
    const provider = await lockProvider(tx, providerCode)
    if (!provider) return refuse('provider-not-found')
    if (provider.chargedFrom === null || month < provider.chargedFrom)
      return refuse('charges-imported')
    if (month >= periodOf(dayIn(tx.now(), tx.zone))) return refuse('month-not-over')
    const lastIssued = await readLastIssued(tx, provider.id)
    if (lastIssued !== null && month <= lastIssued) return refuse('month-issued')
    const next = lastIssued === null ? await readFirstMonth(tx, provider) : addMonths(lastIssued, 1)
    if (month !== next) return refuse('earlier-month-open', { next })
    await dropDrafts(tx, provider.id)
    const run = { providerId: provider.id, month, author, kind: 'month' as const }
    const { asOf, runId } = await insertRun(tx, run)
    await noteReratings(tx, { runId, providerId: provider.id, month, asOf })
    const started = await cutIntoChunks(tx, runId, provider.id)
    await tx.sql.run`
      insert into billing_period (provider_id, period, state, run_id)
      values (${provider.id}, ${month}, 'draft', ${runId})
      on conflict (provider_id, period) do update
        set state = 'draft', run_id = excluded.run_id, checked_at = null, checked_by = null`
    return accept(started)
  })
}

/**
 * Starts a trial: what would the month have cost, had other prices or rules been in force. Any month
 * that is charged here; nothing of it is ever posted.
 *
 * Refuses: `provider-not-found`; `charges-imported`; `month-not-over`.
 */
export function startTrial(
  ctx: Context,
  input: { providerCode: string; month: Period; author: string; suppose: Supposition },
) {
  const { author, month, providerCode, suppose } = input
  return transaction(ctx, async (tx) => {
    const provider = await lockProvider(tx, providerCode)
    if (!provider) return refuse('provider-not-found')
    if (provider.chargedFrom === null || month < provider.chargedFrom)
      return refuse('charges-imported')
    if (month >= periodOf(dayIn(tx.now(), tx.zone))) return refuse('month-not-over')
    const run = { providerId: provider.id, month, author, kind: 'trial' as const, suppose }
    const { runId } = await insertRun(tx, run)
    return accept(await cutIntoChunks(tx, runId, provider.id))
  })
}

function lockProvider(tx: Context, providerCode: string) {
  return tx.sql.maybe<{ id: number; chargedFrom: Period | null }>`
    select id, charged_from as "chargedFrom" from provider where code = ${providerCode} for update`
}

/** Drafts are of one month at a time: another one's lines would be of facts that are old by now. */
async function dropDrafts(tx: Context, providerId: number): Promise<void> {
  await tx.sql.run`select pg_advisory_xact_lock(hashtextextended(${chunkLock(tx, providerId)}, 0))`
  await tx.sql.run`
    update run set state = 'dropped'
    where provider_id = ${providerId} and kind = 'month' and state in ('computing', 'computed')`
  await tx.sql.run`
    delete from run_line where run_id in
      (select id from run where provider_id = ${providerId} and state = 'dropped')`
  await tx.sql.run`
    delete from run_chunk where run_id in
      (select id from run where provider_id = ${providerId} and state = 'dropped')`
  await tx.sql.run`
    delete from run_lint where run_id in
      (select id from run where provider_id = ${providerId} and state = 'dropped')`
  await tx.sql.run`
    delete from run_rerating where run_id in
      (select id from run where provider_id = ${providerId} and state = 'dropped')`
}

type NewRun = {
  providerId: number
  month: Period
  author: string
  kind: 'month' | 'trial'
  suppose?: Supposition
}

/** The instant it is as of is taken under the provider's posting lock: nothing is booked at it later. */
async function insertRun(tx: Context, run: NewRun): Promise<{ runId: number; asOf: Date }> {
  const { author, kind, month, providerId, suppose = null } = run
  await openJournal(tx, providerId)
  const { asOf } = await tx.sql.one<{ asOf: Date }>`
    update journal set watermark = greatest(watermark, ${tx.now()}) where provider_id = ${providerId}
    returning watermark as "asOf"`
  const supposed =
    suppose &&
    JSON.stringify(suppose, (_key, value: unknown) =>
      typeof value === 'bigint' ? value.toString() : value,
    )
  const { id } = await tx.sql.one<{ id: number }>`
    insert into run (provider_id, period, kind, state, as_of, author, suppose, created_at)
    values (${providerId}, ${month}, ${kind}, 'computing', ${asOf}, ${author},
      ${supposed}::jsonb, ${tx.now()}) returning id`
  return { runId: id, asOf }
}

export async function cutIntoChunks(
  tx: Context,
  runId: number,
  providerId: number,
): Promise<StartedRun> {
  const { accounts, chunks } = await tx.sql.one<{ chunks: number; accounts: number }>`
    with numbered as (
      select id, ((row_number() over (order by id) - 1) / ${CHUNK_ACCOUNTS}::int4)::int4 + 1 as no
      from account where provider_id = ${providerId}
    ), made as (
      insert into run_chunk (run_id, no, first_account, last_account, accounts)
      select ${runId}, no, min(id), max(id), count(*)::int4 from numbered group by no
      returning accounts
    )
    select count(*)::int4 as chunks, coalesce(sum(accounts), 0)::int4 as accounts from made`
  return { runId, chunks, accounts }
}
