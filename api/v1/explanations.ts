import { z } from 'zod'
import { type Difference } from '../../core/billing/explain/difference.ts'
import {
  type ExplainedLine,
  type ExplainedMonth,
  explainMonth,
} from '../../core/billing/explain/explain-month.ts'
import { type NamedAgreement } from '../../core/billing/explain/find-agreements.ts'
import { previewAccount } from '../../core/billing/explain/preview-account.ts'
import { period } from '../../core/period.ts'
import { formatDecimal } from '../../core/quantity.ts'
import { findAccountDetails } from '../../core/registry/find-account-details.ts'
import { refuse } from '../../core/result.ts'
import { answer, endpoint, type RefusalSpec, reply } from '../endpoint.ts'
import { idField, idText, kopecksField, monthField, monthText, named } from '../fields.ts'
import { CHARGES_IMPORTED, NOT_CHARGED, signedField } from './charging-schemas.ts'
import { mayUse } from './reach.ts'
import { ById } from './staff-fields.ts'
import { StatementView, statementView } from './statements.ts'

const SERVICE_CODE_MAX = 50
const NO_ACCOUNT: RefusalSpec = {
  status: 404,
  means: 'No such account within the reach of the key',
}

const LineView = named(
  'ExplainedLine',
  z.strictObject({
    line: z.int(),
    kind: z.string(),
    method: z.string().meta({ description: 'How the volume was found' }),
    amount: kopecksField.meta({ description: 'Kopecks with the sign of its statement column' }),
    volume: signedField.nullable(),
    price: signedField.nullable(),
    zone: z.int().meta({ description: '0 single, 1 day, 2 night, 3 peak, 4 semi-peak' }),
    isFullPrice: z.boolean(),
    isPosted: z.boolean().meta({ description: 'False for a benefit the state pays to the person' }),
    about: monthField.nullable().meta({ description: 'The past month it belongs to' }),
    reason: z.string().nullable(),
    formula: z.string().meta({ description: 'Every number with its source; it gives the amount' }),
    plain: z.string().meta({ description: 'The formula without sources' }),
    inputs: z.array(
      z.strictObject({
        value: signedField,
        source: z.string(),
        id: z.string().nullable(),
        details: z.record(z.string(), z.unknown()).nullable(),
      }),
    ),
  }),
)
const DifferenceView = named(
  'MonthDifference',
  z
    .strictObject({
      change: kopecksField,
      volume: kopecksField,
      tariff: kopecksField,
      subscription: kopecksField,
      penalty: kopecksField,
      corrections: kopecksField,
      benefit: kopecksField,
      subsidy: kopecksField,
      closing: kopecksField,
    })
    .meta({
      description:
        'Against the month before: `change` is the sum of its causes, positive when this month is dearer; ' +
        '`closing` is the change of what is owed at the end',
    }),
)
const Explanation = named(
  'Explanation',
  z.strictObject({
    accountId: idField,
    month: monthField,
    agreements: z.array(
      z.strictObject({
        id: idField,
        service: z.string(),
        serviceName: z.string(),
        unit: z.string(),
        statement: StatementView,
        lines: z.array(LineView),
        difference: DifferenceView.nullable(),
      }),
    ),
  }),
)
const EXPLANATION_EXAMPLE: z.input<typeof Explanation> = {
  accountId: 1,
  month: period(202610),
  agreements: [
    {
      ...{ id: 1, service: '11', serviceName: 'Водопостачання', unit: 'куб.м' },
      statement: {
        ...{ month: period(202610), opening: '0', accrued: '9651', subscription: '0' },
        ...{ penalty: '0', correction: '0', benefit: '0', subsidy: '0', paid: '0' },
        closing: '9651',
      },
      lines: [
        {
          ...{ line: 1, kind: 'accrual', method: 'meter', amount: '9651', volume: '3' },
          ...{ price: '32.17', zone: 0, isFullPrice: false, isPosted: true, about: null },
          reason: null,
          formula: 'round((15[reading:52] - 12[reading:51]) * 32.17[tariff:7], 2)',
          plain: 'round((15 - 12) * 32.17, 2)',
          inputs: [
            {
              ...{ value: '32.17', source: 'tariff', id: '7' },
              details: { fromDay: '2026-01-01', toDay: null, plan: 'standard', decision: '' },
            },
          ],
        },
      ],
      difference: null,
    },
  ],
}

