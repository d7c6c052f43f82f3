import { randomBytes } from 'node:crypto'
import { checkMonth } from '../../core/billing/check-month.ts'
import { issueMonths } from '../../core/billing/issue-months.ts'
import { startMonthRun } from '../../core/billing/run/start-run.ts'
import { workOnRun } from '../../core/billing/run/work-on-run.ts'
import { now } from '../../core/clock.ts'
import { type Context } from '../../core/context.ts'
import { type Database } from '../../core/db/open-town.ts'
import { type Period } from '../../core/period.ts'
import { openLog } from '../../log.ts'
import { type Measured, measure } from './measured.ts'
import { afterMonth, PROVIDER } from './seed-month.ts'

/** A step of a month; `runId` is what `start` gave. */
export type StepRequest = {
  step: 'start' | 'work' | 'check' | 'issue'
  month: Period
  runId: number
}

/** The bench's town: its clock is set by what is done. */
export function benchContext({ schema, sql }: Database): Context {
  return {
    ...{ schema, sql, country: 'ua', currency: 'UAH', zone: 'Europe/Kyiv' },
    ...{ now, log: openLog('error'), random: (bytes) => randomBytes(bytes) },
  }
}

/** Does a step, measured, two days after its month. Throws when it is refused. */
export function doStep(
  ctx: Context,
  request: StepRequest,
): Promise<{ answer: number; took: Measured }> {
  return measure(afterMonth(ctx, request.month), (timed) => STEPS[request.step](timed, request))
}

type Step = (ctx: Context, request: StepRequest) => Promise<number>
const OF_PROVIDER = { providerCode: PROVIDER, author: 'bench' }

const STEPS: Record<StepRequest['step'], Step> = {
  async start(ctx, { month }) {
    const started = await startMonthRun(ctx, { ...OF_PROVIDER, month })
    if (!started.ok) throw new Error(`the draft was refused: ${started.code}`)
    return started.value.runId
  },
  work: (ctx, { runId }) => workOnRun(ctx, runId),
  async check(ctx, { month }) {
    const checked = await checkMonth(ctx, { ...OF_PROVIDER, month, leaveOut: false })
    if (!checked.ok) throw new Error(`the check was refused: ${checked.code}`)
    const { checked: isChecked, lints } = checked.value
    if (!isChecked) throw new Error(`the month has faults: ${JSON.stringify(lints.slice(0, 3))}`)
    return lints.length
  },
  async issue(ctx, { month }) {
    const issued = await issueMonths(ctx, { ...OF_PROVIDER, month })
    if (!issued.ok) throw new Error(`the issue was refused: ${issued.code}`)
    return issued.value.months.length
  },
}
