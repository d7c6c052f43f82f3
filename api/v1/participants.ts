import { z } from 'zod'
import {
  giveNotice,
  joinSettlement,
  PARTICIPANT_ROLES,
  readParticipants,
} from '../../core/registry/participants.ts'
import { readNoticeTerm } from '../../core/registry/participants-notice.ts'
import { findService, nameParties, readParties } from '../../core/registry/participants-parties.ts'
import { plainDate } from '../../core/period.ts'
import { refuse } from '../../core/result.ts'
import { answer, endpoint, type RefusalSpec, reply } from '../endpoint.ts'
import { idField, named, providerField } from '../fields.ts'
import { FORBIDDEN, mayUse, withinReach } from './reach.ts'
import { ById, dayField, documentField, given, RANGE_WRONG } from './staff-fields.ts'

const SERVICE = z.string().min(1).max(20)
const NO_SERVICE: RefusalSpec = { status: 404, means: 'The provider has no such service' }

const list = endpoint({
  method: 'get',
  path: '/api/v1/participants',
  activity: 'read',
  summary: 'Participants of the settlement',
  query: z.strictObject({ on: dayField.optional() }),
  answers: {
    200: answer(
      'Who takes or took part; with `on`, on that day',
      named(
        'Participants',
        z.strictObject({
          participants: z.array(
            z.strictObject({
              id: idField,
              provider: z.string(),
              role: z.enum(PARTICIPANT_ROLES),
              fromDay: dayField,
              noticeOn: dayField.nullable(),
              toDay: dayField.nullable(),
              document: z.string(),
            }),
          ),
        }),
      ),
      {
        participants: [
          {
            ...({
              id: 1,
              provider: '55101018',
              role: 'provider',
              document: 'Договір № 3',
            } as const),
            ...{ fromDay: plainDate('2026-01-01'), noticeOn: null, toDay: null },
          },
        ],
      },
    ),
  },
  refusals: {},
  async run({ caller, query, town }) {
    const filter = { ...given(query), ...withinReach(caller.reach) }
    return reply(200, { participants: await readParticipants(town, filter) })
  },
})

const join = endpoint({
  method: 'post',
  path: '/api/v1/participants',
  activity: 'accounts',
  summary: 'Record an accession',
  body: named(
    'Accession',
    z.strictObject({
      provider: providerField,
      role: z.enum(PARTICIPANT_ROLES),
      from: dayField,
      document: documentField,
    }),
  ),
  answers: {
    200: answer('Recorded', named('Joined', z.strictObject({ participationId: idField })), {
      participationId: 1,
    }),
  },
  refusals: {
    forbidden: FORBIDDEN,
    'provider-not-found': { status: 404, means: 'No provider of this code' },
    'role-overlaps': { status: 409, means: 'It has this role on that day or later' },
  },
  async run({ body, caller, town }) {
    const { document, from, provider, role } = body
    if (!mayUse(caller, provider)) return refuse('forbidden')
    const { author } = caller
    const input = { providerCode: provider, role, fromDay: from, document, author }
    const joined = await joinSettlement(town, input)
    return joined.ok ? reply(200, joined.value) : joined
  },
})

const notice = endpoint({
  method: 'post',
  path: '/api/v1/participants/:id/notice',
  activity: 'accounts',
  summary: 'Record a notice of termination',
  description: 'The part ends as many days later as the rule of that day says.',
  params: ById,
  body: named('TerminationNotice', z.strictObject({ on: dayField })),
  answers: {
    200: answer(
      'First day it no longer takes part',
      named('Terminated', z.strictObject({ toDay: dayField })),
      { toDay: plainDate('2026-12-05') },
    ),
  },
  refusals: {
    forbidden: FORBIDDEN,
    'participation-not-found': { status: 404, means: 'No such participation' },
    'rule-not-found': { status: 409, means: 'No rule says how long a notice runs' },
    'notice-given': { status: 409, means: 'Notice was given before' },
    'notice-before-accession': { status: 422, means: 'It did not take part yet' },
  },
  async run({ body, caller, params, town }) {
    const { on } = body
    const term = await readNoticeTerm(town, { participationId: params.id, on })
    if (!term) return refuse('participation-not-found')
    const { noticeDays, provider } = term
    if (!mayUse(caller, provider)) return refuse('forbidden')
    if (noticeDays === null) return refuse('rule-not-found')
    const input = { participationId: params.id, noticeOn: on, noticeDays }
    const given = await giveNotice(town, input)
    return given.ok ? reply(200, given.value) : given
  },
})

const PartiesView = named(
  'Parties',
  z.strictObject({ biller: z.string(), payee: z.string() }).meta({
    description: 'Codes of who bills the service and who is paid for it',
  }),
)

const parties = endpoint({
  method: 'get',
  path: '/api/v1/parties',
  activity: 'read',
  summary: 'Who bills a service and who is paid for it',
  query: z.strictObject({ provider: providerField, service: SERVICE, on: dayField }),
  answers: {
    200: answer('On that day; the provider itself unless others are named', PartiesView, {
      biller: '55202042',
      payee: '55101018',
    }),
  },
  refusals: { forbidden: FORBIDDEN, 'service-not-found': NO_SERVICE },
  async run({ caller, query, town }) {
    const { on, provider, service } = query
    if (!mayUse(caller, provider)) return refuse('forbidden')
    const found = await findService(town, { providerCode: provider, service })
    const named = found && (await readParties(town, { ...found, on }))
    if (!named) return refuse('service-not-found')
    return reply(200, { biller: named.biller, payee: named.payee })
  },
})

const name = endpoint({
  method: 'post',
  path: '/api/v1/parties',
  activity: 'accounts',
  summary: 'Name who bills a service and who is paid for it',
  description: 'What was named before without an end stops on the day `from`.',
  body: named(
    'PartiesChange',
    z.strictObject({
      provider: providerField,
      service: SERVICE,
      biller: providerField,
      payee: providerField,
      from: dayField,
      to: dayField.optional(),
    }),
  ),
  answers: {
    200: answer('Recorded', named('PartiesNamed', z.strictObject({ partyId: idField })), {
      partyId: 1,
    }),
  },
  refusals: {
    forbidden: FORBIDDEN,
    'service-not-found': NO_SERVICE,
    'range-wrong': RANGE_WRONG,
    'biller-not-found': { status: 422, means: 'No organisation of the biller’s code' },
    'payee-not-found': { status: 422, means: 'No organisation of the payee’s code' },
    'parties-overlap': { status: 409, means: 'Others are named within these days' },
  },
  async run({ body, caller, town }) {
    const { biller, from, payee, provider, service, to } = body
    if (!mayUse(caller, provider)) return refuse('forbidden')
    const found = await findService(town, { providerCode: provider, service })
    if (!found) return refuse('service-not-found')
    const changed = await nameParties(town, {
      ...{ ...found, billerCode: biller, payeeCode: payee, fromDay: from, author: caller.author },
      ...given({ toDay: to }),
    })
    return changed.ok ? reply(200, changed.value) : changed
  },
})

/** Who takes part in the town's settlement. */
export const participantEndpoints = [list, join, notice, parties, name]
