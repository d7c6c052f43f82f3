import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { addAccount, addProvider } from '../support/world.ts'
import { addCase, addOccupants, addRule, DISCOVERY, TERMS } from '../core/billing/subsidy/cases.ts'
import { openApi } from './api.ts'

const api = await openApi()
const { town } = api
const PROVIDER = '100000001'
const OTHER = '100000002'
const EMPTY = '100000003'
const key = await api.key(`accounts:${PROVIDER}`)
const foreign = await api.key(`accounts:${OTHER}`)
const CASES = '/api/v1/subsidies'

let providerId: number
let accountId: number
beforeAll(async () => {
  providerId = await addProvider(town, { code: PROVIDER })
  await addProvider(town, { code: OTHER })
  await addRule(town, 'subsidy', TERMS)
  await addRule(town, 'subsidy-discovery', DISCOVERY)
  const odd = await addProvider(town, { code: EMPTY })
  await addRule(town, 'subsidy-discovery', {}, { providerId: odd })
})
beforeEach(async () => {
  town.clock.set('2026-11-05T10:00:00Z')
  accountId = await addAccount(town, { providerId, occupants: 2 })
})

const shown = {
  principle: 'application',
  appliedOn: '2026-11-02',
  isVillage: false,
  incomes: ['42000', '42000', '42000'],
}
const apply = (given: object = {}, by = key) =>
  api.post(CASES, by, { accountId, ...shown, ...given })
const act = (id: number, what: string, body: object, by = key) =>
  api.post(`${CASES}/${id}/${what}`, by, body)
const answerOf = ({ body, status }: { body: unknown; status: number }) => [status, body]

const ACTIONS: [what: string, body: object][] = [
  ['documents', { document: 'incomes', receivedOn: '2026-11-04' }],
  ['grant', { fromDay: '2026-11-01' }],
  ['refuse', { reason: 'no' }],
  ['end', { day: '2026-12-01', reason: 'moved' }],
  ['renew', shown],
]

describe('a subsidy case', () => {
  it('goes from application to its early end', async () => {
    const { body: opened, status } = await apply()
    expect([status, opened]).toEqual([
      201,
      {
        caseId: expect.any(Number),
        number: expect.stringMatching(/^2026-\d+$/),
        state: 'waiting-documents',
        decideBy: '2026-11-16',
        householdSize: 2,
        documents: ['incomes', 'family'],
      },
    ])
    const id: number = opened.caseId
    for (const [document, missing] of [
      ['incomes', ['family']],
      ['family', []],
    ] as const) {
      const received = await act(id, 'documents', { document, receivedOn: '2026-11-04' })
      expect(received.body.missing).toEqual(missing)
    }
    const granted = await act(id, 'grant', { fromDay: '2026-11-01' })
    expect(answerOf(granted)).toEqual([200, { toDay: '2027-05-01', persons: 2, isLate: false }])
    const renewed = await act(id, 'renew', { ...shown, principle: 'discovery' })
    expect([renewed.status, renewed.body.state]).toEqual([201, 'applied'])
    const refused = await act(renewed.body.caseId, 'refuse', { reason: 'no' })
    expect(answerOf(refused)).toEqual([200, { isLate: false }])
    const ended = await act(id, 'end', { day: '2026-12-01', reason: 'moved' })
    expect(answerOf(ended)).toEqual([200, { grantedToDay: '2027-05-01' }])
    const { body } = await api.get(`${CASES}/${id}`, key)
    expect(body).toMatchObject({
      state: 'ended',
      provider: PROVIDER,
      income: '42000',
      incomes: ['42000', '42000', '42000'],
      toDay: '2026-12-01',
      decidedBy: expect.stringMatching(/^api:/),
    })
  })

  it('is not found beyond the reach of the key', async () => {
    const id = await addCase(town, accountId)
    const refusal = [404, { code: 'case-not-found' }]
    expect(answerOf(await api.get(`${CASES}/${id}`, foreign))).toEqual(refusal)
    expect(answerOf(await api.get(`${CASES}/999999`, key))).toEqual(refusal)
    for (const [what, body] of ACTIONS)
      expect(answerOf(await act(id, what, body, foreign))).toEqual(refusal)
    expect(answerOf(await apply({}, foreign))).toEqual([404, { code: 'account-not-found' }])
  })

  it('needs the right to keep accounts', async () => {
    const reader = await api.key('read')
    expect((await api.get(`${CASES}?provider=${PROVIDER}`, reader)).status).toBe(403)
    expect((await apply({}, reader)).status).toBe(403)
  })

  it.each([
    [404, { code: 'account-not-found' }, { accountId: 999_999 }],
    [422, { code: 'day-in-future' }, { appliedOn: '2026-11-06' }],
    [422, { code: 'incomes-incomplete', required: 3 }, { incomes: [] }],
    [422, { code: 'rule-not-set' }, { appliedOn: '2019-01-01' }],
  ])('is not opened: %i %j', async (status, refusal, given) => {
    expect(answerOf(await apply(given))).toEqual([status, refusal])
  })

  it('is not opened twice, nor while one runs', async () => {
    const caseId = await addCase(town, accountId)
    expect(answerOf(await apply())).toEqual([409, { code: 'case-open', caseId }])
    await act(caseId, 'grant', { fromDay: '2026-11-01' })
    const refusal = { code: 'already-granted', caseId, until: '2027-05-01' }
    expect(answerOf(await apply())).toEqual([409, refusal])
  })

  it.each([
    {},
    { ...shown, accountId: 0 },
    { ...shown, incomes: ['-1'] },
    { ...shown, incomes: [42_000] },
    { ...shown, appliedOn: '2026-02-30' },
    { ...shown, appliedOn: '0999-01-01' },
    { ...shown, principle: 'gift' },
    { ...shown, more: 1 },
  ])('is not opened by %j', async (body) => {
    const answer = await api.post(CASES, key, { accountId, ...body })
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid-request'])
  })
})

