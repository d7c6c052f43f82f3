import { z } from 'zod'
import { readLinkRequests } from '../../core/access/link-request.ts'
import { approveAndTell, declineAndTell } from '../../core/notices/decide-and-tell.ts'
import { answer, endpoint, type RefusalSpec, reply } from '../endpoint.ts'
import { idField, idText, instantField, named } from '../fields.ts'

const ById = z.strictObject({ id: idText })
const NO_REQUEST: RefusalSpec = { status: 404, means: 'No such open request' }

const listRequests = endpoint({
  method: 'get',
  path: '/api/v1/link-requests',
  activity: 'requests',
  summary: 'List open link requests',
  description: 'People who ask staff to link an account. Oldest first, at most 100.',
  answers: {
    200: answer(
      'Open requests',
      named(
        'LinkRequests',
        z.strictObject({
          requests: z.array(
            z.strictObject({
              id: idField,
              number: z.string().meta({ description: 'As the person typed it' }),
              note: z.string().meta({ description: 'What the person wrote to convince staff' }),
              createdAt: instantField,
              candidates: z
                .array(
                  z.strictObject({ accountId: idField, provider: z.string(), number: z.string() }),
                )
                .meta({ description: 'Accounts of this number, with the name of the provider' }),
            }),
          ),
        }),
      ),
      {
        requests: [
          {
            id: 3,
            number: '101',
            note: 'Квартира 29, платіжка на чоловіка',
            createdAt: '2026-11-05T10:00:00.000Z',
            candidates: [{ accountId: 1, provider: 'КП «Ізенгардводоканал»', number: '101' }],
          },
        ],
      },
    ),
  },
  refusals: {},
  async run({ town }) {
    const requests = await readLinkRequests(town)
    return reply(200, {
      requests: requests.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() })),
    })
  },
})

const approve = endpoint({
  method: 'post',
  path: '/api/v1/link-requests/:id/approve',
  activity: 'requests',
  summary: 'Approve a link request',
  description: 'Links the account and tells the person and the other holders of the account.',
  params: ById,
  body: named('Approval', z.strictObject({ accountId: idField })),
  answers: {
    200: answer('Approved', named('Approved', z.strictObject({ state: z.literal('approved') })), {
      state: 'approved',
    }),
  },
  refusals: {
    'request-not-found': NO_REQUEST,
    'account-not-asked-for': { status: 422, means: 'The account has another number' },
    'account-not-found': { status: 422, means: 'No such account' },
  },
  async run({ body, caller, params, town }) {
    const { accountId } = body
    const { author } = caller
    const decided = await approveAndTell(town, { requestId: params.id, accountId, author })
    return decided.ok ? reply(200, { state: 'approved' } as const) : decided
  },
})

const decline = endpoint({
  method: 'post',
  path: '/api/v1/link-requests/:id/decline',
  activity: 'requests',
  summary: 'Decline a link request',
  description: 'Tells the person.',
  params: ById,
  answers: {
    200: answer('Declined', named('Declined', z.strictObject({ state: z.literal('declined') })), {
      state: 'declined',
    }),
  },
  refusals: { 'request-not-found': NO_REQUEST },
  async run({ caller, params, town }) {
    const { author } = caller
    const decided = await declineAndTell(town, { requestId: params.id, author })
    return decided.ok ? reply(200, { state: 'declined' } as const) : decided
  },
})

/** People who wait for staff. */
export const linkRequestEndpoints = [listRequests, approve, decline]
