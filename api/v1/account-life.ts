import { z } from 'zod'
import { readAccountHistory } from '../../core/billing/account-life/account-event.ts'
import { closeAccount } from '../../core/billing/account-life/close-account.ts'
import { mergeAccounts } from '../../core/billing/account-life/merge-accounts.ts'
import { openAccount } from '../../core/billing/account-life/open-account.ts'
import { changeHousehold } from '../../core/billing/facts/change-household.ts'
import { readEarliest } from '../../core/billing/facts/look-back.ts'
import { changeHolderAndTell } from '../../core/notices/change-holder-and-tell.ts'
import { plainDate } from '../../core/period.ts'
import { refuse } from '../../core/result.ts'
import { answer, endpoint, type RefusalSpec, reply } from '../endpoint.ts'
import { idField, kopecksField, limitText, named, providerField } from '../fields.ts'
import { MovedDebts, toldTransfers, SERVICE_NOT_AGREED } from './account-debt.ts'
import { FORBIDDEN, mayUse } from './reach.ts'
import {
  ACCOUNT_CLOSED,
  admitTo,
  ById,
  dayField,
  decimal,
  decimalField,
  documentField,
  given,
  HistoryLine,
  KEY_CONFLICT,
  NO_ACCOUNT,
  OTHER_PROVIDER,
  reasonField,
  requestKeyField,
  TOO_LONG_AGO,
} from './staff-fields.ts'

const HISTORY_MAX = 500
const OCCUPANTS_MAX = 99
const SERVICES_MAX = 50

const NAME = z.string().trim().min(1).max(200)
const PHONE = z.string().trim().min(1).max(40)
const EMAIL = z.email().max(100)
const OCCUPANTS = z.int().min(0).max(OCCUPANTS_MAX)
const METER_RUNNING: RefusalSpec = {
  status: 409,
  means: 'These meters hang without a closing reading',
  details: { meters: z.array(z.string()) },
  example: { meters: ['032264'] },
}
const CLOSES_EARLY: RefusalSpec = { status: 422, means: 'It closes before it was opened' }
const HOUSEHOLD_WRONG: RefusalSpec = { status: 422, means: 'More heated area than there is' }

const open = endpoint({
  method: 'post',
  path: '/api/v1/accounts',
  activity: 'accounts',
  summary: 'Open an account',
  description: 'With its premise, household and agreements, which run from the day `from`.',
  body: named(
    'NewAccount',
    z.strictObject({
      provider: providerField,
      number: z.string().trim().min(1).max(50),
      address: z.strictObject({
        streetType: z.string().trim().max(20),
        street: z.string().trim().min(1).max(100),
        house: z.string().trim().min(1).max(20),
        flat: z.string().trim().max(20),
      }),
      holderName: NAME,
      phone: PHONE.optional(),
      email: EMAIL.optional(),
      occupants: OCCUPANTS,
      totalArea: decimalField.optional(),
      heatedArea: decimalField.optional(),
      services: z.array(z.string().min(1).max(20)).min(1).max(SERVICES_MAX),
      from: dayField,
      reason: reasonField,
    }),
  ),
  answers: {
    200: answer('Opened', named('OpenedAccount', z.strictObject({ accountId: idField })), {
      accountId: 12,
    }),
  },
  refusals: {
    forbidden: FORBIDDEN,
    'provider-not-found': { status: 404, means: 'No provider of this code' },
    'account-number-empty': { status: 422, means: 'The number has no signs that count' },
    'account-exists': { status: 409, means: 'The provider has an account of this number' },
    'service-not-found': {
      status: 422,
      means: 'The provider does not deliver this service',
      details: { service: z.string() },
      example: { service: '77' },
    },
    'household-wrong': HOUSEHOLD_WRONG,
  },
  async run({ body, caller, town }) {
    const { email, heatedArea, phone, provider, totalArea, ...rest } = body
    if (!mayUse(caller, provider)) return refuse('forbidden')
    const opened = await openAccount(town, {
      ...rest,
      ...given({ phone, email }),
      ...(totalArea !== undefined && { totalArea: decimal(totalArea) }),
      ...(heatedArea !== undefined && { heatedArea: decimal(heatedArea) }),
      providerCode: provider,
      author: caller.author,
    })
    return opened.ok ? reply(200, opened.value) : opened
  },
})