describe('what is done to a case', () => {
  const waiting = async () => (await apply()).body.caseId as number
  const discovered = () => addCase(town, accountId)
  const granted = async () => {
    const id = await discovered()
    await act(id, 'grant', { fromDay: '2026-11-01' })
    return id
  }
  const MISSING = { code: 'documents-missing', names: ['incomes', 'family'] }
  const OUTSIDE = { code: 'day-outside-case', fromDay: '2026-11-01', toDay: '2027-05-01' }

  it.each([
    ['documents', { document: 'photo', receivedOn: '2026-11-04' }, waiting, 422],
    ['documents', { document: 'incomes', receivedOn: '2026-11-06' }, waiting, 422],
    ['documents', { document: 'incomes', receivedOn: '2026-11-04' }, granted, 409],
    ['grant', { fromDay: '2026-11-01' }, granted, 409],
    ['refuse', { reason: 'no' }, granted, 409],
    ['end', { day: '2026-12-01', reason: 'moved' }, discovered, 409],
    ['renew', shown, discovered, 409],
    ['renew', { ...shown, incomes: [] }, granted, 422],
  ])('is refused: %s %j', async (what, body, made, status) => {
    expect((await act(await made(), what, body)).status).toBe(status)
  })

  it.each([
    ['grant', { fromDay: '2026-11-01' }, waiting, MISSING],
    ['end', { day: '2026-10-01', reason: 'moved' }, granted, OUTSIDE],
  ])('tells why not: %s', async (what, body, made, refusal) => {
    expect(answerOf(await act(await made(), what, body))).toEqual([422, refusal])
  })

  it('is refused where it would overlap or follow twice', async () => {
    const id = await granted()
    const next: number = (await act(id, 'renew', { ...shown, principle: 'discovery' })).body.caseId
    expect(answerOf(await act(id, 'renew', shown))).toEqual([
      409,
      { code: 'case-open', caseId: next },
    ])
    const overlap = { code: 'period-overlaps', caseId: id, until: '2027-05-01' }
    expect(answerOf(await act(next, 'grant', { fromDay: '2027-04-01' }))).toEqual([409, overlap])
    await act(next, 'grant', { fromDay: '2027-05-01' })
    expect(answerOf(await act(id, 'renew', shown))).toEqual([
      409,
      { code: 'already-renewed', caseId: next },
    ])
    town.clock.set('2027-05-01T10:00:00Z')
    expect(answerOf(await act(id, 'renew', shown))).toEqual([409, { code: 'case-over' }])
  })

  it('is refused where everybody is excluded', async () => {
    await addOccupants(town, accountId, ['not-employed'])
    const answer = await act(await discovered(), 'grant', { fromDay: '2026-11-01' })
    expect(answerOf(answer)).toEqual([422, { code: 'nobody-entitled' }])
  })

  it.each(ACTIONS)('is not begun without a body: %s', async (what) => {
    expect((await act(await discovered(), what, {})).body.code).toBe('invalid-request')
  })
})