const explanation = endpoint({
  method: 'get',
  path: '/api/v1/accounts/:id/months/:month/explanation',
  activity: 'read',
  summary: 'Why a month costs what it costs',
  description:
    'Every line with its formula, the source of each number, and why the month differs from the one ' +
    'before. Of all services of the account that have entries in the month, or of `service` alone.',
  params: z.strictObject({ id: idText, month: monthText }),
  query: z.strictObject({ service: z.string().min(1).max(SERVICE_CODE_MAX).optional() }),
  answers: { 200: answer('The month explained', Explanation, EXPLANATION_EXAMPLE) },
  refusals: {
    'account-not-found': NO_ACCOUNT,
    'service-not-found': { status: 404, means: 'The account has no service of this code' },
    'month-not-charged': NOT_CHARGED,
  },
  async run({ caller, params, query, town }) {
    const { id, month } = params
    const account = await findAccountDetails(town, id)
    if (!account || !mayUse(caller, account.provider.code)) return refuse('account-not-found')
    const wanted = account.agreements.filter(
      ({ service }) => query.service === undefined || service === query.service,
    )
    if (wanted.length === 0 && query.service !== undefined) return refuse('service-not-found')
    const agreements: z.input<typeof Explanation>['agreements'] = []
    for (const agreement of wanted) {
      const explained = await explainMonth(town, { agreementId: agreement.id, month })
      if (!explained.ok) continue
      agreements.push(explainedView(agreement, explained.value))
    }
    if (agreements.length === 0) return refuse('month-not-charged')
    return reply(200, { accountId: account.id, month, agreements })
  },
})

const preview = endpoint({
  method: 'get',
  path: '/api/v1/accounts/:id/preview',
  activity: 'read',
  summary: 'The coming bill, were the month charged now',
  description: 'By what is known now; nothing is stored.',
  params: ById,
  answers: {
    200: answer(
      'The coming bill',
      named(
        'Preview',
        z.strictObject({
          accountId: idField,
          month: monthField,
          services: z.array(
            z.strictObject({
              agreementId: idField,
              serviceName: z.string(),
              amount: kopecksField,
              isEstimated: z.boolean(),
            }),
          ),
          unknown: z.array(z.string()).meta({
            description: 'Services that cannot be charged yet: a volume is still to come',
          }),
          total: kopecksField,
        }),
      ),
      {
        ...{ accountId: 1, month: period(202611), total: '9651', unknown: ['Теплопостачання'] },
        services: [
          { agreementId: 1, serviceName: 'Водопостачання', amount: '9651', isEstimated: false },
        ],
      },
    ),
  },
  refusals: {
    'account-not-found': NO_ACCOUNT,
    'charges-imported': CHARGES_IMPORTED,
    'cannot-charge': {
      status: 409,
      means: 'The account has data no charge can be made of',
      details: { lint: z.string() },
      example: { lint: 'tariff-gap' },
    },
  },
  async run({ caller, params, town }) {
    const account = await findAccountDetails(town, params.id)
    if (!account || !mayUse(caller, account.provider.code)) return refuse('account-not-found')
    const previewed = await previewAccount(town, account.id)
    if (!previewed.ok) return previewed
    const { month, services, total, unknown } = previewed.value
    return reply(200, {
      accountId: account.id,
      month,
      services: services.map((service) => ({ ...service, amount: service.amount.toString() })),
      unknown,
      total: total.toString(),
    })
  },
})

/** Why an account pays what it pays, and what it will pay. */
export const explanationEndpoints = [explanation, preview]

/** An agreement's month explained, as it travels. */
export function explainedView(agreement: NamedAgreement, explained: ExplainedMonth) {
  const { difference, lines, statement, unit } = explained
  return {
    ...agreement,
    unit,
    statement: statementView(statement),
    lines: lines.map(lineView),
    difference: difference && differenceView(difference),
  }
}

function lineView(line: ExplainedLine): z.input<typeof LineView> {
  return {
    ...line,
    amount: line.amount.toString(),
    volume: line.volume === null ? null : formatDecimal(line.volume),
    price: line.price === null ? null : formatDecimal(line.price),
    inputs: line.inputs.map(({ details, id, source, value }) => ({
      value: formatDecimal(value),
      source,
      id: id === null ? null : id.toString(),
      details: details && { ...details },
    })),
  }
}

function differenceView(difference: Difference): z.input<typeof DifferenceView> {
  return {
    change: difference.change.toString(),
    volume: difference.volume.toString(),
    tariff: difference.tariff.toString(),
    subscription: difference.subscription.toString(),
    penalty: difference.penalty.toString(),
    corrections: difference.corrections.toString(),
    benefit: difference.benefit.toString(),
    subsidy: difference.subsidy.toString(),
    closing: difference.closing.toString(),
  }
}
