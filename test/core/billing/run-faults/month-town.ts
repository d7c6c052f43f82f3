import { checkMonth } from '../../../../core/billing/check-month.ts'
import { issueMonths } from '../../../../core/billing/issue-months.ts'
import { startMonthRun } from '../../../../core/billing/run/start-run.ts'
import { workOnRun } from '../../../../core/billing/run/work-on-run.ts'
import { type Context } from '../../../../core/context.ts'
import { addDays, addMonths, lastDay, type Period, period } from '../../../../core/period.ts'
import { loadProfile } from '../../../../core/tariffs/load-profile.ts'
import { addMonthPayments } from '../../../../scripts/soak/month/pay.ts'
import {
  addMonthFacts,
  PROVIDER_CODE,
  seedMonthTown,
} from '../../../../scripts/soak/month/seed-town.ts'
import { testTown, type TestTown } from '../../../support/town.ts'

const FIRST = period(202601)
/** Three chunks of five hundred. */
const ACCOUNTS = 1_100
export const CHUNKS = 3

/** A town that charges itself; `next` issues the month at hand and gives the one after it, over. */
export type MonthTown = TestTown & { next: () => Promise<Period> }

export async function monthTown(accounts = ACCOUNTS): Promise<MonthTown> {
  const town = await testTown({ now: '2026-01-01T08:00:00Z' })
  await loadProfile(town)
  await seedMonthTown(town, accounts, FIRST)
  let index = 0
  return {
    ...town,
    next: async () => {
      if (index > 0) await finish(town, addMonths(FIRST, index - 1))
      const month = addMonths(FIRST, index)
      index += 1
      town.clock.set(`${addDays(lastDay(month), 5)}T08:00:00Z`)
      await addMonthFacts(town, month, index)
      await addMonthPayments(town, month, index)
      town.clock.advance({ hours: 1 })
      return month
    },
  }
}

/** Starts a draft nobody works on yet, and gives the run. */
export async function start(ctx: Context, month: Period): Promise<number> {
  const started = await startMonthRun(ctx, of(month))
  if (!started.ok) throw new Error(started.code)
  return started.value.runId
}

/** Drafts the month and marks it checked; gives the run. */
export async function draftAndCheck(ctx: Context, month: Period): Promise<number> {
  const runId = await start(ctx, month)
  await workOnRun(ctx, runId)
  const checked = await checkMonth(ctx, { ...of(month), leaveOut: true })
  if (!checked.ok || !checked.value.checked) throw new Error(JSON.stringify(checked))
  return runId
}

export function issue(ctx: Context, month: Period) {
  return issueMonths(ctx, of(month))
}

export const of = (month: Period) => ({ providerCode: PROVIDER_CODE, month, author: 'test' })

async function finish(ctx: Context, month: Period): Promise<void> {
  const row = await ctx.sql.maybe<{ state: string }>`
    select state from billing_period where period = ${month}`
  if (row?.state === 'issued') return
  await draftAndCheck(ctx, month)
  const issued = await issue(ctx, month)
  if (!issued.ok) throw new Error(issued.code)
}
