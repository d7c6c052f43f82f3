import { beforeAll, describe, expect, it } from '@jest/globals'
import { addAccount, addProvider, addService } from '../support/world.ts'
import { openApi } from './api.ts'

const api = await openApi()
const { town } = api
const PROVIDER = '100000001'
const OTHER = '100000002'
const own = await api.key(`accounts:${PROVIDER}`, `read:${PROVIDER}`)
const whole = await api.key('accounts', 'read')

let accountId: number
beforeAll(async () => {
  const providerId = await addProvider(town, { code: PROVIDER })
  await addProvider(town, { code: OTHER })
  await addService(town, { providerId, code: '11' })
  accountId = await addAccount(town, { providerId })
})

const body = (given: object = {}) => ({
  ...{ kind: 'penalty', from: '2026-01-01', source: 'Рішення № 1' },
  value: { perDay: '0.0001', capPercent: '100' },
  ...given,
})
const record = async (given: object, by = whole) => {
  const { body: answer, status } = await api.post('/api/v1/rules', by, body(given))
  return [status, answer]
}

describe('recording a rule', () => {
  it.each<[string, number, object, string]>([
    ['rule-unknown', 422, { kind: 'fine' }, whole],
    ['range-wrong', 422, { to: '2025-01-01' }, whole],
    ['scope-unknown', 404, { provider: '99999999' }, whole],
    ['scope-unknown', 404, { service: '11' }, whole],
    ['forbidden', 403, {}, own],
    ['forbidden', 403, { provider: OTHER }, own],
    ['forbidden', 403, { provider: '99999999' }, own],
    ['forbidden', 403, { accountId: 9999 }, own],
  ])('is refused as %s (%i) for %j', async (code, status, given, by) => {
    expect(await record(given, by)).toEqual([status, { code }])
  })

  it('says where a value is wrong', async () => {
    const value = { perDay: '1e-4', capPercent: null }
    expect(await record({ value })).toEqual([422, { code: 'rule-value-invalid', at: 'perDay' }])
  })

  it.each([{ from: '2026-02-30' }, { value: 1 }, { source: '' }, { more: 1 }])(
    'is not begun by %j',
    async (given) => {
      expect(await record(given)).toMatchObject([400, { code: 'invalid-request' }])
    },
  )
})

describe('rules', () => {
  it('are listed as far as the key reaches, and taken back', async () => {
    const ids = [
      await record({}),
      await record({ provider: OTHER }),
      await record({ accountId }, own),
    ]
    expect(ids).toMatchObject([1, 2, 3].map(() => [200, { isNew: true }]))
    const [town1, other, mine] = ids.map(([, answer]) => (answer as { ruleId: number }).ruleId)
    const listed = async (by: string, query = '') => {
      const { body: answer } = await api.get(`/api/v1/rules?on=2026-05-01${query}`, by)
      return (answer.rules as { id: number }[]).map(({ id }) => id)
    }
    expect(await listed(whole)).toEqual([town1, other, mine])
    expect(await listed(own)).toEqual([town1, mine])
    expect(await listed(whole, `&after=${town1}&limit=1`)).toEqual([other])
    expect(await listed(whole, '&kind=vat')).toEqual([])
    expect((await api.get('/api/v1/rules', own)).body.rules[1]).toEqual({
      ...{ id: mine, kind: 'penalty', key: '', provider: PROVIDER, service: null, houseId: null },
      ...{ accountId, fromDay: '2026-01-01', toDay: null, source: 'Рішення № 1' },
      value: { perDay: '0.0001', capPercent: '100' },
    })

    const retire = async (id: number | undefined, by: string) => {
      const { body: answer, status } = await api.post(`/api/v1/rules/${id}/retire`, by)
      return [status, answer]
    }
    expect(await retire(town1, own)).toEqual([403, { code: 'forbidden' }])
    expect(await retire(mine, own)).toEqual([200, { state: 'retired' }])
    expect(await retire(mine, own)).toEqual([404, { code: 'rule-not-found' }])
    expect(await listed(own)).toEqual([town1])
  })
})
