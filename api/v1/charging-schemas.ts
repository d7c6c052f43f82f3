import { z } from 'zod'
import {
  type AccountChange,
  type Change,
  type MonthComparison,
} from '../../core/billing/compare-months.ts'
import { type TrialChange, type TrialComparison } from '../../core/billing/compare-trial.ts'
import { type MonthLint } from '../../core/billing/month-lints.ts'
import { type RunSummary } from '../../core/billing/run/read-runs.ts'
import { period } from '../../core/period.ts'
import { formatDecimal } from '../../core/quantity.ts'
import { type RefusalSpec } from '../endpoint.ts'
import { idField, instantField, kopecksField, monthField, named, providerField } from '../fields.ts'

/** A decimal of any sign, as text, because a JSON number loses digits. */
export const signedField = z
  .string()
  .regex(/^-?\d+(\.\d{1,8})?$/)
  .meta({ description: 'Decimal', examples: ['12.5'] })

export const NO_PROVIDER: RefusalSpec = { status: 404, means: 'No provider of this code' }
export const MONTH_NOT_OVER: RefusalSpec = { status: 422, means: 'The month is not over' }
export const MONTH_ISSUED: RefusalSpec = { status: 409, means: 'The month is issued' }
export const CHARGES_IMPORTED: RefusalSpec = {
  status: 422,
  means: 'The month is charged by the program of the provider',
}
export const NOT_DRAFTED: RefusalSpec = { status: 409, means: 'The month has no draft' }
export const RUN_UNFINISHED: RefusalSpec = { status: 409, means: 'It is still being computed' }
export const NOT_CHARGED: RefusalSpec = { status: 422, means: 'The month has no charges' }
export const NO_RUN: RefusalSpec = { status: 404, means: 'No such run within the reach of the key' }
/** Months go in their order; `next` says which one is first. */
export function inOrder(means: string): RefusalSpec {
  return { status: 409, means, details: { next: monthField }, example: { next: period(202609) } }
}

export const RunView = named(
  'Run',
  z.strictObject({
    id: idField,
    provider: providerField,
    month: monthField,
    kind: z.enum(['month', 'trial']),
    state: z.enum(['computing', 'computed', 'posted', 'dropped']),
    asOf: instantField.meta({ description: 'Facts learnt later are not in it' }),
    author: z.string(),
    createdAt: instantField,
    finishedAt: instantField.nullable(),
    chunks: z.int(),
    chunksDone: z.int(),
    accounts: z.int(),
    accountsDone: z.int(),
    lines: z.int(),
    lints: z.int(),
    leftOut: z.int().meta({ description: 'Accounts it could not charge' }),
  }),
)
export const RUN_EXAMPLE: z.input<typeof RunView> = {
  ...{ id: 7, provider: '55101018', month: period(202610), kind: 'month', state: 'computing' },
  ...{ asOf: '2026-11-05T10:00:00.000Z', author: 'api:accounting' },
  ...{ createdAt: '2026-11-05T10:00:00.000Z', finishedAt: null },
  ...{ chunks: 200, chunksDone: 20, accounts: 100_000, accountsDone: 10_000 },
  ...{ lines: 52_310, lints: 2, leftOut: 2 },
}

/** A run as it travels. */
export function runView(run: RunSummary): z.input<typeof RunView> {
  const { asOf, createdAt, finishedAt, providerCode: provider, ...rest } = run
  return {
    ...rest,
    provider,
    asOf: asOf.toISOString(),
    createdAt: createdAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  }
}

export const LintView = named(
  'MonthLint',
  z.strictObject({
    code: z.string(),
    severity: z.enum(['error', 'warning']),
    accountId: idField.nullable(),
    agreementId: idField.nullable(),
    details: z.record(z.string(), z.unknown()),
  }),
)
export const LINT_EXAMPLE: z.input<typeof LintView> = {
  ...{ code: 'readings-missing', severity: 'warning', accountId: null, agreementId: null },
  details: { service: '11', count: 120 },
}

/** A finding as it travels. */
export function lintView(lint: MonthLint): z.input<typeof LintView> {
  const { accountId, agreementId, code, details, severity } = lint
  return { accountId, agreementId, code, severity, details: { ...details } }
}

