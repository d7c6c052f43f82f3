import { beforeAll, describe, expect, it } from '@jest/globals'
import { workOnRun } from '../../core/billing/run/work-on-run.ts'
import { addAccount, addAgreement, addProvider } from '../support/world.ts'
import {
  addChargedProvider,
  addUnpriced,
  issue,
  OCTOBER,
  SEPTEMBER,
} from '../core/billing/charged.ts'
import { openApi } from './api.ts'

const api = await openApi()
const { town } = api
const CODE = '55101018'
const IMPORTED = '55202042'
const key = await api.key('months')
const reader = await api.key('read')
const elsewhere = await api.key(`months:${IMPORTED}`, `read:${IMPORTED}`)

type Home = Awaited<ReturnType<typeof addChargedProvider>>
let home: Home
let importedAccount: number
let unpriced: number
beforeAll(async () => {
  home = await addChargedProvider(town, CODE)
  await issue(town, CODE, SEPTEMBER)
  unpriced = await addUnpriced(town, home.providerId)
  const providerId = await addProvider(town, { code: IMPORTED })
  importedAccount = await addAccount(town, { providerId })
  await addAgreement(town, { providerId, accountId: importedAccount })
})

const months = (verb: string, body: object = {}, by = key) =>
  api.post(`/api/v1/months/${verb}`, by, { provider: CODE, month: OCTOBER, ...body })
const ask = (verb: string, { by = key, month = OCTOBER as number, provider = CODE } = {}) =>
  api.get(`/api/v1/months/${verb}?provider=${provider}&month=${month}`, by)
const told = ({ body, status }: { body: unknown; status: number }) => [status, body]

describe('before there is a draft', () => {
  it.each([
    ['draft', 404, { code: 'provider-not-found' }, { provider: '99999999' }],
    ['draft', 422, { code: 'charges-imported' }, { provider: IMPORTED }],
    ['draft', 422, { code: 'charges-imported' }, { month: 202608 }],
    ['draft', 409, { code: 'month-issued' }, { month: SEPTEMBER }],
    ['draft', 422, { code: 'month-not-over' }, { month: 202611 }],
    ['check', 404, { code: 'provider-not-found' }, { provider: '99999999' }],
    ['check', 409, { code: 'not-drafted' }, {}],
    ['check', 409, { code: 'month-issued' }, { month: SEPTEMBER }],
    ['issue', 409, { code: 'month-not-checked', next: OCTOBER }, {}],
    ['close', 409, { code: 'month-not-issued' }, {}],
    ['close', 404, { code: 'provider-not-found' }, { provider: '99999999' }],
  ])('%s answers %i %j', async (verb, status, body, given) => {
    expect(told(await months(verb, given))).toEqual([status, body])
  })

  it.each([
    ['lints', 404, 'provider-not-found', { provider: '99999999' }],
    ['lints', 409, 'not-drafted', {}],
    ['compare', 404, 'provider-not-found', { provider: '99999999' }],
    ['compare', 422, 'month-not-charged', {}],
  ])('%s answers %i %s', async (verb, status, code, given) => {
    expect(told(await ask(verb, given))).toEqual([status, { code }])
  })

  it('months go in their order', async () => {
    town.clock.set('2026-12-02T10:00:00Z')
    const answer = await months('draft', { month: 202611 })
    town.clock.set('2026-11-05T10:00:00Z')
    expect(told(answer)).toEqual([409, { code: 'earlier-month-open', next: OCTOBER }])
  })
})

describe('a key that does not reach the provider', () => {
  it.each(['draft', 'check', 'issue', 'close'])('may not %s', async (verb) => {
    expect(told(await months(verb, {}, elsewhere))).toEqual([403, { code: 'forbidden' }])
  })

  it.each(['lints', 'compare'])('may not ask for %s', async (verb) => {
    expect(told(await ask(verb, { by: elsewhere }))).toEqual([403, { code: 'forbidden' }])
  })

  it('may not list runs nor try prices, and reading alone is not enough', async () => {
    const runs = `/api/v1/runs?provider=${CODE}`
    expect((await api.get(runs, elsewhere)).status).toBe(403)
    expect((await api.get(runs, reader)).status).toBe(403)
    const body = { provider: CODE, month: OCTOBER, prices: [{ service: '11', price: '1' }] }
    expect((await api.post('/api/v1/trials', elsewhere, body)).status).toBe(403)
  })
})

