import { z } from 'zod'
import { chargeHere } from '../../core/billing/charge-here.ts'
import { checkMonth } from '../../core/billing/check-month.ts'
import { closeMonth } from '../../core/billing/close-month.ts'
import { compareMonths } from '../../core/billing/compare-months.ts'
import { readMonthLints } from '../../core/billing/read-month-lints.ts'
import { readMonths } from '../../core/billing/read-months.ts'
import { issueAndTell } from '../../core/notices/issue-and-tell.ts'
import { period } from '../../core/period.ts'
import { refuse } from '../../core/result.ts'
import { answer, endpoint, reply } from '../endpoint.ts'
import { instantField, limitText, monthField, monthText, named, providerField } from '../fields.ts'
import {
  COMPARISON_EXAMPLE,
  comparisonView,
  ComparisonView,
  inOrder,
  LINT_EXAMPLE,
  lintView,
  LintView,
  MONTH_ISSUED,
  MONTH_NOT_OVER,
  NO_PROVIDER,
  NOT_CHARGED,
  NOT_DRAFTED,
  RUN_UNFINISHED,
} from './charging-schemas.ts'
import { FORBIDDEN, mayUse } from './reach.ts'

const CHANGES_MAX = 200
const OfMonth = z.strictObject({ provider: providerField, month: monthText })

const listMonths = endpoint({
  method: 'get',
  path: '/api/v1/months',
  activity: 'months',
  summary: 'List months of a provider',
  query: z.strictObject({ provider: providerField }),
  answers: {
    200: answer(
      'Months that hold entries or were issued, newest first',
      named(
        'Months',
        z.strictObject({
          months: z.array(
            z.strictObject({
              month: monthField,
              state: z.string(),
              issuedAt: instantField.nullable(),
            }),
          ),
        }),
      ),
      {
        months: [{ month: period(202610), state: 'issued', issuedAt: '2026-11-05T10:00:00.000Z' }],
      },
    ),
  },
  refusals: { forbidden: FORBIDDEN, 'provider-not-found': NO_PROVIDER },
  async run({ caller, query, town }) {
    if (!mayUse(caller, query.provider)) return refuse('forbidden')
    const read = await readMonths(town, query.provider)
    if (!read.ok) return read
    const months = read.value.map(({ issuedAt, ...month }) => ({
      ...month,
      issuedAt: issuedAt?.toISOString() ?? null,
    }))
    return reply(200, { months })
  },
})

const issue = endpoint({
  method: 'post',
  path: '/api/v1/months/issue',
  activity: 'months',
  summary: 'Issue months',
  description:
    'Issues every month of the provider up to this one: that is final. Everybody linked to an account ' +
    'of the provider is told once that the bill of the last of them is ready.',
  body: named('Issue', z.strictObject({ provider: providerField, month: monthField })),
  answers: {
    200: answer(
      'What was issued now: nothing, when it was issued before',
      named('Issued', z.strictObject({ months: z.array(monthField), told: z.int() })),
      { months: [period(202610)], told: 312 },
    ),
  },
  refusals: {
    forbidden: FORBIDDEN,
    'provider-not-found': NO_PROVIDER,
    'month-not-over': MONTH_NOT_OVER,
    'month-not-checked': inOrder('That month is charged here and has not passed its check'),
    'nothing-charged': { status: 422, means: 'The charges of the month have not come yet' },
    'nothing-to-issue': { status: 422, means: 'There are no entries up to this month' },
  },
  async run({ body, caller, town }) {
    if (!mayUse(caller, body.provider)) return refuse('forbidden')
    const { month, provider: providerCode } = body
    const issued = await issueAndTell(town, { providerCode, month, author: caller.author })
    return issued.ok ? reply(200, issued.value) : issued
  },
})

const check = endpoint({
  method: 'post',
  path: '/api/v1/months/check',
  activity: 'months',
  summary: 'Check a month',
  description:
    'Marks the month as checked when no error stands against it. With `leaveOut` accounts that could not ' +
    'be charged do not: the next run charges them for this month too.',
  body: named(
    'Check',
    z.strictObject({
      provider: providerField,
      month: monthField,
      leaveOut: z.boolean().default(false),
    }),
  ),
  answers: {
    200: answer(
      'What was found, and whether the month is checked now',
      named(
        'Checked',
        z.strictObject({ checked: z.boolean(), leftOut: z.int(), lints: z.array(LintView) }),
      ),
      { checked: true, leftOut: 0, lints: [LINT_EXAMPLE] },
    ),
  },
  refusals: {
    forbidden: FORBIDDEN,
    'provider-not-found': NO_PROVIDER,
    'month-issued': MONTH_ISSUED,
    'not-drafted': NOT_DRAFTED,
    'run-unfinished': RUN_UNFINISHED,
  },
  async run({ body, caller, town }) {
    const { leaveOut, month, provider: providerCode } = body
    if (!mayUse(caller, providerCode)) return refuse('forbidden')
    const { author } = caller
    const done = await checkMonth(town, { providerCode, month, author, leaveOut })
    if (!done.ok) return done
    const { checked, leftOut, lints } = done.value
    return reply(200, { checked, leftOut, lints: lints.map(lintView) })
  },
})