const FiguresView = z.strictObject({
  agreements: z.int(),
  accrued: kopecksField,
  subscription: kopecksField,
  penalty: kopecksField,
  correction: kopecksField,
  benefit: kopecksField,
  subsidy: kopecksField,
  charged: kopecksField,
})
const ChangeView = { is: FiguresView, was: FiguresView, change: kopecksField }
const AccountChangeView = named(
  'AccountChange',
  z.strictObject({
    accountId: idField,
    number: z.string(),
    is: kopecksField,
    was: kopecksField,
    change: kopecksField,
  }),
)
const VolumeView = z.strictObject({
  method: z.string(),
  isAgreements: z.int(),
  is: signedField,
  wasAgreements: z.int(),
  was: signedField,
})
export const ComparisonView = named(
  'MonthComparison',
  z.strictObject({
    month: monthField,
    before: monthField,
    state: z.string(),
    services: z.array(
      z.strictObject({
        service: z.string(),
        serviceName: z.string(),
        unit: z.string(),
        ...ChangeView,
        volumes: z.array(VolumeView),
      }),
    ),
    total: z.strictObject(ChangeView),
    changes: z.array(AccountChangeView),
  }),
)
const FIGURES_EXAMPLE = {
  ...{ agreements: 1, accrued: '9651', subscription: '1819', penalty: '0', correction: '0' },
  ...{ benefit: '0', subsidy: '0', charged: '11470' },
}
const CHANGE_EXAMPLE = { is: FIGURES_EXAMPLE, was: FIGURES_EXAMPLE, change: '0' }
const ACCOUNT_EXAMPLE = { accountId: 1, number: '101', is: '11470', was: '9051', change: '2419' }
export const COMPARISON_EXAMPLE: z.input<typeof ComparisonView> = {
  ...{ month: period(202610), before: period(202609), state: 'draft' },
  services: [
    {
      ...{ service: '11', serviceName: 'Водопостачання', unit: 'куб.м', ...CHANGE_EXAMPLE },
      volumes: [{ method: 'meter', isAgreements: 1, is: '3', wasAgreements: 1, was: '3' }],
    },
  ],
  total: CHANGE_EXAMPLE,
  changes: [ACCOUNT_EXAMPLE],
}

/** A comparison of months as it travels. */
export function comparisonView(comparison: MonthComparison): z.input<typeof ComparisonView> {
  const { changes, services, total, ...rest } = comparison
  return {
    ...rest,
    services: services.map(({ volumes, ...service }) => ({
      ...service,
      ...changeView(service),
      volumes: volumes.map(({ is, was, ...volume }) => ({
        ...volume,
        is: formatDecimal(is),
        was: formatDecimal(was),
      })),
    })),
    total: changeView(total),
    changes: changes.map(accountView),
  }
}

const TrialChangeView = {
  agreements: z.int(),
  is: kopecksField,
  was: kopecksField,
  change: kopecksField,
  more: z.int(),
  less: z.int(),
  same: z.int(),
}
export const TrialView = named(
  'Trial',
  z.strictObject({
    run: RunView,
    comparison: z
      .strictObject({
        services: z.array(
          z.strictObject({ service: z.string(), serviceName: z.string(), ...TrialChangeView }),
        ),
        total: z.strictObject(TrialChangeView),
        leftOut: z.int(),
        changes: z.array(AccountChangeView),
      })
      .nullable()
      .meta({ description: 'Null while it is being computed' }),
  }),
)
const TRIAL_CHANGE = {
  ...{ agreements: 1, is: '11470', was: '9051', change: '2419', more: 1, less: 0, same: 0 },
}
export const TRIAL_EXAMPLE: z.input<typeof TrialView> = {
  run: { ...RUN_EXAMPLE, kind: 'trial', state: 'computed' },
  comparison: {
    services: [{ service: '11', serviceName: 'Водопостачання', ...TRIAL_CHANGE }],
    total: TRIAL_CHANGE,
    leftOut: 0,
    changes: [ACCOUNT_EXAMPLE],
  },
}

/** A trial as it travels. */
export function trialView(
  run: RunSummary,
  comparison: TrialComparison | null,
): z.input<typeof TrialView> {
  if (!comparison) return { run: runView(run), comparison: null }
  const { changes, leftOut, services, total } = comparison
  return {
    run: runView(run),
    comparison: {
      services: services.map((service) => ({ ...service, ...sumsView(service) })),
      total: { ...total, ...sumsView(total) },
      leftOut,
      changes: changes.map(accountView),
    },
  }
}

function changeView({ change, is, was }: Change) {
  return { is: figuresView(is), was: figuresView(was), change: change.toString() }
}

function figuresView({ agreements, ...amounts }: Change['is']): z.input<typeof FiguresView> {
  return {
    agreements,
    accrued: amounts.accrued.toString(),
    subscription: amounts.subscription.toString(),
    penalty: amounts.penalty.toString(),
    correction: amounts.correction.toString(),
    benefit: amounts.benefit.toString(),
    subsidy: amounts.subsidy.toString(),
    charged: amounts.charged.toString(),
  }
}

function accountView(account: AccountChange) {
  return { ...account, ...sumsView(account) }
}

function sumsView({ change, is, was }: Pick<TrialChange, 'is' | 'was' | 'change'>) {
  return { is: is.toString(), was: was.toString(), change: change.toString() }
}