describe('a month over the API', () => {
  let runId: number

  it('is drafted by a run one can watch', async () => {
    const started = await months('draft')
    expect(told(started)).toEqual([
      202,
      {
        ...{ id: expect.any(Number), provider: CODE, month: OCTOBER, kind: 'month' },
        ...{ state: 'computing', asOf: expect.any(String), author: 'api:program 1' },
        ...{ createdAt: town.now().toISOString(), finishedAt: null, chunks: 1, chunksDone: 0 },
        ...{ accounts: 3, accountsDone: 0, lines: 0, lints: 0, leftOut: 0 },
      },
    ])
    runId = started.body.id
    const unfinished = [409, { code: 'run-unfinished' }]
    expect(told(await months('check'))).toEqual(unfinished)
    expect(told(await ask('lints'))).toEqual(unfinished)
    expect(told(await ask('compare'))).toEqual(unfinished)
    await workOnRun(town, runId)
    const computed = { state: 'computed', chunksDone: 1, accountsDone: 3, lines: 4, leftOut: 1 }
    expect((await api.get(`/api/v1/runs/${runId}`, key)).body).toMatchObject(computed)
    const { body } = await api.get(`/api/v1/runs?provider=${CODE}&limit=1`, key)
    expect(body.runs).toEqual([expect.objectContaining({ id: runId, ...computed })])
  })

  it('has runs that others do not see', async () => {
    const notFound = [404, { code: 'run-not-found' }]
    expect(told(await api.get(`/api/v1/runs/${runId}`, elsewhere))).toEqual(notFound)
    expect(told(await api.get('/api/v1/runs/9999', key))).toEqual(notFound)
    expect(told(await api.get('/api/v1/runs?provider=99999999', key))).toEqual([
      ...[404, { code: 'provider-not-found' }],
    ])
  })

  it('is compared with the one before in kopecks as text', async () => {
    const { body, status } = await ask('compare')
    expect([status, body.state, body.before]).toEqual([200, 'draft', SEPTEMBER])
    expect(body.total).toMatchObject({ is: { charged: '61000' }, was: { charged: '52000' } })
    expect(body.services[0]).toMatchObject({
      ...{ service: '11', change: '9000', is: { agreements: 2, accrued: '51000' } },
      volumes: [{ method: 'meter', isAgreements: 2, is: '17', wasAgreements: 2, was: '14' }],
    })
    expect(body.changes[0]).toMatchObject({ number: '101', is: '50000', change: '15000' })
  })

  it('does not pass its check while an account is left out unsaid', async () => {
    const { body } = await ask('lints')
    const error = { severity: 'error', accountId: unpriced, code: 'agreement-without-tariff' }
    expect(body.lints).toContainEqual(expect.objectContaining(error))
    expect((await months('check')).body).toMatchObject({ checked: false, leftOut: 1 })
    expect((await months('issue')).body.code).toBe('month-not-checked')
    const checked = await months('check', { leaveOut: true })
    expect(checked.body).toMatchObject({ checked: true, leftOut: 1 })
  })

  it('is issued by its author, and closed after the one before', async () => {
    expect(told(await months('issue'))).toEqual([200, { months: [OCTOBER], told: 0 }])
    const row = await town.sql.one`
      select issued_by as by from billing_period where period = ${OCTOBER}`
    expect(row).toEqual({ by: 'api:program 1' })
    const early = await months('close')
    expect(told(early)).toEqual([409, { code: 'earlier-month-open', next: SEPTEMBER }])
    expect((await months('close', { month: SEPTEMBER })).body).toEqual({ closed: true })
    expect((await months('close', { month: SEPTEMBER })).body).toEqual({ closed: false })
    expect((await ask('lints')).status).toBe(200)
  })
})

