import { z } from 'zod'
import { readMonths } from '../../core/billing/read-months.ts'
import { issueAndTell } from '../../core/notices/issue-and-tell.ts'
import { period } from '../../core/period.ts'
import { refuse } from '../../core/result.ts'
import { answer, endpoint, type RefusalSpec, reply } from '../endpoint.ts'
import { instantField, monthField, named, providerField } from '../fields.ts'
import { FORBIDDEN, mayUse } from './reach.ts'

const NO_PROVIDER: RefusalSpec = { status: 404, means: 'No provider of this code' }

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
    'month-not-over': { status: 422, means: 'The month is not over' },
    'nothing-charged': { status: 422, means: 'The charges of the month have not come yet' },
    'nothing-to-issue': { status: 422, means: 'There are no entries up to this month' },
  },
  async run({ body, caller, town }) {
    if (!mayUse(caller, body.provider)) return refuse('forbidden')
    const issued = await issueAndTell(town, { providerCode: body.provider, month: body.month })
    return issued.ok ? reply(200, issued.value) : issued
  },
})

/** The months of providers. */
export const monthEndpoints = [listMonths, issue]
