import { beforeAll, describe, expect, it } from '@jest/globals'
import { REPORT_NAMES } from '../../core/reports/read-report.ts'
import { serverUrl } from '../support/backends.ts'
import { addAgreement, addProvider, addService } from '../support/world.ts'
import { book, entry, OCTOBER } from '../core/ledger/books.ts'
import { openApi } from './api.ts'

const api = await openApi()
const { town } = api
const PROVIDER = '55101018'
const key = await api.key('read')
const limited = await api.key(`read:${PROVIDER}`)
const of = `provider=${PROVIDER}&to=202610`
const report = (name: string, query: string, by = key) =>
  api.get(`/api/v1/reports/${name}?${query}`, by)

beforeAll(async () => {
  const providerId = await addProvider(town, { code: PROVIDER, name: 'Water' })
  const serviceId = await addService(town, { providerId, code: '11', name: 'Cold' })
  const side = { providerId, agreementId: await addAgreement(town, { providerId, serviceId }) }
  await book(town, providerId, [
    entry(side, 1, { amount: 1234, period: OCTOBER }),
    entry(side, 2, { kind: 'benefit', amount: 200, period: OCTOBER }),
  ])
  town.clock.advance({ hours: 1 })
})

describe('a report', () => {
  it.each(REPORT_NAMES)('%s is given as data that fits the document', async (name) => {
    const { body, status } = await report(name, `${of}&by=provider`, limited)
    const asOf = town.now().toISOString()
    expect([status, body]).toMatchObject([200, { name, from: 202610, to: 202610, asOf }])
    expect(body.csv).toBeUndefined()
  })

  it('has its rows and totals', async () => {
    const { body } = await report('turnover', of)
    const amounts = { accrued: '1234', benefit: '200', closingDebt: '1034', closingCredit: '0' }
    expect(body.rows).toMatchObject([{ provider: PROVIDER, code: '11', name: 'Cold', ...amounts }])
    expect(body.totals).toMatchObject([amounts])
    expect((await report('claims', of)).body.totals).toEqual([{ kind: 'benefit', amount: '200' }])
  })

  it('is given as csv', async () => {
    const { body } = await report('claim-lines', `${of}&format=csv`)
    const [head, line, total] = body.csv.split('\r\n')
    expect(head).toBe(
      '\uFEFFmonth;provider;service;serviceName;account;kind;category;amount;granted',
    )
    expect(line).toMatch(/^2026-10;55101018;11;Cold;[^;]+;benefit;;2\.00;$/)
    expect([total, body.rows]).toEqual(['total;;;;;benefit;;2.00;', []])
  })

  it('as of a moment is what was known then', async () => {
    const { body } = await report('turnover', `${of}&asOf=2026-11-05T09:59:59Z`)
    expect(body).toMatchObject({ rows: [], asOf: '2026-11-05T09:59:59.000Z' })
  })

  it.each([
    ['provider-not-found', 404, 'provider=99999999', 'read'],
    ['range-ends-before-start', 422, `${of}&from=202611`, 'read'],
    ['too-many-months', 422, `${of}&from=201001`, 'read'],
    ['as-of-in-future', 422, `${of}&asOf=2027-01-01T00:00:00Z`, 'read'],
    ['forbidden', 403, of, 'read:55202042'],
    ['forbidden', 403, 'to=202610', `read:${PROVIDER}`],
    ['forbidden', 403, of, 'imports'],
    ['invalid-request', 400, `${of}&by=house`, 'read'],
    ['invalid-request', 400, `${of}&format=xls`, 'read'],
    ['invalid-request', 400, `${of}&from=2026-10`, 'read'],
  ])('is refused as %s: %i for %s', async (code, status, query, scope) => {
    const answer = await report('turnover', query, await api.key(scope))
    expect([answer.status, answer.body.code]).toEqual([status, code])
  })

  it('of a name there is not is refused', async () => {
    const { body, status } = await report('debts', of)
    expect([status, body.code]).toEqual([400, 'invalid-request'])
  })

  it('that is too long to hold is refused: too-many-rows', async () => {
    const code = '55303034'
    const providerId = await addProvider(town, { code })
    const serviceId = await addService(town, { providerId })
    const first = await addAgreement(town, { providerId, serviceId })
    const agreements = await town.sql.many<{ id: number }>`
      with made as (
        insert into account (provider_id, number, number_key, premise_id, holder_name)
        select ${providerId}, 'n' || n, 'n' || n, a.premise_id, ''
        from generate_series(1, 20000) as n, agreement g join account a on a.id = g.account_id
        where g.id = ${first} returning id
      )
      insert into agreement (account_id, service_id) select id, ${serviceId} from made returning id`
    const given = { kind: 'benefit', period: OCTOBER } as const
    await book(
      town,
      providerId,
      [first, ...agreements.map(({ id }) => id)].map((agreementId) =>
        entry({ agreementId, providerId }, 1000 + agreementId, given),
      ),
    )
    town.clock.advance({ hours: 1 })
    const query = `provider=${code}&to=202610`
    const { body, status } = await report('claim-lines', query)
    expect([status, body]).toEqual([422, { code: 'too-many-rows', limit: 20_000 }])
    expect((await report('claims', query)).body.rows).toMatchObject([{ accounts: 20_001 }])
  })
})

// The only session of the embedded database cannot be asked while it posts.
const onServer = serverUrl ? describe : describe.skip
onServer('a report as of a moment that a posting may still reach', () => {
  it('is refused', async () => {
    town.clock.advance({ minutes: 5 })
    const asOf = town.now().toISOString()
    await town.sql.transaction(async (sql) => {
      await sql.run`select 1 from journal for update`
      const { body, status } = await report('turnover', `${of}&asOf=${asOf}`)
      expect([status, body]).toEqual([
        409,
        { code: 'as-of-unfinished', watermark: expect.any(String) },
      ])
    })
  })
})
