import { checkMonth } from '../../../core/billing/check-month.ts'
import { issueMonths } from '../../../core/billing/issue-months.ts'
import { startMonthRun } from '../../../core/billing/run/start-run.ts'
import { workOnRun } from '../../../core/billing/run/work-on-run.ts'
import { type Context } from '../../../core/context.ts'
import { type Period, period } from '../../../core/period.ts'
import { loadProfile } from '../../../core/tariffs/load-profile.ts'
import { AUTHOR, type DemoFile, importDemoFiles, isDemoTown } from '../../demo-town.ts'
import { recordAutumn, recordHouseholds, recordParticipants } from './facts.ts'
import { UTILITY } from './town.ts'

/** The last month of the program that charged before; from the next one the town charges itself. */
const LAST_IMPORTED = period(202607)
const CHARGED_FROM = period(202608)
const LAST_MONTH = period(202610)

type Step = {
  /** When it happened: the files end in autumn, whenever the demo is started. */
  at: Date
  files: readonly DemoFile[]
  /** What staff recorded then. */
  record?: (ctx: Context) => Promise<void>
  /** What became of the month before. */
  end?: (ctx: Context) => Promise<string>
}

const STEPS: readonly Step[] = [
  {
    at: new Date('2026-07-20T09:00:00Z'),
    files: [
      { kind: 'providers', file: 'providers.csv' },
      { kind: 'services', file: 'services.csv' },
      { kind: 'tariffs', file: 'tariffs.csv', provider: UTILITY },
      { kind: 'accounts', file: 'accounts.csv' },
      { kind: 'rules', file: 'rules.csv' },
      { kind: 'calendar', file: 'calendar.csv' },
      { kind: 'meters', file: 'meters.csv' },
    ],
    async record(ctx) {
      await recordParticipants(ctx)
      await recordHouseholds(ctx)
    },
  },
  {
    at: new Date('2026-08-05T09:00:00Z'),
    files: [
      { kind: 'charges', file: 'charges-2026-07.csv' },
      { kind: 'readings', file: 'readings-2026-07.csv' },
    ],
    async end(ctx) {
      const issued = await issue(ctx, LAST_IMPORTED)
      await ctx.sql.run`
        update provider set charged_from = ${CHARGED_FROM}
        where code = ${UTILITY} and charged_from is null`
      return issued
    },
  },
  {
    at: new Date('2026-09-05T09:00:00Z'),
    files: [
      { kind: 'readings', file: 'readings-2026-08.csv' },
      { kind: 'payments', file: 'payments-2026-08.csv' },
    ],
    end: (ctx) => charge(ctx, CHARGED_FROM),
  },
  {
    at: new Date('2026-10-05T09:00:00Z'),
    files: [
      { kind: 'readings', file: 'readings-2026-09.csv' },
      { kind: 'payments', file: 'payments-2026-09.csv' },
    ],
    record: recordAutumn,
    end: (ctx) => charge(ctx, period(202609)),
  },
  {
    at: new Date('2026-11-05T09:00:00Z'),
    files: [
      { kind: 'readings', file: 'readings-2026-10.csv' },
      { kind: 'house-volumes', file: 'house-volumes-2026-10.csv' },
      { kind: 'volumes', file: 'volumes-2026-10.csv' },
      { kind: 'payments', file: 'payments-2026-10.csv' },
    ],
    end: (ctx) => charge(ctx, LAST_MONTH),
  },
]

/**
 * Fills a town without providers with a Belarusian one, month by month: its first bills come from
 * another program, the later ones are charged, checked and issued here. Goes on where it was
 * interrupted; leaves any other town alone. `log` gets a line a step. Gives whether it had something to
 * do. Throws when a file or a fact is refused.
 */
export async function loadLorien(ctx: Context, log: (line: string) => void): Promise<boolean> {
  if (!(await isDemoTown(ctx)) || (await isComplete(ctx))) return false
  for (const [index, { at, end, files, record }] of STEPS.entries()) {
    const then = { ...ctx, now: () => at }
    if (index === 0) await knowCountry(then)
    await importDemoFiles(then, { folder: import.meta.dirname, files, log })
    await record?.(then)
    if (end) log(await end(then))
  }
  return true
}

// The town opened today, but its past months were charged by the law of their time.
async function knowCountry(ctx: Context): Promise<void> {
  await loadProfile(ctx)
  await ctx.sql.run`
    update rule set recorded_at = ${ctx.now()}
    where recorded_at > ${ctx.now()} and retired_at is null
      and num_nonnulls(provider_id, service_id, house_id, account_id) = 0`
}

/** Charges, checks and issues a month. Throws when something stands against it. */
async function charge(ctx: Context, month: Period): Promise<string> {
  const asked = { providerCode: UTILITY, month, author: AUTHOR }
  const started = await startMonthRun(ctx, asked)
  if (!started.ok && started.code === 'month-issued') return `${month}: issued before`
  if (!started.ok) throw new Error(`${month}: ${JSON.stringify(started)}`)
  await workOnRun(ctx, started.value.runId)
  const checked = await checkMonth(ctx, { ...asked, leaveOut: false })
  if (!checked.ok) throw new Error(`${month}: ${JSON.stringify(checked)}`)
  if (!checked.value.checked) throw new Error(`${month}: ${JSON.stringify(checked.value.lints)}`)
  return issue(ctx, month)
}

async function issue(ctx: Context, month: Period): Promise<string> {
  const issued = await issueMonths(ctx, { providerCode: UTILITY, month, author: AUTHOR })
  if (!issued.ok) throw new Error(`${month}: ${JSON.stringify(issued)}`)
  return `${month}: ${issued.value.months.length} months issued`
}

async function isComplete(ctx: Context): Promise<boolean> {
  const { complete } = await ctx.sql.one<{ complete: boolean }>`
    select exists (select 1 from billing_period b join provider p on p.id = b.provider_id
      where p.code = ${UTILITY} and b.period = ${LAST_MONTH} and b.state in ('issued', 'closed'))
      as complete`
  return complete
}
