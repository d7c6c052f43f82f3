import { checkMonth } from '../../../core/billing/check-month.ts'
import { issueMonths } from '../../../core/billing/issue-months.ts'
import { findRun } from '../../../core/billing/run/read-runs.ts'
import { startMonthRun } from '../../../core/billing/run/start-run.ts'
import { workOnRun } from '../../../core/billing/run/work-on-run.ts'
import { type Context } from '../../../core/context.ts'
import { SOURCES } from '../../../core/ledger/entry.ts'
import { type Period } from '../../../core/period.ts'
import { setTimeout as sleep } from 'node:timers/promises'
import { PROVIDER_CODE, PROVIDER_ID } from './seed-town.ts'

/** The steps of a month, in their order; each may be begun again whatever became of it. */
export const STEPS = ['draft', 'work', 'issue'] as const
export type Step = (typeof STEPS)[number]

const AUTHOR = 'soak'
/** A chunk whose worker was killed is free again when the server has noticed. */
const LOOK_AGAIN_MS = 50

/** Does a step of the month to its end; `told` hears of every chunk. Throws when it is refused. */
export async function doStep(
  ctx: Context,
  { month, step }: { month: Period; step: Step },
  told: () => void = () => {},
): Promise<void> {
  if (step === 'draft') await draft(ctx, month)
  else if (step === 'work') await work(ctx, month, told)
  else await issue(ctx, month)
}

async function draft(ctx: Context, month: Period): Promise<void> {
  const of = { providerCode: PROVIDER_CODE, month, author: AUTHOR }
  const started = await startMonthRun(ctx, of)
  if (!started.ok) throw new Error(started.code)
}

async function work(ctx: Context, month: Period, told: () => void): Promise<void> {
  const { runId } = await ctx.sql.one<{ runId: number }>`
    select run_id as "runId" from billing_period
    where provider_id = ${PROVIDER_ID} and period = ${month}`
  for (;;) {
    await workOnRun(ctx, runId, { told })
    const run = await findRun(ctx, runId)
    if (run?.state !== 'computing') return
    await sleep(LOOK_AGAIN_MS)
  }
}

async function issue(ctx: Context, month: Period): Promise<void> {
  const of = { providerCode: PROVIDER_CODE, month, author: AUTHOR }
  const checked = await checkMonth(ctx, { ...of, leaveOut: true })
  if (!checked.ok && checked.code !== 'month-issued') throw new Error(checked.code)
  if (checked.ok && !checked.value.checked)
    throw new Error(`not checked: ${JSON.stringify(checked.value.lints.slice(0, 3))}`)
  const issued = await issueMonths(ctx, of)
  if (!issued.ok) throw new Error(issued.code)
}

/** What anybody sees of a month at one instant; `accrued` in kopecks. */
export type Seen = { issued: boolean; entries: number; accrued: bigint }

/** One statement, hence one instant. */
export function look(ctx: Context, month: Period): Promise<Seen> {
  return ctx.sql.one<Seen>`
    select
      exists (select 1 from billing_period where provider_id = ${PROVIDER_ID}
        and period = ${month} and state in ('issued', 'closed')) as issued,
      (select count(*)::int4 from entry
        where period = ${month} and source_kind = ${SOURCES.run}::int2) as entries,
      (select coalesce(sum(accrued), 0)::int8 from statement where period = ${month}) as accrued`
}
