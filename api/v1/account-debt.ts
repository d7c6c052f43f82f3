import { z } from 'zod'
import { moveDebt } from '../../core/billing/account-life/move-debt.ts'
import { type MadeTransfer } from '../../core/billing/account-life/post-transfers.ts'
import { splitDebt } from '../../core/billing/account-life/split-debt.ts'
import { correctBalance } from '../../core/billing/correct.ts'
import { kopecks } from '../../core/money.ts'
import { period } from '../../core/period.ts'
import { answer, endpoint, type RefusalSpec, reply } from '../endpoint.ts'
import { idField, kopecksField, monthField, named } from '../fields.ts'
import { FORBIDDEN } from './reach.ts'
import {
  ACCOUNT_CLOSED,
  admitTo,
  ById,
  given,
  KEY_CONFLICT,
  NO_ACCOUNT,
  NO_AGREEMENT,
  OTHER_PROVIDER,
  reasonField,
  requestKeyField,
} from './staff-fields.ts'

const SHARES_MAX = 20
const WEIGHT_MAX = 1_000_000
const NOTHING_TO_MOVE: RefusalSpec = { status: 422, means: 'Nothing is owed' }

/** A service is owed for that the other account has no agreement for. */
export const SERVICE_NOT_AGREED: RefusalSpec = {
  status: 422,
  means: 'The other account has no agreement for a service that is owed',
  details: { serviceId: idField },
  example: { serviceId: 4 },
}

/** What was moved. */
export const MovedDebts = answer(
  'What was moved, amounts above zero; a credit moves as a debt the other way',
  named(
    'MovedDebts',
    z.strictObject({
      transfers: z.array(
        z.strictObject({
          id: z.string(),
          fromId: idField,
          toId: idField,
          amount: kopecksField,
        }),
      ),
      replayed: z.boolean().meta({ description: 'It was done before: nothing changed' }),
    }),
  ),
  { transfers: [{ id: '5', fromId: 3, toId: 8, amount: '12050' }], replayed: false },
)

/** Transfers as the API tells them. */
export function toldTransfers(made: { transfers: readonly MadeTransfer[]; replayed: boolean }) {
  const transfers = made.transfers.map(({ amount, fromId, id, toId }) => ({
    id: id.toString(),
    fromId,
    toId,
    amount: amount.toString(),
  }))
  return { transfers, replayed: made.replayed }
}

const move = endpoint({
  method: 'post',
  path: '/api/v1/agreements/:id/move-debt',
  activity: 'accounts',
  summary: 'Move a debt to another agreement',
  description:
    'Booked in the open month, about the months it is owed for: due dates stay. Without `amount` all of ' +
    'the balance moves; a negative one moves a credit.',
  params: ById,
  body: named(
    'DebtMove',
    z.strictObject({
      to: idField,
      amount: kopecksField.optional(),
      reason: reasonField,
      requestKey: requestKeyField.optional(),
    }),
  ),
  answers: { 200: MovedDebts },
  refusals: {
    forbidden: FORBIDDEN,
    'agreement-not-found': NO_AGREEMENT,
    'same-agreement': { status: 422, means: 'It is the same agreement' },
    'other-provider': OTHER_PROVIDER,
    'account-closed': ACCOUNT_CLOSED,
    'nothing-to-move': NOTHING_TO_MOVE,
    'more-than-owed': {
      status: 422,
      means: 'More than the balance, or of the other sign',
      details: { balance: kopecksField },
      example: { balance: '12050' },
    },
    'key-conflict': KEY_CONFLICT,
  },
  async run({ body, caller, params, town }) {
    const admitted = await admitTo({ town, caller }, 'agreement', params.id, 'agreement-not-found')
    if (!admitted.ok) return admitted
    const { amount, reason, requestKey, to } = body
    const moved = await moveDebt(town, {
      ...{ fromId: params.id, toId: to, reason, author: caller.author },
      ...given({ requestKey }),
      ...(amount !== undefined && { amount: kopecks(BigInt(amount)) }),
    })
    if (moved.ok) return reply(200, toldTransfers(moved.value))
    return moved.code === 'more-than-owed' ? { ...moved, balance: moved.balance.toString() } : moved
  },
})

