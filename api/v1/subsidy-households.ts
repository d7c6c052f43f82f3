import { z } from 'zod'
import { discoverHouseholds } from '../../core/billing/subsidy/discover.ts'
import { OCCUPANT_STATUSES } from '../../core/billing/subsidy/occupant-status.ts'
import {
  endOccupant,
  findOccupantProvider,
  readOccupants,
  recordOccupant,
} from '../../core/billing/subsidy/occupants.ts'
import { type Town } from '../../core/context.ts'
import { period } from '../../core/period.ts'
import { findAccountDetails } from '../../core/registry/find-account-details.ts'
import { refuse } from '../../core/result.ts'
import { answer, type Caller, endpoint, type RefusalSpec, reply } from '../endpoint.ts'
import {
  idField,
  idText,
  kopecksField,
  limitText,
  monthField,
  named,
  providerField,
} from '../fields.ts'
import { FORBIDDEN, mayUse } from './reach.ts'
import { ById, dayField } from './staff-fields.ts'
import { RULE_REFUSALS } from './subsidy-schemas.ts'

const HOUSEHOLDS_MAX = 500
const sourceField = z.string().trim().max(200).meta({ description: 'The paper it comes from' })
const NO_ACCOUNT: RefusalSpec = {
  status: 404,
  means: 'No such account within the reach of the key',
}
const OUT_OF_ORDER: RefusalSpec = { status: 422, means: 'It would end before it begins' }

const Household = named(
  'LikelyHousehold',
  z.strictObject({
    accountId: idField,
    number: z.string(),
    reasons: z.array(z.string()),
    unknownPersons: z.int().meta({
      description:
        'Registered people without a known status: somebody able-bodied may be among them',
    }),
    fee: z.strictObject({ month: monthField, amount: kopecksField }).nullable(),
    income: z.strictObject({ amount: kopecksField, shownOn: dayField }).nullable(),
    likely: z
      .strictObject({ subsidy: kopecksField, formula: z.string() })
      .nullable()
      .meta({ description: 'A hint on the whole fee, which is not cut to norms' }),
  }),
)

const discover = endpoint({
  method: 'get',
  path: '/api/v1/subsidy-households',
  activity: 'accounts',
  summary: 'List households likely entitled to a subsidy',
  description:
    'By discovery: somebody of a qualifying status is registered and nobody of a blocking one; no case ' +
    'runs or waits. Nothing is opened: people decide. `after` is the account the page before ended with.',
  query: z.strictObject({
    provider: providerField,
    after: idText.optional(),
    limit: limitText(HOUSEHOLDS_MAX),
  }),
  answers: {
    200: answer(
      'Households with reasons, by account',
      named('LikelyHouseholds', z.strictObject({ households: z.array(Household) })),
      {
        households: [
          {
            accountId: 1,
            number: '101',
            reasons: ['Неработающий пенсионер'],
            unknownPersons: 0,
            fee: { month: period(202610), amount: '9715' },
            income: { amount: '42000', shownOn: '2026-05-04' },
            likely: {
              subsidy: '1315',
              formula: 'max(0, 97.15[statement:202610] - round(0.2[rule:7] * 420[income], 2))',
            },
          },
        ],
      },
    ),
  },
  refusals: {
    ...RULE_REFUSALS,
    forbidden: FORBIDDEN,
    'provider-not-found': { status: 404, means: 'No provider of this code' },
  },
  async run({ caller, query, town }) {
    const { after, limit, provider: providerCode } = query
    if (!mayUse(caller, providerCode)) return refuse('forbidden')
    const page = { providerCode, limit, ...(after ? { after } : {}) }
    const found = await discoverHouseholds(town, page)
    if (!found.ok) return found
    const households = found.value.households.map(({ fee, income, likely, ...household }) => ({
      ...household,
      fee: fee && { month: fee.month, amount: fee.amount.toString() },
      income: income && { amount: income.amount.toString(), shownOn: income.shownOn },
      likely: likely && { subsidy: likely.subsidy.toString(), formula: likely.formula },
    }))
    return reply(200, { households })
  },
})

