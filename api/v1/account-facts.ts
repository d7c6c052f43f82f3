import { z } from 'zod'
import { findHouseOf, type Owned } from '../../core/billing/account-life/owner.ts'
import { recordAbsence, retireAbsence } from '../../core/billing/facts/absence.ts'
import { recordBeneficiary, retireBeneficiary } from '../../core/billing/facts/beneficiary.ts'
import { recordDefect, retireDefect } from '../../core/billing/facts/defect.ts'
import { recordExtra, retireExtra } from '../../core/billing/facts/extra.ts'
import { readEarliest } from '../../core/billing/facts/look-back.ts'
import { type Context } from '../../core/context.ts'
import { rate } from '../../core/quantity.ts'
import { type Accepted, refuse, type Refused } from '../../core/result.ts'
import { answer, endpoint, type RefusalSpec, reply } from '../endpoint.ts'
import { idField, kopecksField, named } from '../fields.ts'
import { FORBIDDEN } from './reach.ts'
import {
  ACCOUNT_CLOSED,
  admitTo,
  ById,
  dayField,
  decimal,
  decimalField,
  documentField,
  given,
  IN_FUTURE,
  NO_ACCOUNT,
  NO_AGREEMENT,
  RANGE_WRONG,
  reasonField,
  TOO_LONG_AGO,
} from './staff-fields.ts'

const PERSONS_MAX = 99
const OVERLAPS: RefusalSpec = { status: 409, means: 'Another one is in force in these days' }
const KEY = z
  .string()
  .regex(/^[\w.-]{1,50}$/)
  .meta({ description: 'Key of a rule' })

const absence = endpoint({
  method: 'post',
  path: '/api/v1/accounts/:id/absences',
  activity: 'accounts',
  summary: 'Record that all residents were away',
  params: ById,
  body: named(
    'Absence',
    z.strictObject({
      leftOn: dayField,
      returnedOn: dayField,
      appliedOn: dayField,
      document: documentField,
    }),
  ),
  answers: {
    200: answer('Recorded', named('AbsenceRecorded', z.strictObject({ absenceId: idField })), {
      absenceId: 4,
    }),
  },
  refusals: {
    forbidden: FORBIDDEN,
    'account-not-found': NO_ACCOUNT,
    'range-wrong': RANGE_WRONG,
    'too-long-ago': TOO_LONG_AGO,
    'day-in-future': { status: 422, means: 'They are not back yet' },
    'applied-too-late': {
      status: 422,
      means: 'It had to be applied for by `lastDay`',
      details: { lastDay: dayField },
      example: { lastDay: '2026-10-20' },
    },
    'absence-overlaps': OVERLAPS,
  },
  async run({ body, caller, params, town }) {
    const admitted = await admitTo({ town, caller }, 'account', params.id, 'account-not-found')
    if (!admitted.ok) return admitted
    const recorded = await recordAbsence(town, {
      ...{ ...body, accountId: params.id, author: caller.author },
      ...(await readEarliest(town, admitted.owner.providerId)),
    })
    return recorded.ok ? reply(200, recorded.value) : recorded
  },
})

const defect = endpoint({
  method: 'post',
  path: '/api/v1/accounts/:id/defects',
  activity: 'accounts',
  summary: 'Record that a service was poor',
  description: 'For the account, or with `wholeHouse` for everybody in its house.',
  params: ById,
  body: named(
    'Defect',
    z.strictObject({
      service: z.string().min(1).max(20),
      wholeHouse: z.boolean(),
      defect: KEY,
      from: dayField,
      to: dayField.meta({ description: 'First day of good quality' }),
      document: documentField,
    }),
  ),
  answers: {
    200: answer(
      'Recorded',
      named('DefectRecorded', z.strictObject({ defectId: idField, accounts: z.int() })),
      { defectId: 9, accounts: 64 },
    ),
  },
  refusals: {
    forbidden: FORBIDDEN,
    'account-not-found': NO_ACCOUNT,
    'service-not-found': { status: 422, means: 'The provider does not deliver this service' },
    'place-not-found': { status: 422, means: 'The service is not delivered there' },
    'range-wrong': RANGE_WRONG,
    'too-long-ago': TOO_LONG_AGO,
    'defect-unknown': { status: 422, means: 'No rule of this defect in these days' },
    'defect-overlaps': OVERLAPS,
  },
  async run({ body, caller, params, town }) {
    const admitted = await admitTo({ town, caller }, 'account', params.id, 'account-not-found')
    if (!admitted.ok) return admitted
    const houseId = body.wholeHouse ? await findHouseOf(town, params.id) : null
    const { code, providerId } = admitted.owner
    const { defect: key, document, from, service, to } = body
    const recorded = await recordDefect(town, {
      ...{ providerCode: code, service, defect: key, fromDay: from, toDay: to, document },
      place: houseId === null ? { accountId: params.id } : { houseId },
      author: caller.author,
      ...(await readEarliest(town, providerId)),
    })
    return recorded.ok ? reply(200, recorded.value) : recorded
  },
})