const OfAccount = { details: { accountId: idField }, example: { accountId: 2 } }

const split = endpoint({
  method: 'post',
  path: '/api/v1/accounts/:id/split-debt',
  activity: 'accounts',
  summary: 'Split the debt of an account onto others',
  description:
    'By weights, each service onto the same service, no kopeck is lost. The account itself may be among ' +
    'the shares: that part stays.',
  params: ById,
  body: named(
    'DebtSplit',
    z.strictObject({
      shares: z
        .array(z.strictObject({ accountId: idField, weight: z.int().min(0).max(WEIGHT_MAX) }))
        .min(1)
        .max(SHARES_MAX),
      reason: reasonField,
      requestKey: requestKeyField.optional(),
    }),
  ),
  answers: { 200: MovedDebts },
  refusals: {
    forbidden: FORBIDDEN,
    'account-not-found': { ...NO_ACCOUNT, details: { accountId: idField.optional() } },
    'other-provider': { ...OTHER_PROVIDER, ...OfAccount },
    'account-closed': { ...ACCOUNT_CLOSED, ...OfAccount },
    'weights-wrong': { status: 422, means: 'All weights are zero, or an account is named twice' },
    'nothing-to-move': NOTHING_TO_MOVE,
    'service-not-agreed': {
      ...SERVICE_NOT_AGREED,
      details: { accountId: idField, serviceId: idField },
      example: { accountId: 2, serviceId: 4 },
    },
    'key-conflict': KEY_CONFLICT,
  },
  async run({ body, caller, params, town }) {
    const admitted = await admitTo({ town, caller }, 'account', params.id, 'account-not-found')
    if (!admitted.ok) return admitted
    const { reason, requestKey, shares } = body
    const done = await splitDebt(town, {
      ...{ accountId: params.id, reason, author: caller.author },
      ...given({ requestKey }),
      shares: shares.map((share) => ({ ...share, weight: BigInt(share.weight) })),
    })
    return done.ok ? reply(200, toldTransfers(done.value)) : done
  },
})

const correct = endpoint({
  method: 'post',
  path: '/api/v1/agreements/:id/corrections',
  activity: 'accounts',
  summary: 'Correct a balance',
  description: 'Booked in the open month. A positive amount raises the debt.',
  params: ById,
  body: named(
    'Correction',
    z.strictObject({
      amount: kopecksField,
      about: monthField.optional(),
      reason: reasonField,
      requestKey: requestKeyField.optional(),
    }),
  ),
  answers: {
    200: answer(
      'Booked',
      named(
        'Corrected',
        z.strictObject({ correctionId: z.string(), month: monthField, replayed: z.boolean() }),
      ),
      { correctionId: '17', month: period(202611), replayed: false },
    ),
  },
  refusals: {
    forbidden: FORBIDDEN,
    'agreement-not-found': NO_AGREEMENT,
    'amount-zero': { status: 422, means: 'The amount is zero' },
    'reason-missing': { status: 422, means: 'The reason is empty' },
    'month-in-future': { status: 422, means: 'The month is after the open one' },
    'key-conflict': KEY_CONFLICT,
  },
  async run({ body, caller, params, town }) {
    const admitted = await admitTo({ town, caller }, 'agreement', params.id, 'agreement-not-found')
    if (!admitted.ok) return admitted
    const { about, amount, reason, requestKey } = body
    const corrected = await correctBalance(town, {
      ...{ agreementId: params.id, reason, author: caller.author },
      amount: kopecks(BigInt(amount)),
      ...given({ requestKey, aboutPeriod: about }),
    })
    if (!corrected.ok) return corrected
    const { correctionId, ...rest } = corrected.value
    return reply(200, { ...rest, correctionId: correctionId.toString() })
  },
})

/** What staff do with debts. */
export const accountDebtEndpoints = [move, split, correct]