const close = endpoint({
  method: 'post',
  path: '/api/v1/accounts/:id/close',
  activity: 'accounts',
  summary: 'Close an account',
  description: 'Nothing is delivered from the day `on`. What is owed stays owed, and is told.',
  params: ById,
  body: named('Closing', z.strictObject({ on: dayField, reason: reasonField })),
  answers: {
    200: answer(
      'Closed; the balances that stay, owed is positive',
      named(
        'ClosedAccount',
        z.strictObject({
          balance: kopecksField,
          balances: z.array(z.strictObject({ agreementId: idField, balance: kopecksField })),
        }),
      ),
      { balance: '12050', balances: [{ agreementId: 3, balance: '12050' }] },
    ),
  },
  refusals: {
    forbidden: FORBIDDEN,
    'account-not-found': NO_ACCOUNT,
    'account-closed': ACCOUNT_CLOSED,
    'closes-before-opened': CLOSES_EARLY,
    'meter-running': METER_RUNNING,
  },
  async run({ body, caller, params, town }) {
    const admitted = await admitTo({ town, caller }, 'account', params.id, 'account-not-found')
    if (!admitted.ok) return admitted
    const { author } = caller
    const closed = await closeAccount(town, { ...body, accountId: params.id, author })
    if (!closed.ok) return closed
    const { balance, balances } = closed.value
    return reply(200, {
      balance: balance.toString(),
      balances: balances.map((row) => ({ ...row, balance: row.balance.toString() })),
    })
  },
})

const changeHolder = endpoint({
  method: 'post',
  path: '/api/v1/accounts/:id/holder',
  activity: 'accounts',
  summary: 'Change the holder',
  description:
    'Another holder ends every link to the account and voids printed codes; those who had links are ' +
    'told. The same name with another phone or e-mail leaves the links.',
  params: ById,
  body: named(
    'NewHolder',
    z.strictObject({
      holderName: NAME,
      phone: PHONE.nullable(),
      email: EMAIL.nullable(),
      from: dayField,
      reason: reasonField,
    }),
  ),
  answers: {
    200: answer(
      'Changed',
      named('HolderChanged', z.strictObject({ isNewHolder: z.boolean(), linksEnded: z.int() })),
      { isNewHolder: true, linksEnded: 2 },
    ),
  },
  refusals: {
    forbidden: FORBIDDEN,
    'account-not-found': NO_ACCOUNT,
    'account-closed': ACCOUNT_CLOSED,
    'holder-unchanged': { status: 409, means: 'Nothing differs' },
  },
  async run({ body, caller, params, town }) {
    const admitted = await admitTo({ town, caller }, 'account', params.id, 'account-not-found')
    if (!admitted.ok) return admitted
    const { author } = caller
    const changed = await changeHolderAndTell(town, { ...body, accountId: params.id, author })
    return changed.ok ? reply(200, changed.value) : changed
  },
})

