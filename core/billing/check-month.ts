import { type Context } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { type Period } from '../period.ts'
import { accept, refuse } from '../result.ts'
import { findMonthLints, type MonthLint } from './month-lints.ts'

/** How many accounts a draft could not charge. */
export type CheckedMonth = { lints: MonthLint[]; leftOut: number; checked: boolean }

/**
 * Looks a month over before it is issued, and marks it `checked` when nothing stands against it.
 * Accounts the run could not charge stand against it until somebody says to leave them out: then they
 * are charged, for this month too, by the next run after their data are put right.
 *
 * Gives what was found, and whether the month is checked now.
 * Refuses: `provider-not-found`; `month-issued`; `not-drafted` when the month is charged here and no
 * draft is made; `run-unfinished` while the draft is being computed.
 */
export function checkMonth(
  ctx: Context,
  input: { providerCode: string; month: Period; author: string; leaveOut: boolean },
) {
  const { author, leaveOut, month, providerCode } = input
  return transaction(ctx, async (tx) => {
    const found = await findMonth(tx, providerCode, month)
    if (!found) return refuse('provider-not-found')
    const { chargedFrom, providerId, runId, runState, state } = found
    if (state === 'issued' || state === 'closed') return refuse('month-issued')
    const isCalculated = chargedFrom !== null && month >= chargedFrom
    if (isCalculated && runId === null) return refuse('not-drafted')
    if (isCalculated && runState !== 'computed') return refuse('run-unfinished')
    const lints = await findMonthLints(tx, {
      providerId,
      month,
      runId: isCalculated ? runId : null,
    })
    const leftOut = isCalculated ? await countLeftOut(tx, runId) : 0
    const stops = lints.some(
      ({ leftOut: isLeftOut, severity }) => severity === 'error' && !(leaveOut && isLeftOut),
    )
    const checked = !stops
    if (checked)
      await tx.sql.run`
        insert into billing_period (provider_id, period, state, checked_at, checked_by)
        values (${providerId}, ${month}, 'checked', ${tx.now()}, ${author})
        on conflict (provider_id, period) do update
          set state = 'checked', checked_at = excluded.checked_at, checked_by = excluded.checked_by`
    return accept<CheckedMonth>({ lints, leftOut, checked })
  })
}

type Found = {
  providerId: number
  chargedFrom: Period | null
  state: string | null
  runId: number | null
  runState: string | null
}

async function findMonth(tx: Context, providerCode: string, month: Period): Promise<Found | null> {
  // A statement of its own: the same one would see the month as it was before the wait for the lock.
  await tx.sql.run`select 1 from provider where code = ${providerCode} for update`
  return tx.sql.maybe<Found>`
    select p.id as "providerId", p.charged_from as "chargedFrom", b.state, b.run_id as "runId",
      r.state as "runState"
    from provider p
    left join billing_period b on b.provider_id = p.id and b.period = ${month}
    left join run r on r.id = b.run_id
    where p.code = ${providerCode}`
}

async function countLeftOut(tx: Context, runId: number | null): Promise<number> {
  const { count } = await tx.sql.one<{ count: number }>`
    select count(distinct account_id)::int4 as count from run_lint
    where run_id = ${runId} and blocks`
  return count
}
