import { chargeHere } from '../core/billing/charge-here.ts'
import { checkMonth } from '../core/billing/check-month.ts'
import { closeMonth } from '../core/billing/close-month.ts'
import { compareMonths } from '../core/billing/compare-months.ts'
import { compareTrial } from '../core/billing/compare-trial.ts'
import { explainMonth } from '../core/billing/explain/explain-month.ts'
import { findAgreementsOf } from '../core/billing/explain/find-agreements.ts'
import { readMonths } from '../core/billing/read-months.ts'
import { findRun, readRuns } from '../core/billing/run/read-runs.ts'
import { startMonthRun, startTrial } from '../core/billing/run/start-run.ts'
import { supposePrices } from '../core/billing/run/suppose-prices.ts'
import { type Context } from '../core/context.ts'
import { type ControlOutput } from '../core/db/control-channel.ts'
import { issueAndTell } from '../core/notices/issue-and-tell.ts'
import { refuse } from '../core/result.ts'
import { comparisonView, lintView, runView, trialView } from '../api/v1/charging-schemas.ts'
import { explainedView } from '../api/v1/explanations.ts'
import { type Asked, type AskedOf, readArgs, USAGE } from './month/args.ts'
import { finishRun } from './month/finish-run.ts'
import {
  comparisonWords,
  explanationWords,
  lintsWords,
  monthsWords,
  progressWords,
  runsWords,
  runWords,
  shown,
  trialWords,
} from './month/words.ts'

const DONE = 0
const REFUSED = 1
const WRONG_USAGE = 2
const AUTHOR = 'command line'

type Refusal = { ok: false; code: string }
/** `json` is what a program gets, `words` what a person reads; `passed` is false for a check that stops. */
type Answer = { ok: true; json: object; words: string; passed?: boolean }

/**
 * Takes a provider's month from draft to issue, and tells about it: see the usage. Gives 0, 1 when it is
 * refused or a check does not pass, 2 for arguments it does not know.
 */
export async function runMonth(
  ctx: Context,
  argv: readonly string[],
  io: ControlOutput,
): Promise<number> {
  const asked = readArgs(argv)
  if (!asked) {
    io.err(USAGE)
    return WRONG_USAGE
  }
  const answer = await answerTo(ctx, asked, io)
  if (!answer.ok) {
    const { ok: _ok, ...refusal } = answer
    const { code, ...details } = refusal
    const told = Object.entries(details).map(([name, value]) => ` ${name} ${String(value)}`)
    io.err(asked.json ? `${JSON.stringify(refusal)}\n` : `${code}${told.join('')}\n`)
    return REFUSED
  }
  io.out(asked.json ? `${JSON.stringify(answer.json)}\n` : answer.words)
  return answer.passed === false ? REFUSED : DONE
}

function answerTo(ctx: Context, asked: Asked, io: ControlOutput): Promise<Answer | Refusal> {
  switch (asked.command) {
    case 'list':
      return list(ctx, asked)
    case 'charge-here':
      return takeOver(ctx, asked)
    case 'draft':
      return draft(ctx, asked, io)
    case 'work':
      return finish(ctx, asked.run, asked, io)
    case 'check':
      return check(ctx, asked)
    case 'compare':
      return 'run' in asked ? showTrial(ctx, asked.run, asked.limit) : compare(ctx, asked)
    case 'issue':
      return issue(ctx, asked)
    case 'close':
      return close(ctx, asked)
    case 'trial':
      return trial(ctx, asked, io)
    case 'explain':
      return explain(ctx, asked)
    case 'runs':
      return listRuns(ctx, asked)
  }
}

async function list(ctx: Context, { provider }: AskedOf<'list'>) {
  const read = await readMonths(ctx, provider)
  return read.ok ? told(read.value, monthsWords(read.value)) : read
}

async function takeOver(ctx: Context, { from, provider: providerCode }: AskedOf<'charge-here'>) {
  const done = await chargeHere(ctx, { providerCode, from })
  return done.ok ? told(done.value, `charged here from ${shown(from)}\n`) : done
}

async function draft(ctx: Context, asked: AskedOf<'draft'>, io: ControlOutput) {
  const { month, provider: providerCode } = asked
  const started = await startMonthRun(ctx, { providerCode, month, author: AUTHOR })
  return started.ok ? finish(ctx, started.value.runId, asked, io) : started
}

