import { beforeEach, describe, expect, it } from '@jest/globals'
import { requestLink } from '../../core/access/link-request.ts'
import { type Person } from '../../core/access/person.ts'
import { addAccount, addPerson, addProvider } from '../support/world.ts'
import { openApi } from './api.ts'

const api = await openApi()
const { town } = api
const key = await api.key('requests')
const providerId = await addProvider(town, { name: 'Водоканал' })
const accountId = await addAccount(town, { providerId, number: '101' })

let person: Person
let id: number
beforeEach(async () => {
  await town.sql.unsafe('DELETE FROM link; DELETE FROM outbox; DELETE FROM link_request')
  person = await addPerson(town)
  id = await ask(person, ' 1 0 1')
})

async function ask(by: Person, number: string): Promise<number> {
  const asked = await requestLink(town, { person: by, number, note: 'Це моя квартира' })
  if (!asked.ok) throw new Error(asked.code)
  return asked.value.requestId
}

const approve = (request: number | string, body: object = { accountId }) =>
  api.post(`/api/v1/link-requests/${request}/approve`, key, body)
const decline = (request: number | string) =>
  api.post(`/api/v1/link-requests/${request}/decline`, key)
const letters = () =>
  town.sql.many<{ to: string; line: object }>`
    select external_id as to, message->'lines'->0 as line from outbox order by id`

describe('link requests', () => {
  it('are listed with the accounts of their number', async () => {
    const { body } = await api.get('/api/v1/link-requests', key)
    expect(body.requests).toEqual([
      {
        id,
        number: ' 1 0 1',
        note: 'Це моя квартира',
        createdAt: town.now().toISOString(),
        candidates: [{ accountId, provider: 'Водоканал', number: '101' }],
      },
    ])
  })

  it('that are approved link the account and tell the person and the other holders', async () => {
    const holder = await addPerson(town)
    await approve(await ask(holder, '101'))
    await town.sql.unsafe('DELETE FROM outbox')
    const { body, status } = await approve(id)
    expect([status, body]).toEqual([200, { state: 'approved' }])
    const links = await town.sql.many`
      select proof from link where consumer_id = ${person.consumerId} and ended_at is null`
    expect(links).toEqual([{ proof: 'staff' }])
    expect(await letters()).toEqual([
      {
        to: person.externalId,
        line: { key: 'notice:link-approved', params: { no: id, number: '101' } },
      },
      {
        to: holder.externalId,
        line: { key: 'notice:link-added', params: { number: '101' } },
      },
    ])
  })

  it('of a person who has the account already warn nobody', async () => {
    const holder = await addPerson(town)
    await approve(await ask(holder, '101'))
    await approve(id)
    const second = await ask(person, '101')
    await town.sql.unsafe('DELETE FROM outbox')
    await approve(second)
    expect((await letters()).map(({ to }) => to)).toEqual([person.externalId])
  })

  it('that are declined link nothing and tell the person', async () => {
    const { body, status } = await decline(id)
    expect([status, body]).toEqual([200, { state: 'declined' }])
    expect(await town.sql.many`select 1 from link`).toEqual([])
    expect(await letters()).toEqual([
      {
        to: person.externalId,
        line: { key: 'notice:link-declined', params: { no: id, number: ' 1 0 1' } },
      },
    ])
  })

  it('are decided once, and the list has them no more', async () => {
    await decline(id)
    for (const answer of [await approve(id), await decline(id)])
      expect([answer.status, answer.body]).toEqual([404, { code: 'request-not-found' }])
    expect((await api.get('/api/v1/link-requests', key)).body).toEqual({ requests: [] })
    const decided = await town.sql.many`select state, decided_by from link_request`
    expect(decided).toEqual([
      { state: 'declined', decided_by: expect.stringMatching(/^api:program/) },
    ])
  })

  it('cannot be approved for an account that is not there', async () => {
    const answer = await approve(id, { accountId: 999_999 })
    expect([answer.status, answer.body]).toEqual([422, { code: 'account-not-found' }])
    expect(await town.sql.many`select state from link_request`).toEqual([{ state: 'open' }])
    expect(await letters()).toEqual([])
  })

  it.each([{}, { accountId: '1' }, { accountId: 1, more: 1 }])(
    'are not approved by %j',
    async (body) => {
      expect((await approve(id, body)).body).toMatchObject({ code: 'invalid-request' })
    },
  )

  it('have whole numbers', async () => {
    expect((await decline('x')).body).toMatchObject({ code: 'invalid-request' })
    expect((await api.get('/api/v1/link-requests?state=open', key)).status).toBe(400)
  })
})