const lints = endpoint({
  method: 'get',
  path: '/api/v1/months/lints',
  activity: 'months',
  summary: 'What is wrong with a month, or worth a look',
  description: 'Changes nothing. At most 200 findings of each kind.',
  query: OfMonth,
  answers: {
    200: answer('Findings', named('MonthLints', z.strictObject({ lints: z.array(LintView) })), {
      lints: [LINT_EXAMPLE],
    }),
  },
  refusals: {
    forbidden: FORBIDDEN,
    'provider-not-found': NO_PROVIDER,
    'not-drafted': NOT_DRAFTED,
    'run-unfinished': RUN_UNFINISHED,
  },
  async run({ caller, query, town }) {
    const { month, provider: providerCode } = query
    if (!mayUse(caller, providerCode)) return refuse('forbidden')
    const read = await readMonthLints(town, { providerCode, month })
    return read.ok ? reply(200, { lints: read.value.map(lintView) }) : read
  },
})

const compare = endpoint({
  method: 'get',
  path: '/api/v1/months/compare',
  activity: 'months',
  summary: 'Compare a month with the one before',
  description:
    'A month that is not issued is what its statements would be with the lines of its draft. `changes` ' +
    'are the accounts that change most, either way.',
  query: OfMonth.extend({ limit: limitText(CHANGES_MAX) }),
  answers: { 200: answer('The comparison', ComparisonView, COMPARISON_EXAMPLE) },
  refusals: {
    forbidden: FORBIDDEN,
    'provider-not-found': NO_PROVIDER,
    'run-unfinished': RUN_UNFINISHED,
    'month-not-charged': NOT_CHARGED,
  },
  async run({ caller, query, town }) {
    const { limit, month, provider: providerCode } = query
    if (!mayUse(caller, providerCode)) return refuse('forbidden')
    const compared = await compareMonths(town, { providerCode, month, limit })
    return compared.ok ? reply(200, comparisonView(compared.value)) : compared
  },
})

const close = endpoint({
  method: 'post',
  path: '/api/v1/months/close',
  activity: 'months',
  summary: 'Close an issued month',
  body: named('Close', z.strictObject({ provider: providerField, month: monthField })),
  answers: {
    200: answer(
      'Whether it was closed now',
      named('Closed', z.strictObject({ closed: z.boolean() })),
      { closed: true },
    ),
  },
  refusals: {
    forbidden: FORBIDDEN,
    'provider-not-found': NO_PROVIDER,
    'month-not-issued': { status: 409, means: 'The month is not issued' },
    'earlier-month-open': inOrder('A month before it is not closed'),
  },
  async run({ body, caller, town }) {
    const { month, provider: providerCode } = body
    if (!mayUse(caller, providerCode)) return refuse('forbidden')
    const closed = await closeMonth(town, { providerCode, month })
    return closed.ok ? reply(200, closed.value) : closed
  },
})

const takeOver = endpoint({
  method: 'post',
  path: '/api/v1/months/charge-here',
  activity: 'months',
  summary: 'Charge a provider here from a month on',
  description:
    'From that month the town charges by readings, norms, tariffs and rules; charges of its program are ' +
    'refused then. Null: the program charges again.',
  body: named(
    'ChargeHere',
    z.strictObject({ provider: providerField, from: monthField.nullable() }),
  ),
  answers: {
    200: answer(
      'What holds now',
      named('ChargedHere', z.strictObject({ chargedFrom: monthField.nullable() })),
      { chargedFrom: period(202611) },
    ),
  },
  refusals: {
    forbidden: FORBIDDEN,
    'provider-not-found': NO_PROVIDER,
    'month-issued': MONTH_ISSUED,
    'already-charged': { status: 422, means: 'Its program has charged that month or a later one' },
    'charging-rule-missing': { status: 422, means: 'A service has no rule how it is charged' },
  },
  async run({ body, caller, town }) {
    if (!mayUse(caller, body.provider)) return refuse('forbidden')
    const done = await chargeHere(town, { providerCode: body.provider, from: body.from })
    return done.ok ? reply(200, done.value) : done
  },
})

/** The months of providers. */
export const monthEndpoints = [takeOver, listMonths, check, lints, compare, issue, close]
