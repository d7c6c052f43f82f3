import { beforeAll, describe, expect, it } from '@jest/globals'
import { addProvider, addService } from '../support/world.ts'
import { openApi } from './api.ts'

const api = await openApi()
const { town } = api
const PROVIDER = '55101018'
const OTHER = '55202042'
const key = await api.key('accounts', 'read')
const wrongKey = await api.key(`accounts:${OTHER}`, `read:${OTHER}`)
beforeAll(async () => {
  const providerId = await addProvider(town, { code: PROVIDER })
  await addService(town, { providerId, code: '10' })
  await addProvider(town, { code: OTHER })
})

const told = ({ body, status }: { body: unknown; status: number }) => [status, body]
const join = (given: object = {}, by = key) =>
  api.post('/api/v1/participants', by, {
    ...{ provider: PROVIDER, role: 'provider', from: '2026-02-01', document: '№ 3', ...given },
  })
const notice = (id: number, on = '2026-05-01', by = key) =>
  api.post(`/api/v1/participants/${id}/notice`, by, { on })

describe('a participant', () => {
  let id: number
  it('joins once in a role', async () => {
    const joined = await join()
    expect(told(joined)).toEqual([200, { participationId: expect.any(Number) }])
    id = joined.body.participationId
    expect(told(await join())).toEqual([409, { code: 'role-overlaps' }])
  })

  it.each([
    [404, 'provider-not-found', { provider: '99999999' }],
    [400, 'invalid-request', { role: 'hobbit' }],
  ])('does not join: %d %s', async (status, code, given) => {
    const answer = await join(given)
    expect([answer.status, answer.body.code]).toEqual([status, code])
  })

  it('leaves by the rule of the day', async () => {
    expect(told(await notice(id))).toEqual([409, { code: 'rule-not-found' }])
    await town.sql.run`
      insert into rule (kind, from_day, value, source, recorded_at)
      values ('participation-notice', '2026-01-01', '{"days": 30}', '', ${town.now()})`
    expect(told(await notice(id, '2026-01-31'))).toEqual([422, { code: 'notice-before-accession' }])
    expect(told(await notice(999_999))).toEqual([404, { code: 'participation-not-found' }])
    expect(told(await notice(id, '2026-05-01', wrongKey))).toEqual([403, { code: 'forbidden' }])
    expect(told(await notice(id))).toEqual([200, { toDay: '2026-05-31' }])
    expect(told(await notice(id))).toEqual([409, { code: 'notice-given' }])
  })

  it('is listed on its days, as far as the key reaches', async () => {
    const list = async (query: string, by = key) =>
      (await api.get(`/api/v1/participants${query}`, by)).body.participants.length
    expect(await list('')).toBe(1)
    expect(await list('?on=2026-05-30')).toBe(1)
    expect(await list('?on=2026-05-31')).toBe(0)
    expect(await list('', wrongKey)).toBe(0)
    expect(told(await join({}, wrongKey))).toEqual([403, { code: 'forbidden' }])
  })
})

describe('who bills and who is paid', () => {
  const parties = (on: string, given = `provider=${PROVIDER}&service=10`, by = key) =>
    api.get(`/api/v1/parties?${given}&on=${on}`, by)
  const name = (given: object = {}, by = key) =>
    api.post('/api/v1/parties', by, {
      ...{ provider: PROVIDER, service: '10', biller: OTHER, payee: PROVIDER, from: '2026-03-01' },
      ...given,
    })

  it('are the provider, then those named', async () => {
    expect(told(await parties('2026-03-01'))).toEqual([200, { biller: PROVIDER, payee: PROVIDER }])
    const named = await name({ to: '2026-06-01' })
    expect(told(named)).toEqual([200, { partyId: expect.any(Number) }])
    expect(told(await parties('2026-03-01'))).toEqual([200, { biller: OTHER, payee: PROVIDER }])
    expect(told(await parties('2026-06-01'))).toEqual([200, { biller: PROVIDER, payee: PROVIDER }])
  })

  it.each([
    [409, 'parties-overlap', { from: '2026-05-31' }],
    [404, 'service-not-found', { service: '77' }],
    [422, 'range-wrong', { from: '2026-07-01', to: '2026-07-01' }],
    [422, 'biller-not-found', { biller: '99999999', from: '2026-07-01' }],
    [422, 'payee-not-found', { payee: '99999999', from: '2026-07-01' }],
  ])('are refused: %d %s', async (status, code, given) => {
    expect(told(await name(given))).toEqual([status, { code }])
  })

  it('are asked of a known service the key reaches', async () => {
    const unknown = await parties('2026-03-01', `provider=${PROVIDER}&service=77`)
    expect(told(unknown)).toEqual([404, { code: 'service-not-found' }])
    const mine = `provider=${PROVIDER}&service=10`
    const forbidden = [403, { code: 'forbidden' }]
    expect(told(await parties('2026-03-01', mine, wrongKey))).toEqual(forbidden)
    expect(told(await name({}, wrongKey))).toEqual(forbidden)
  })
})
