import { describe, expect, it } from '@jest/globals'
import { accountIdOf, buildSmallTown } from '../support/small-town.ts'
import { serverUrl } from '../support/backends.ts'
import { openApi } from './api.ts'

const api = await openApi()
const { accounts, powerAgreement, providerId, waterAgreement } = await buildSmallTown(api.town)
const FIRST = '12345678'
const SECOND = '23456789'
const key = await api.key('read')
const ofFirst = await api.key(`read:${FIRST}`)

describe('providers', () => {
  it('are listed with their services', async () => {
    const { body } = await api.get('/api/v1/providers', key)
    expect(body.providers.map(({ code }: { code: string }) => code)).toEqual([FIRST, SECOND])
    expect(body.providers[0].services).toEqual([
      { code: '11', name: 'Водопостачання', unit: 'куб.м' },
      { code: '33', name: 'Електроенергія', unit: 'кВт·год' },
    ])
  })

  it('beyond the reach of a key are not listed', async () => {
    const { body } = await api.get('/api/v1/providers', ofFirst)
    expect(body.providers).toHaveLength(1)
    expect(body.providers[0].code).toBe(FIRST)
  })

  it('are not filtered by names nobody knows', async () => {
    expect((await api.get('/api/v1/providers?code=1', key)).status).toBe(400)
  })
})

describe('accounts', () => {
  const find = async (query: string, by = key) => {
    const { body } = await api.get(`/api/v1/accounts?${query}`, by)
    return body.accounts.map(({ number, provider }: { number: string; provider: string }) => [
      provider,
      number,
    ])
  }

  it('are found at every provider that has the number', async () => {
    expect(await find('number=204')).toEqual([
      [FIRST, '204'],
      [SECOND, '204'],
    ])
    expect(await find(`number=204&provider=${SECOND}`)).toEqual([[SECOND, '204']])
    expect(await find('number=204', ofFirst)).toEqual([[FIRST, '204']])
  })

  it.each(['%2077%2F1%20', '7 7/1', '77%2f1'])('are found as %s', async (number) => {
    expect(await find(`number=${number}`)).toEqual([[SECOND, '77/1']])
  })

  it.each(['0101', '1O1', '999'])('are not found as %s', async (number) => {
    expect(await find(`number=${number}`)).toEqual([])
  })

  it('come with address and agreements, without the holder', async () => {
    const { body } = await api.get('/api/v1/accounts?number=101', key)
    expect(body.accounts).toEqual([
      {
        id: accounts.first,
        number: '101',
        provider: FIRST,
        address: { streetType: 'вул.', street: 'Боромира', house: '4', flat: '29' },
        agreements: [
          { id: waterAgreement, service: '11', serviceName: 'Водопостачання' },
          { id: powerAgreement, service: '33', serviceName: 'Електроенергія' },
        ],
      },
    ])
  })

  it('of another provider are forbidden to a limited key', async () => {
    const answer = await api.get(`/api/v1/accounts?number=1&provider=${SECOND}`, ofFirst)
    expect([answer.status, answer.body]).toEqual([403, { code: 'forbidden' }])
  })

  it.each(['', 'number=', 'number=1&number=2', 'number=1&provider=x'])(
    'are not searched by %j',
    async (query) => {
      expect((await api.get(`/api/v1/accounts?${query}`, key)).status).toBe(400)
    },
  )
})

describe('statements', () => {
  const october = {
    month: 202610,
    opening: '15000',
    accrued: '9651',
    subscription: '1819',
    penalty: '0',
    correction: '0',
    benefit: '0',
    subsidy: '0',
    paid: '0',
    closing: '26470',
  }
  const read = async (id: number, query = '', by = key) =>
    (await api.get(`/api/v1/accounts/${id}/statements?${query}`, by)).body

  it('are given by agreement, in kopecks', async () => {
    const { agreements } = await read(accounts.first)
    expect(agreements[0]).toMatchObject({ id: waterAgreement, statements: [october] })
    expect(agreements[1].statements[0]).toMatchObject({ paid: '49200', closing: '-1200' })
  })

  it.each([
    ['', [202610, 202609, 202608, 202607, 202606]],
    ['from=202609', [202610, 202609]],
    ['to=202607', [202607, 202606]],
    ['from=202607&to=202608', [202608, 202607]],
    ['from=202611', []],
  ])('of %j are the months %j', async (query, months) => {
    const { agreements } = await read(await accountIdOf(api.town, '207'), query)
    const [water] = agreements
    expect(water.statements.map(({ month }: { month: number }) => month)).toEqual(months)
  })

  it('as of a moment hold what was booked until then', async () => {
    const before = await read(accounts.first, 'asOf=2026-11-05T09:59:59Z')
    expect(before.agreements[0].statements).toEqual([])
    const after = await read(accounts.first, 'asOf=2026-11-05T12:00:00%2B02:00')
    expect(after.agreements[0].statements[0]).toMatchObject({ opening: '15000' })
  })

  it('of the future are refused', async () => {
    const answer = await api.get(
      `/api/v1/accounts/${accounts.first}/statements?asOf=2027-01-01T00:00:00Z`,
      key,
    )
    expect([answer.status, answer.body]).toEqual([422, { code: 'as-of-in-future' }])
  })

  it.each([
    ['an unknown account', 999_999, key],
    ['an account beyond the reach of the key', -1, ofFirst],
  ])('of %s are not found', async (_name, given, by) => {
    const id = given > 0 ? given : await accountIdOf(api.town, '77/1')
    const answer = await api.get(`/api/v1/accounts/${id}/statements`, by)
    expect([answer.status, answer.body]).toEqual([404, { code: 'account-not-found' }])
  })

  it.each([
    'from=202613',
    'to=2026-10',
    'asOf=yesterday',
    'asOf=2026-11-05',
    'from=202610&to=202609',
  ])('are not given for %s', async (query) => {
    const answer = await api.get(`/api/v1/accounts/1/statements?${query}`, key)
    expect(answer.body).toMatchObject({ code: 'invalid-request' })
  })

  it.each(['0', 'x', '2147483648', '1.5'])('are not given for the account %s', async (id) => {
    const answer = await api.get(`/api/v1/accounts/${id}/statements`, key)
    expect(answer.body).toMatchObject({ code: 'invalid-request', issues: [{ path: 'params.id' }] })
  })
})

// The only session of the embedded database cannot be asked while it posts.
const onServer = serverUrl ? describe : describe.skip
onServer('statements as of a moment that a posting may still reach', () => {
  it('are refused', async () => {
    api.town.clock.advance({ minutes: 5 })
    const asOf = api.town.now().toISOString()
    await api.town.sql.transaction(async (sql) => {
      await sql.run`select 1 from journal where provider_id = ${providerId} for update`
      const answer = await api.get(
        `/api/v1/accounts/${accounts.first}/statements?asOf=${asOf}`,
        key,
      )
      expect(answer.status).toBe(409)
      expect(answer.body).toEqual({ code: 'as-of-unfinished', watermark: expect.any(String) })
    })
  })
})