describe('a trial over the API', () => {
  const start = (body: object = {}, by = key) =>
    api.post('/api/v1/trials', by, {
      ...{ provider: CODE, month: OCTOBER, prices: [{ service: '11', price: '40' }], ...body },
    })

  it('says what the month would have cost', async () => {
    const started = await start()
    expect([started.status, started.body.kind]).toEqual([202, 'trial'])
    const at = `/api/v1/trials/${started.body.id}`
    expect((await api.get(at, key)).body.comparison).toBeNull()
    await workOnRun(town, started.body.id)
    const { body } = await api.get(`${at}?limit=1`, key)
    expect(body.comparison).toMatchObject({
      services: [
        { service: '11', is: '68000', was: '51000', change: '17000', more: 2 },
        { service: '71', change: '0', same: 2 },
      ],
      ...{ total: { change: '17000' }, leftOut: 1 },
      changes: [{ number: '101', change: '15000' }],
    })
    expect((await api.get(at, elsewhere)).status).toBe(404)
  })

  it.each([
    [404, { code: 'provider-not-found' }, { provider: '99999999' }],
    [422, { code: 'month-not-over' }, { month: 202611 }],
    [422, { code: 'charges-imported' }, { month: 202608 }],
    [
      422,
      { code: 'service-not-found', service: '55' },
      { prices: [{ service: '55', price: '1' }] },
    ],
    [
      422,
      { code: 'price-twice', service: '11' },
      { prices: ['1', '2'].map((price) => ({ service: '11', price })) },
    ],
  ])('is refused with %i %j', async (status, body, given) => {
    expect(told(await start(given))).toEqual([status, body])
  })

  it.each([
    { prices: [] },
    { prices: [{ service: '11', price: '-1' }] },
    { fromDay: '2026-02-30' },
  ])('is not begun by %j', async (body) => {
    expect((await start(body)).body.code).toBe('invalid-request')
  })

  it('is not the draft of a month', async () => {
    const { body } = await api.get(`/api/v1/runs?provider=${CODE}`, key)
    const [draft] = body.runs.filter(({ kind }: { kind: string }) => kind === 'month')
    expect(told(await api.get(`/api/v1/trials/${draft.id}`, key))).toEqual([
      ...[422, { code: 'not-a-trial' }],
    ])
  })

  it('needs charges to compare with', async () => {
    town.clock.set('2026-12-02T10:00:00Z')
    const { body } = await start({ month: 202611 })
    await workOnRun(town, body.id)
    expect(told(await api.get(`/api/v1/trials/${body.id}`, key))).toEqual([
      ...[422, { code: 'month-not-charged' }],
    ])
    town.clock.set('2026-11-05T10:00:00Z')
  })
})

describe('an account asks why', () => {
  const why = (account: number, rest = `months/${OCTOBER}/explanation`, by = reader) =>
    api.get(`/api/v1/accounts/${account}/${rest}`, by)

  it('and gets each line with its sources and the difference to the month before', async () => {
    const { body, status } = await why(home.first.accountId)
    expect(status).toBe(200)
    expect(body.agreements).toHaveLength(2)
    const [water] = body.agreements
    expect(water).toMatchObject({
      ...{ service: '11', unit: 'м³', statement: { accrued: '45000' } },
      difference: { change: '15000', volume: '15000', tariff: '0' },
      lines: [{ kind: 'accrual', method: 'meter', amount: '45000', volume: '15', price: '30' }],
    })
    expect(water.lines[0].inputs).toContainEqual({
      ...{ value: '30', source: 'tariff', id: expect.any(String) },
      details: expect.objectContaining({ fromDay: '2026-01-01' }),
    })
  })

  it('of one service alone', async () => {
    const { body } = await why(home.first.accountId, `months/${OCTOBER}/explanation?service=71`)
    expect(body.agreements).toMatchObject([{ service: '71', lines: [{ amount: '5000' }] }])
  })

  it('and what the coming bill is', async () => {
    const { body, status } = await why(home.first.accountId, 'preview')
    expect([status, body.month]).toEqual([200, 202611])
    expect(body.services).toContainEqual({
      agreementId: expect.any(Number),
      ...{ serviceName: 'Прибирання', amount: '5000', isEstimated: false },
    })
  })

  const explained = (month: number, service = '') => `months/${month}/explanation${service}`
  it.each([
    ['account-not-found', 404, () => 9_999, explained(OCTOBER), reader],
    ['account-not-found', 404, () => home.first.accountId, explained(OCTOBER), elsewhere],
    [
      'service-not-found',
      404,
      () => home.first.accountId,
      explained(OCTOBER, '?service=55'),
      reader,
    ],
    ['month-not-charged', 422, () => home.first.accountId, explained(202508), reader],
    ['account-not-found', 404, () => 9_999, 'preview', reader],
    ['account-not-found', 404, () => home.first.accountId, 'preview', elsewhere],
    ['charges-imported', 422, () => importedAccount, 'preview', reader],
  ])('or is refused as %s with %i', async (code, status, account, rest, by) => {
    expect(told(await why(account(), rest, by))).toEqual([status, { code }])
  })

  it('or hears what its data lack', async () => {
    expect(told(await why(unpriced, 'preview'))).toEqual([
      ...[409, { code: 'cannot-charge', lint: 'agreement-without-tariff' }],
    ])
  })
})
