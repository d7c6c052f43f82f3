import { z } from 'zod'
import { settleAsOf } from '../../core/ledger/as-of.ts'
import { readStatements } from '../../core/ledger/read-statements.ts'
import { type Statement } from '../../core/ledger/statement.ts'
import { addMonths, period } from '../../core/period.ts'
import { findAccountDetails } from '../../core/registry/find-account-details.ts'
import { refuse } from '../../core/result.ts'
import { answer, endpoint, reply } from '../endpoint.ts'
import {
  idField,
  idText,
  instantField,
  kopecksField,
  monthField,
  monthText,
  named,
} from '../fields.ts'
import { mayUse } from './reach.ts'

/** Ten years of an agreement. */
const MONTHS_MAX = 120

/** A month of an agreement. */
export const StatementView = named(
  'Statement',
  z
    .strictObject({
      month: monthField,
      opening: kopecksField,
      accrued: kopecksField,
      subscription: kopecksField,
      penalty: kopecksField,
      correction: kopecksField,
      benefit: kopecksField,
      subsidy: kopecksField,
      paid: kopecksField,
      closing: kopecksField,
    })
    .meta({
      description:
        'closing = opening + accrued + subscription + penalty + correction − benefit − subsidy − paid; ' +
        'owed is positive in opening and closing',
    }),
)
const AccountStatements = named(
  'AccountStatements',
  z.strictObject({
    accountId: idField,
    agreements: z.array(
      z.strictObject({
        id: idField,
        service: z.string(),
        serviceName: z.string(),
        statements: z.array(StatementView).meta({ description: 'Newest first' }),
      }),
    ),
  }),
)

const accountStatements = endpoint({
  method: 'get',
  path: '/api/v1/accounts/:id/statements',
  activity: 'read',
  summary: 'Statements of an account',
  description:
    'Months that hold entries, newest first, the last 120 at most. With `asOf` as they were known at ' +
    'that moment: the same question about the past always has the same answer.',
  params: z.strictObject({ id: idText }),
  query: z
    .strictObject({
      from: monthText.optional(),
      to: monthText.optional(),
      asOf: z.iso.datetime({ offset: true }).optional(),
    })
    .refine(({ from, to }) => !from || !to || from <= to, {
      path: ['from'],
      message: 'After `to`',
    }),
  answers: {
    200: answer('Statements by agreement', AccountStatements, {
      accountId: 1,
      agreements: [
        {
          id: 1,
          service: '10',
          serviceName: 'Холодна вода',
          statements: [
            {
              month: period(202610),
              opening: '120000',
              accrued: '26490',
              subscription: '0',
              penalty: '0',
              correction: '0',
              benefit: '0',
              subsidy: '0',
              paid: '20020',
              closing: '126470',
            },
          ],
        },
      ],
    }),
  },
  refusals: {
    'account-not-found': { status: 404, means: 'No such account within the reach of the key' },
    'as-of-in-future': { status: 422, means: 'Nothing is known of the future' },
    'as-of-unfinished': {
      status: 409,
      means:
        'A posting is under way that may still count before `asOf`: ask again, or up to `watermark`',
      details: { watermark: instantField },
      example: { watermark: '2026-11-05T10:00:00.000Z' },
    },
  },
  async run({ caller, params, query, town }) {
    const account = await findAccountDetails(town, params.id)
    if (!account || !mayUse(caller, account.provider.code)) return refuse('account-not-found')
    const asOf = query.asOf === undefined ? null : new Date(query.asOf)
    if (asOf) {
      const settled = await settleAsOf(town, account.provider.id, asOf)
      if (!settled.ok) return settled
    }
    const span = {
      limit: MONTHS_MAX,
      ...(query.to ? { before: addMonths(query.to, 1) } : {}),
      ...(asOf ? { asOf } : {}),
    }
    const agreements = await Promise.all(
      account.agreements.map(async (agreement) => {
        const months = await readStatements(town, agreement.id, span)
        const wanted = months.filter((row) => !query.from || row.period >= query.from)
        return { ...agreement, statements: wanted.map(statementView) }
      }),
    )
    return reply(200, { accountId: account.id, agreements })
  },
})

/** What an account owes and why, month by month. */
export const statementEndpoints = [accountStatements]

/** A statement as it travels. */
export function statementView({
  period: month,
  ...amounts
}: Statement): z.input<typeof StatementView> {
  return {
    month,
    opening: amounts.opening.toString(),
    accrued: amounts.accrued.toString(),
    subscription: amounts.subscription.toString(),
    penalty: amounts.penalty.toString(),
    correction: amounts.correction.toString(),
    benefit: amounts.benefit.toString(),
    subsidy: amounts.subsidy.toString(),
    paid: amounts.paid.toString(),
    closing: amounts.closing.toString(),
  }
}