describe('lists of cases', () => {
  it('tell what waits, what is in a state and what ends soon', async () => {
    const id = await addCase(town, accountId)
    const ids = async (query: string) => {
      const { body } = await api.get(`${CASES}${query}`, key)
      return body.cases.map((one: { id: number }) => one.id)
    }
    expect(await ids(`?provider=${PROVIDER}`)).toContain(id)
    await act(id, 'grant', { fromDay: '2026-11-01' })
    expect(await ids(`?provider=${PROVIDER}`)).not.toContain(id)
    expect(await ids(`?provider=${PROVIDER}&state=granted&limit=100`)).toContain(id)
    expect(await ids(`?provider=${PROVIDER}&state=granted&after=${id}`)).not.toContain(id)
    expect(await ids(`/ending?provider=${PROVIDER}&days=30`)).not.toContain(id)
    expect(await ids(`/ending?provider=${PROVIDER}&days=200`)).toContain(id)
    expect(await ids(`/ending?provider=${PROVIDER}&days=200&after=${id}`)).not.toContain(id)
  })

  it.each(['?', '/ending?days=30&'])('are forbidden for another provider: %s', async (query) => {
    const answer = await api.get(`${CASES}${query}provider=${PROVIDER}`, foreign)
    expect(answerOf(answer)).toEqual([403, { code: 'forbidden' }])
  })

  it.each(['', '?provider=1', `?provider=${PROVIDER}&state=new`, `/ending?provider=${PROVIDER}`])(
    'are not given for %j',
    async (query) => {
      expect((await api.get(`${CASES}${query}`, key)).status).toBe(400)
    },
  )
})

describe('households likely entitled', () => {
  const HOUSEHOLDS = '/api/v1/subsidy-households'

  it('are listed with their reasons', async () => {
    await addOccupants(town, accountId, ['pensioner-not-working'])
    const { body } = await api.get(`${HOUSEHOLDS}?provider=${PROVIDER}`, key)
    expect(body.households).toContainEqual({
      accountId,
      number: expect.any(String),
      reasons: ['a pensioner who does not work'],
      unknownPersons: 1,
      fee: null,
      income: null,
      likely: null,
    })
    const after = await api.get(`${HOUSEHOLDS}?provider=${PROVIDER}&after=${accountId}`, key)
    expect(after.body).toEqual({ households: [] })
  })

  it.each([
    [403, 'forbidden', OTHER, 'accounts:100000001'],
    [404, 'provider-not-found', '999999999', 'accounts'],
    [422, 'rule-invalid', EMPTY, 'accounts'],
    [400, 'invalid-request', 'water', 'accounts'],
  ])('are refused: %i %s', async (status, code, provider, scope) => {
    const answer = await api.get(`${HOUSEHOLDS}?provider=${provider}`, await api.key(scope))
    expect([answer.status, answer.body.code]).toEqual([status, code])
  })
})

describe('people of an account', () => {
  const person = { status: 'pensioner-not-working', fromDay: '2020-01-01', source: 'a paper' }
  const people = () => `/api/v1/accounts/${accountId}/occupants`
  const end = (id: number, toDay: string, by = key) =>
    api.post(`/api/v1/occupants/${id}/end`, by, { toDay, source: 'a paper' })

  it('are recorded, listed and ended', async () => {
    const recorded = await api.post(people(), key, person)
    expect(answerOf(recorded)).toEqual([201, { occupantId: expect.any(Number) }])
    const id: number = recorded.body.occupantId
    expect((await api.get(people(), key)).body).toEqual({
      occupants: [{ id, ...person, toDay: null }],
    })
    expect(answerOf(await end(id, '2019-01-01'))).toEqual([422, { code: 'days-out-of-order' }])
    const { occupantId } = (await end(id, '2026-11-01')).body
    expect(occupantId).toBeGreaterThan(id)
    expect((await end(occupantId, '2020-01-01')).body).toEqual({ occupantId: null })
    expect(answerOf(await end(id, '2026-11-01'))).toEqual([404, { code: 'occupant-not-found' }])
  })

  it('are not found beyond the reach of the key', async () => {
    const [id = 0] = await addOccupants(town, accountId, ['child'])
    const refusal = [404, { code: 'account-not-found' }]
    expect(answerOf(await api.get(people(), foreign))).toEqual(refusal)
    expect(answerOf(await api.post(people(), foreign, person))).toEqual(refusal)
    const noPerson = [404, { code: 'occupant-not-found' }]
    expect(answerOf(await end(id, '2026-11-01', foreign))).toEqual(noPerson)
    expect(answerOf(await end(999_999, '2026-11-01'))).toEqual(noPerson)
  })

  it('are not recorded by what is no person', async () => {
    const post = (body: object) => api.post(people(), key, body)
    expect((await post({ ...person, status: 'rich' })).body.code).toBe('invalid-request')
    expect((await post({ ...person, name: 'A' })).body.code).toBe('invalid-request')
    expect(answerOf(await post({ ...person, toDay: '2020-01-01' }))).toEqual([
      422,
      { code: 'days-out-of-order' },
    ])
  })

  it('are a hundred at most', async () => {
    await town.sql.run`
      insert into occupant (account_id, status, from_day, recorded_at)
      select ${accountId}, 'child', '2020-01-01', ${town.now()} from generate_series(1, 100)`
    expect(answerOf(await api.post(people(), key, person))).toEqual([
      422,
      { code: 'too-many-occupants' },
    ])
  })
})