const listOccupants = endpoint({
  method: 'get',
  path: '/api/v1/accounts/:id/occupants',
  activity: 'accounts',
  summary: 'List people of an account by status',
  params: ById,
  answers: {
    200: answer(
      'People without names, those who left too',
      named(
        'Occupants',
        z.strictObject({
          occupants: z.array(
            z.strictObject({
              id: idField,
              status: z.enum(OCCUPANT_STATUSES),
              fromDay: dayField,
              toDay: dayField.nullable(),
              source: z.string(),
            }),
          ),
        }),
      ),
      {
        occupants: [
          {
            id: 1,
            status: 'pensioner-not-working',
            fromDay: '2020-01-01',
            toDay: null,
            source: 'Справка № 1',
          },
        ],
      },
    ),
  },
  refusals: { 'account-not-found': NO_ACCOUNT },
  async run({ caller, params, town }) {
    if (!(await isWithinReach(town, caller, params.id))) return refuse('account-not-found')
    return reply(200, { occupants: await readOccupants(town, params.id) })
  },
})

const record = endpoint({
  method: 'post',
  path: '/api/v1/accounts/:id/occupants',
  activity: 'accounts',
  summary: 'Record a person of an account',
  description: 'A status and its days, without a name: the same call again is another person.',
  params: ById,
  body: named(
    'NewOccupant',
    z.strictObject({
      status: z.enum(OCCUPANT_STATUSES),
      fromDay: dayField,
      toDay: dayField.optional().meta({ description: 'First day it is no longer so' }),
      source: sourceField,
    }),
  ),
  answers: {
    201: answer('Recorded', named('OccupantRecorded', z.strictObject({ occupantId: idField })), {
      occupantId: 1,
    }),
  },
  refusals: {
    'account-not-found': NO_ACCOUNT,
    'days-out-of-order': OUT_OF_ORDER,
    'too-many-occupants': { status: 422, means: 'The account has a hundred people' },
  },
  async run({ body, caller, params, town }) {
    const accountId = params.id
    if (!(await isWithinReach(town, caller, accountId))) return refuse('account-not-found')
    const { toDay = null, ...person } = body
    const recorded = await recordOccupant(town, { accountId, ...person, toDay })
    return recorded.ok ? reply(201, recorded.value) : recorded
  },
})

const end = endpoint({
  method: 'post',
  path: '/api/v1/occupants/:id/end',
  activity: 'accounts',
  summary: "End a person's registration or status",
  description: 'On the day it began it is taken back as recorded by mistake.',
  params: ById,
  body: named(
    'OccupantEnd',
    z.strictObject({
      toDay: dayField.meta({ description: 'First day it is no longer so' }),
      source: sourceField,
    }),
  ),
  answers: {
    200: answer(
      'Ended; the id of the version that replaces it, null after a mistake',
      named('OccupantEnded', z.strictObject({ occupantId: idField.nullable() })),
      { occupantId: 2 },
    ),
  },
  refusals: {
    'occupant-not-found': {
      status: 404,
      means: 'No such person within the reach of the key, or replaced before',
    },
    'days-out-of-order': OUT_OF_ORDER,
  },
  async run({ body, caller, params, town }) {
    const provider = await findOccupantProvider(town, params.id)
    if (provider === null || !mayUse(caller, provider)) return refuse('occupant-not-found')
    const ended = await endOccupant(town, { occupantId: params.id, ...body })
    return ended.ok ? reply(200, ended.value) : ended
  },
})

/** Who may be entitled to a subsidy, and the people this is told by. */
export const subsidyHouseholdEndpoints = [discover, listOccupants, record, end]

async function isWithinReach(town: Town, caller: Caller, accountId: number): Promise<boolean> {
  const account = await findAccountDetails(town, accountId)
  return account !== null && mayUse(caller, account.provider.code)
}
