import { z } from 'zod'
import { compareTrial } from '../../core/billing/compare-trial.ts'
import { findRun, readRuns, type RunSummary } from '../../core/billing/run/read-runs.ts'
import { startMonthRun, startTrial } from '../../core/billing/run/start-run.ts'
import { supposePrices } from '../../core/billing/run/suppose-prices.ts'
import { type Town } from '../../core/context.ts'
import { rate } from '../../core/quantity.ts'
import { refuse } from '../../core/result.ts'
import { answer, type Caller, endpoint, type RefusalSpec, reply } from '../endpoint.ts'
import { limitText, monthField, named, providerField } from '../fields.ts'
import {
  CHARGES_IMPORTED,
  inOrder,
  MONTH_ISSUED,
  MONTH_NOT_OVER,
  NO_PROVIDER,
  NO_RUN,
  NOT_CHARGED,
  RUN_EXAMPLE,
  runView,
  RunView,
  TRIAL_EXAMPLE,
  trialView,
  TrialView,
} from './charging-schemas.ts'
import { FORBIDDEN, mayUse } from './reach.ts'
import { ById, dayField, decimal, decimalField, given } from './staff-fields.ts'

const RUNS_MAX = 100
const CHANGES_MAX = 200
/** More prices at once than a provider has. */
const PRICES_MAX = 100
const ZONE_MAX = 4
const SERVICE_CODE_MAX = 50

const draft = endpoint({
  method: 'post',
  path: '/api/v1/months/draft',
  activity: 'months',
  summary: 'Charge a month',
  description:
    'Starts a draft of the month from what is known now; a draft made before is dropped. It is computed ' +
    'by the server: ask for the run until its state is `computed`.',
  body: named('Draft', z.strictObject({ provider: providerField, month: monthField })),
  answers: { 202: answer('Started', RunView, RUN_EXAMPLE) },
  refusals: {
    forbidden: FORBIDDEN,
    'provider-not-found': NO_PROVIDER,
    'charges-imported': CHARGES_IMPORTED,
    'month-issued': MONTH_ISSUED,
    'month-not-over': MONTH_NOT_OVER,
    'earlier-month-open': inOrder('A month before it is not issued'),
  },
  async run({ body, caller, town }) {
    if (!mayUse(caller, body.provider)) return refuse('forbidden')
    const { month, provider: providerCode } = body
    const started = await startMonthRun(town, { providerCode, month, author: caller.author })
    return started.ok ? reply(202, runView(await known(town, started.value.runId))) : started
  },
})

const list = endpoint({
  method: 'get',
  path: '/api/v1/runs',
  activity: 'months',
  summary: 'List runs of a provider',
  description: 'Drafts and trials, the newest first.',
  query: z.strictObject({ provider: providerField, limit: limitText(RUNS_MAX) }),
  answers: {
    200: answer('Runs', named('Runs', z.strictObject({ runs: z.array(RunView) })), {
      runs: [RUN_EXAMPLE],
    }),
  },
  refusals: { forbidden: FORBIDDEN, 'provider-not-found': NO_PROVIDER },
  async run({ caller, query, town }) {
    const { limit, provider: providerCode } = query
    if (!mayUse(caller, providerCode)) return refuse('forbidden')
    const read = await readRuns(town, { providerCode, limit })
    return read.ok ? reply(200, { runs: read.value.map(runView) }) : read
  },
})

const show = endpoint({
  method: 'get',
  path: '/api/v1/runs/:id',
  activity: 'months',
  summary: 'Show a run and how far it is',
  params: ById,
  answers: { 200: answer('The run', RunView, RUN_EXAMPLE) },
  refusals: { 'run-not-found': NO_RUN },
  async run({ caller, params, town }) {
    const run = await findWithin(town, caller, params.id)
    return run ? reply(200, runView(run)) : refuse('run-not-found')
  },
})