const household = endpoint({
  method: 'post',
  path: '/api/v1/accounts/:id/household',
  activity: 'accounts',
  summary: 'Change the household from a day on',
  description: 'What is left out stays. Changes known of later days stay in force from theirs.',
  params: ById,
  body: named(
    'HouseholdChange',
    z.strictObject({
      from: dayField,
      occupants: OCCUPANTS.optional(),
      totalArea: decimalField.nullable().optional(),
      heatedArea: decimalField.nullable().optional(),
      load: decimalField.nullable().optional(),
      plan: z.enum(['standard', 'full']).optional(),
      source: documentField,
    }),
  ),
  answers: {
    200: answer('Recorded', named('HouseholdChanged', z.strictObject({ householdId: idField })), {
      householdId: 31,
    }),
  },
  refusals: {
    forbidden: FORBIDDEN,
    'account-not-found': NO_ACCOUNT,
    'too-long-ago': TOO_LONG_AGO,
    'household-wrong': HOUSEHOLD_WRONG,
    'household-unchanged': { status: 409, means: 'It is so already' },
  },
  async run({ body, caller, params, town }) {
    const admitted = await admitTo({ town, caller }, 'account', params.id, 'account-not-found')
    if (!admitted.ok) return admitted
    const { from, heatedArea, load, occupants, plan, source, totalArea } = body
    const area = (text?: string | null) => (typeof text === 'string' ? decimal(text) : text)
    const changed = await changeHousehold(town, {
      ...{ accountId: params.id, fromDay: from, source, author: caller.author },
      ...given({ occupants, plan, totalArea: area(totalArea) }),
      ...given({ heatedArea: area(heatedArea), load: area(load) }),
      ...(await readEarliest(town, admitted.owner.providerId)),
    })
    return changed.ok ? reply(200, changed.value) : changed
  },
})

const merge = endpoint({
  method: 'post',
  path: '/api/v1/accounts/:id/merge',
  activity: 'accounts',
  summary: 'Merge the account into another one',
  description:
    'What is owed or overpaid for each service moves to the same service of the other account; then ' +
    'this account closes.',
  params: ById,
  body: named(
    'Merge',
    z.strictObject({
      into: idField,
      on: dayField,
      reason: reasonField,
      requestKey: requestKeyField.optional(),
    }),
  ),
  answers: { 200: MovedDebts },
  refusals: {
    forbidden: FORBIDDEN,
    'account-not-found': NO_ACCOUNT,
    'same-account': { status: 422, means: 'It is the same account' },
    'other-provider': OTHER_PROVIDER,
    'account-closed': ACCOUNT_CLOSED,
    'closes-before-opened': CLOSES_EARLY,
    'meter-running': METER_RUNNING,
    'service-not-agreed': SERVICE_NOT_AGREED,
    'key-conflict': KEY_CONFLICT,
  },
  async run({ body, caller, params, town }) {
    const admitted = await admitTo({ town, caller }, 'account', params.id, 'account-not-found')
    if (!admitted.ok) return admitted
    const { into, on, reason, requestKey } = body
    const merged = await mergeAccounts(town, {
      ...{ fromId: params.id, intoId: into, on, reason, author: caller.author },
      ...given({ requestKey }),
    })
    return merged.ok ? reply(200, toldTransfers(merged.value)) : merged
  },
})

const history = endpoint({
  method: 'get',
  path: '/api/v1/accounts/:id/history',
  activity: 'read',
  summary: 'History of an account',
  params: ById,
  query: z.strictObject({ limit: limitText(HISTORY_MAX) }),
  answers: {
    200: answer(
      'What happened to it, the latest first',
      named(
        'AccountHistory',
        z.strictObject({ events: z.array(HistoryLine.extend({ reason: z.string() })) }),
      ),
      {
        events: [
          {
            id: 7,
            kind: 'closed',
            day: plainDate('2026-11-01'),
            reason: 'Заява № 12',
            author: 'api:accounting',
            details: { balance: '12050' },
            at: '2026-11-05T10:00:00.000Z',
          },
        ],
      },
    ),
  },
  refusals: { forbidden: FORBIDDEN, 'account-not-found': NO_ACCOUNT },
  async run({ caller, params, query, town }) {
    const admitted = await admitTo({ town, caller }, 'account', params.id, 'account-not-found')
    if (!admitted.ok) return admitted
    const events = await readAccountHistory(town, params.id, query)
    return reply(200, { events: events.map((row) => ({ ...row, at: row.at.toISOString() })) })
  },
})

/** The life of accounts. */
export const accountLifeEndpoints = [open, close, changeHolder, household, merge, history]