const extra = endpoint({
  method: 'post',
  path: '/api/v1/agreements/:id/extras',
  activity: 'accounts',
  summary: 'Record work or goods outside the tariff',
  params: ById,
  body: named(
    'Extra',
    z.strictObject({
      day: dayField,
      name: z.string().trim().min(1).max(200),
      quantity: decimalField,
      price: decimalField,
    }),
  ),
  answers: {
    200: answer(
      'Recorded; what it will cost',
      named('ExtraRecorded', z.strictObject({ extraId: idField, amount: kopecksField })),
      { extraId: 2, amount: '35000' },
    ),
  },
  refusals: {
    forbidden: FORBIDDEN,
    'agreement-not-found': NO_AGREEMENT,
    'account-closed': ACCOUNT_CLOSED,
    'amount-wrong': { status: 422, means: 'It would cost nothing' },
    'day-in-future': IN_FUTURE,
    'too-long-ago': TOO_LONG_AGO,
  },
  async run({ body, caller, params, town }) {
    const admitted = await admitTo({ town, caller }, 'agreement', params.id, 'agreement-not-found')
    if (!admitted.ok) return admitted
    const { day, name, price, quantity } = body
    const recorded = await recordExtra(town, {
      ...{ agreementId: params.id, day, name, author: caller.author },
      ...{ quantity: decimal(quantity), price: rate(decimal(price)) },
      ...(await readEarliest(town, admitted.owner.providerId)),
    })
    if (!recorded.ok) return recorded
    const { amount, extraId } = recorded.value
    return reply(200, { extraId, amount: amount.toString() })
  },
})

const beneficiary = endpoint({
  method: 'post',
  path: '/api/v1/accounts/:id/beneficiaries',
  activity: 'accounts',
  summary: 'Record a right to a benefit',
  params: ById,
  body: named(
    'Beneficiary',
    z.strictObject({
      category: KEY,
      persons: z.int().min(1).max(PERSONS_MAX),
      from: dayField,
      to: dayField.optional(),
      document: documentField,
    }),
  ),
  answers: {
    200: answer(
      'Recorded',
      named('BeneficiaryRecorded', z.strictObject({ beneficiaryId: idField })),
      { beneficiaryId: 6 },
    ),
  },
  refusals: {
    forbidden: FORBIDDEN,
    'account-not-found': NO_ACCOUNT,
    'range-wrong': RANGE_WRONG,
    'too-long-ago': TOO_LONG_AGO,
    'category-unknown': { status: 422, means: 'No rule of this benefit in these days' },
    'persons-wrong': {
      status: 422,
      means: 'More persons than live there',
      details: { occupants: z.int() },
      example: { occupants: 2 },
    },
    'beneficiary-overlaps': OVERLAPS,
  },
  async run({ body, caller, params, town }) {
    const admitted = await admitTo({ town, caller }, 'account', params.id, 'account-not-found')
    if (!admitted.ok) return admitted
    const { category, document, from, persons, to } = body
    const recorded = await recordBeneficiary(town, {
      ...{ accountId: params.id, category, persons, fromDay: from, document },
      ...{ author: caller.author, ...given({ toDay: to }) },
      ...(await readEarliest(town, admitted.owner.providerId)),
    })
    return recorded.ok ? reply(200, recorded.value) : recorded
  },
})

type Retire = (
  ctx: Context,
  input: { id: number; reason: string; author: string },
) => Promise<Accepted<undefined> | Refused<'fact-not-found'>>

const Retirement = named('Retirement', z.strictObject({ reason: reasonField }))
const Retired = named('Retired', z.strictObject({ state: z.literal('retired') }))

function retirement(path: string, summary: string, what: Owned, retire: Retire) {
  return endpoint({
    method: 'post',
    path: `/api/v1/${path}/:id/retire`,
    activity: 'accounts',
    summary,
    description: 'It stays in the history; months it touched are charged again.',
    params: ById,
    body: Retirement,
    answers: { 200: answer('Taken back', Retired, { state: 'retired' }) },
    refusals: {
      forbidden: FORBIDDEN,
      'fact-not-found': { status: 404, means: 'No such row in force' },
    },
    async run({ body, caller, params, town }) {
      const admitted = await admitTo({ town, caller }, what, params.id, 'fact-not-found')
      if (!admitted.ok) return admitted
      const { author } = caller
      const retired = await retire(town, { id: params.id, reason: body.reason, author })
      return retired.ok ? reply(200, { state: 'retired' } as const) : refuse('fact-not-found')
    },
  })
}

/** What staff record about households and services. */
export const accountFactEndpoints = [
  absence,
  defect,
  extra,
  beneficiary,
  retirement('absences', 'Take an absence back', 'absence', retireAbsence),
  retirement('defects', 'Take a defect back', 'quality_defect', retireDefect),
  retirement('extras', 'Take an extra back', 'extra_charge', retireExtra),
  retirement('beneficiaries', 'Take a right back', 'beneficiary', retireBeneficiary),
]