const Price = named(
  'SupposedPrice',
  z.strictObject({
    service: z.string().min(1).max(SERVICE_CODE_MAX),
    zone: z.int().min(0).max(ZONE_MAX).optional().meta({
      description: '0 single, 1 day, 2 night, 3 peak, 4 semi-peak',
    }),
    part: z.enum(['volume', 'fixed']).optional(),
    plan: z.enum(['standard', 'full']).optional(),
    price: decimalField,
  }),
)
const NO_SERVICE: RefusalSpec = {
  status: 422,
  means: 'The provider has no service of this code',
  details: { service: z.string() },
  example: { service: '99' },
}
const startATrial = endpoint({
  method: 'post',
  path: '/api/v1/trials',
  activity: 'months',
  summary: 'Try other prices on a month',
  description:
    'What the month would have cost, had these prices been in force from `fromDay` (without it, the first ' +
    'day of the month). Nothing of it is ever posted.',
  body: named(
    'NewTrial',
    z.strictObject({
      provider: providerField,
      month: monthField,
      prices: z.array(Price).min(1).max(PRICES_MAX),
      fromDay: dayField.optional(),
    }),
  ),
  answers: { 202: answer('Started', RunView, { ...RUN_EXAMPLE, kind: 'trial' }) },
  refusals: {
    forbidden: FORBIDDEN,
    'provider-not-found': NO_PROVIDER,
    'charges-imported': CHARGES_IMPORTED,
    'month-not-over': MONTH_NOT_OVER,
    'service-not-found': NO_SERVICE,
    'price-twice': { ...NO_SERVICE, means: 'One price has two values' },
    'price-negative': { ...NO_SERVICE, means: 'A price is below zero' },
  },
  async run({ body, caller, town }) {
    const { fromDay, month, prices, provider: providerCode } = body
    if (!mayUse(caller, providerCode)) return refuse('forbidden')
    const wanted = prices.map(({ price, ...what }) => ({
      service: what.service,
      ...given({ zone: what.zone, part: what.part, plan: what.plan }),
      price: rate(decimal(price)),
    }))
    const supposed = await supposePrices(town, { providerCode, month, prices: wanted, fromDay })
    if (!supposed.ok) return supposed
    const { author } = caller
    const trial = { providerCode, month, author, suppose: supposed.value }
    const started = await startTrial(town, trial)
    return started.ok ? reply(202, runView(await known(town, started.value.runId))) : started
  },
})

const showTrial = endpoint({
  method: 'get',
  path: '/api/v1/trials/:id',
  activity: 'months',
  summary: 'Show a trial against what was booked',
  description:
    'Penalty is left out of both. Facts that came after the month was charged are part of the change.',
  params: ById,
  query: z.strictObject({ limit: limitText(CHANGES_MAX) }),
  answers: { 200: answer('The trial', TrialView, TRIAL_EXAMPLE) },
  refusals: {
    'run-not-found': NO_RUN,
    'not-a-trial': { status: 422, means: 'The run is the draft of a month' },
    'month-not-charged': NOT_CHARGED,
  },
  async run({ caller, params, query, town }) {
    const run = await findWithin(town, caller, params.id)
    if (!run) return refuse('run-not-found')
    const compared = await compareTrial(town, { runId: run.id, limit: query.limit })
    if (compared.ok) return reply(200, trialView(run, compared.value))
    if (compared.code === 'run-unfinished') return reply(200, trialView(run, null))
    return compared
  },
})

/** Computations of months: drafts and trials. */
export const chargingEndpoints = [draft, list, show, startATrial, showTrial]

/** The run, or null when there is none within the reach of the key. */
async function findWithin(town: Town, caller: Caller, id: number): Promise<RunSummary | null> {
  const run = await findRun(town, id)
  return run && mayUse(caller, run.providerCode) ? run : null
}

async function known(town: Town, runId: number): Promise<RunSummary> {
  const run = await findRun(town, runId)
  if (!run) throw new Error(`run ${runId} is not there`)
  return run
}
