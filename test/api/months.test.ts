import { beforeAll, describe, expect, it } from '@jest/globals'
import { type Person } from '../../core/access/person.ts'
import { setPreference } from '../../core/notices/preferences.ts'
import { tellBillsReady } from '../../core/notices/tell-bills-ready.ts'
import { period } from '../../core/period.ts'
import { addAgreement, addPerson, addProvider } from '../support/world.ts'
import { book, entry, NOVEMBER, OCTOBER } from '../core/ledger/books.ts'
import { openApi } from './api.ts'

const api = await openApi()
const { town } = api
const PROVIDER = '55101018'
const key = await api.key('months')
const issue = (month: number, provider = PROVIDER, by = key) =>
  api.post('/api/v1/months/issue', by, { provider, month })

async function link(person: Person, accountId: number): Promise<void> {
  await town.sql.run`
    insert into link (consumer_id, account_id, role, proof, created_at)
    values (${person.consumerId}, ${accountId}, 'owner', 'meter', ${town.now()})`
}

let linked: Person
let silenced: Person
let unreachable: Person
let accountId: number
let number: string
beforeAll(async () => {
  const providerId = await addProvider(town, { code: PROVIDER, name: 'Водоканал' })
  await addProvider(town, { code: '55202042' })
  const agreementId = await addAgreement(town, { providerId })
  const other = await addAgreement(town, { providerId })
  await book(town, providerId, [
    entry({ agreementId, providerId }, 1, { period: period(202609) }),
    entry({ agreementId, providerId }, 2, { period: OCTOBER }),
    entry({ agreementId: other, providerId }, 3, { period: period(202609) }),
  ])
  ;[linked, silenced, unreachable] = await Promise.all([
    addPerson(town),
    addPerson(town),
    addPerson(town),
  ])
  const account = await town.sql.one<{ id: number; number: string }>`
    select a.id, a.number from account a join agreement g on g.account_id = a.id
    where g.id = ${agreementId}`
  accountId = account.id
  number = account.number
  for (const person of [linked, silenced, unreachable]) await link(person, accountId)
  const { account_id: without } = await town.sql.one<{ account_id: number }>`
    select account_id from agreement where id = ${other}`
  await link(linked, without)
  await setPreference(town, { consumerId: silenced.consumerId, kind: 'bill-ready', enabled: false })
  await town.sql.run`
    update identity set reachable = false where consumer_id = ${unreachable.consumerId}`
  await town.sql.run`
    insert into identity (consumer_id, channel, external_id, last_seen_at, created_at)
    values (${linked.consumerId}, 'viber', 'later', ${new Date('2026-11-05T11:00:00Z')}, ${town.now()})`
})

describe('issuing months', () => {
  it.each([
    ['month-not-over', 422, 202612, PROVIDER],
    ['provider-not-found', 404, 202610, '99999999'],
    ['nothing-to-issue', 422, 202610, '55202042'],
    ['nothing-to-issue', 422, 202608, PROVIDER],
  ])('is refused as %s', async (code, status, month, provider) => {
    const answer = await issue(month, provider)
    expect([answer.status, answer.body]).toEqual([status, { code }])
  })

  it('is forbidden for a provider the key does not reach', async () => {
    const answer = await issue(202610, PROVIDER, await api.key('months:55202042'))
    expect([answer.status, answer.body]).toEqual([403, { code: 'forbidden' }])
  })

  it.each([{}, { provider: PROVIDER }, { provider: PROVIDER, month: '2026-10' }])(
    'is not begun by %j',
    async (body) => {
      const answer = await api.post('/api/v1/months/issue', key, body)
      expect(answer.body).toMatchObject({ code: 'invalid-request' })
    },
  )

  it('issues every month up to it and tells of the newest alone', async () => {
    const { body, status } = await issue(202610)
    expect([status, body]).toEqual([200, { months: [202609, 202610], told: 1 }])
  })

  it('tells in the messenger used last who can be reached and wants to know', async () => {
    const letters = await town.sql.many`
      select channel, external_id, lane, language, message from outbox`
    const params = { month: { month: 202610 }, provider: 'Водоканал', number }
    expect(letters).toEqual([
      {
        channel: 'viber',
        external_id: 'later',
        lane: 1,
        language: 'uk',
        message: { lines: [{ key: 'notice:bill-ready', params }] },
      },
    ])
    expect(
      await town.sql.many`select kind, consumer_id as consumer, account_id as account from notice`,
    ).toEqual([{ kind: 'bill-ready', consumer: linked.consumerId, account: accountId }])
  })

  it('tells once', async () => {
    const again = { providerCode: PROVIDER, month: OCTOBER }
    expect(await tellBillsReady(town, again)).toBe(0)
    expect((await issue(202610)).body).toEqual({ months: [], told: 0 })
    expect((await town.sql.many`select 1 from outbox`).length).toBe(1)
  })

  it('of a month without entries tells nobody', async () => {
    town.clock.set('2026-12-01T10:00:00Z')
    expect((await issue(NOVEMBER)).body).toEqual({ months: [202611], told: 0 })
  })
})

describe('the months of a provider', () => {
  const list = async (provider: string, by = key) =>
    api.get(`/api/v1/months?provider=${provider}`, by)

  it('are listed with what became of them', async () => {
    const { body } = await list(PROVIDER, await api.key(`months:${PROVIDER}`))
    expect(body).toEqual({
      months: [202611, 202610, 202609].map((month) => ({
        month,
        state: 'issued',
        issuedAt: expect.any(String),
      })),
    })
  })

  it.each([
    ['provider-not-found', 404, '99999999', 'months'],
    ['forbidden', 403, PROVIDER, 'months:55202042'],
    ['invalid-request', 400, 'water', 'months'],
  ])('are refused as %s', async (code, status, provider, scope) => {
    const answer = await list(provider, await api.key(scope))
    expect([answer.status, answer.body.code]).toEqual([status, code])
  })
})