async function finish(ctx: Context, runId: number, { json }: Asked, io: ControlOutput) {
  const run = await finishRun(ctx, runId, (now) => {
    if (!json) io.err(progressWords(now))
  })
  if (!run) return refuse('run-not-found')
  if (run.state === 'dropped') return refuse('run-dropped')
  return told(runView(run), runWords(run))
}

async function check(ctx: Context, asked: AskedOf<'check'>): Promise<Answer | Refusal> {
  const { 'leave-out': leaveOut, month, provider: providerCode } = asked
  const done = await checkMonth(ctx, { providerCode, month, author: AUTHOR, leaveOut })
  if (!done.ok) return done
  const { checked, leftOut, lints } = done.value
  const left = leftOut > 0 ? `; accounts left out: ${leftOut}` : ''
  const words = `${lintsWords(lints)}${shown(month)} ${checked ? 'checked' : 'not checked'}${left}\n`
  const json = { checked, leftOut, lints: lints.map(lintView) }
  return { ...told(json, words), passed: checked }
}

async function compare(ctx: Context, asked: Extract<AskedOf<'compare'>, { month: unknown }>) {
  const { limit, month, provider: providerCode } = asked
  const compared = await compareMonths(ctx, { providerCode, month, limit })
  if (!compared.ok) return compared
  return told(comparisonView(compared.value), comparisonWords(compared.value))
}

async function issue(ctx: Context, { month, provider: providerCode }: AskedOf<'issue'>) {
  const issued = await issueAndTell(ctx, { providerCode, month, author: AUTHOR })
  if (!issued.ok) return issued
  const { months, told: notices } = issued.value
  const words =
    months.length === 0
      ? `${shown(month)} was issued before\n`
      : `issued ${months.map(shown).join(', ')}; told ${notices}\n`
  return told(issued.value, words)
}

async function close(ctx: Context, { month, provider: providerCode }: AskedOf<'close'>) {
  const closed = await closeMonth(ctx, { providerCode, month })
  if (!closed.ok) return closed
  const words = closed.value.closed ? 'closed' : 'was closed before'
  return told(closed.value, `${shown(month)} ${words}\n`)
}

async function trial(ctx: Context, asked: AskedOf<'trial'>, io: ControlOutput) {
  const { from, limit, month, provider: providerCode, tariff } = asked
  const supposed = await supposePrices(ctx, { providerCode, month, prices: tariff, fromDay: from })
  if (!supposed.ok) return supposed
  const wanted = { providerCode, month, author: AUTHOR, suppose: supposed.value }
  const started = await startTrial(ctx, wanted)
  if (!started.ok) return started
  const finished = await finish(ctx, started.value.runId, asked, io)
  return finished.ok ? showTrial(ctx, started.value.runId, limit) : finished
}

async function showTrial(ctx: Context, runId: number, limit: number) {
  const run = await findRun(ctx, runId)
  if (!run) return refuse('run-not-found')
  const compared = await compareTrial(ctx, { runId, limit })
  if (!compared.ok) return compared
  return told(trialView(run, compared.value), `run ${runId}, ${trialWords(compared.value)}`)
}

async function explain(ctx: Context, asked: AskedOf<'explain'>) {
  const { account: number, month, provider: providerCode, service } = asked
  const found = await findAgreementsOf(ctx, { providerCode, number, service })
  if (!found.ok) return found
  const { accountId, agreements } = found.value
  const views: object[] = []
  let words = ''
  for (const agreement of agreements) {
    const explained = await explainMonth(ctx, { agreementId: agreement.id, month })
    if (!explained.ok) continue
    views.push(explainedView(agreement, explained.value))
    words += explanationWords(agreement, explained.value)
  }
  if (views.length === 0) return refuse('month-not-charged')
  return told({ accountId, month, agreements: views }, words)
}

async function listRuns(ctx: Context, { limit, provider: providerCode }: AskedOf<'runs'>) {
  const read = await readRuns(ctx, { providerCode, limit })
  if (!read.ok) return read
  return told({ runs: read.value.map(runView) }, runsWords(read.value))
}

function told(json: object, words: string): Answer {
  return { ok: true, json, words }
}
