import { beforeAll, describe, expect, it } from '@jest/globals'
import supertest from 'supertest'
import { FILE_LIMIT_MB } from '../../api/api-routes.ts'
import { addAccount, addAgreement, addMeter, addProvider, addService } from '../support/world.ts'
import { fixture } from '../core/exchange/formats/fixture.ts'
import { openApi } from './api.ts'

const api = await openApi()
const { town } = api
const WATER = '55101018'
const HEAT = '55202042'
const key = await api.key('imports')
const ofWater = await api.key(`imports:${WATER}`)

beforeAll(async () => {
  for (const code of [WATER, HEAT]) {
    const providerId = await addProvider(town, { code, name: code })
    const serviceId = await addService(town, { providerId, code: '10' })
    const accountId = await addAccount(town, { providerId, number: '101' })
    await addAgreement(town, { providerId, accountId, serviceId })
  }
})

const table = (...lines: string[]) => Buffer.from(`${lines.join('\r\n')}\r\n`)
const PAYMENTS = 'RAH;EDRPOU;POSL;DATOPL;SUMA;EXTID'
const payments = (...rows: string[]) => table(PAYMENTS, ...rows)
const send = (query: string, file: Buffer, by = key) =>
  api.send(`/api/v1/imports?${query}`, by, file)
async function issue(provider: string, month = 202611) {
  town.clock.set('2026-12-01T10:00:00Z')
  return api.post('/api/v1/months/issue', await api.key('months'), { provider, month })
}
const counts = async () => (await town.sql.many`select 1 from import_batch`).length

describe('a file', () => {
  const file = payments(`101;${WATER};10;01.11.2026;12,50;a1`)

  it('is tried without a trace', async () => {
    const { body, status } = await send('kind=payments&dryRun=true', file)
    expect(status).toBe(200)
    expect(body).toMatchObject({ batchId: null, replayed: false, accepted: 1, new: 1 })
    expect(body.sums).toEqual({ SUMA: '1250' })
    expect(await counts()).toBe(0)
  })

  it('is applied once, and its first report is given again', async () => {
    const first = await send('kind=payments&fileName=oplata.csv', file)
    expect(first.status).toBe(201)
    const again = await send('kind=payments', file)
    expect(again.status).toBe(200)
    expect(again.body).toEqual({ ...first.body, replayed: true })
    expect(await counts()).toBe(1)
  })

  it('with a row that cannot be imported is refused with the report', async () => {
    const { body, status } = await send(
      'kind=payments',
      payments(`101;${WATER};10;31.02.2026;1,00;b1`, `999;${WATER};10;01.11.2026;1,00;b2`),
    )
    expect(status).toBe(422)
    expect(body.code).toBe('rows-refused')
    expect(body.report).toMatchObject({ batchId: null, rows: 2, accepted: 0, refused: 2 })
    expect(body.report.errors.map(({ line }: { line: number }) => line)).toEqual([2, 3])
    expect(await counts()).toBe(1)
  })

  it.each([
    ['empty-file', Buffer.alloc(0), {}],
    ['unsupported-type', Buffer.from('%PDF-1.7'), { found: 'pdf' }],
    ['no-rows', table(PAYMENTS), {}],
    ['column-missing', table('RAH;SUMA', '101;1'), { found: ['RAH', 'SUMA'] }],
    ['file-cut', fixture('bad/01-truncated.dbf'), { present: expect.any(Number) }],
    ['record-length-mismatch', fixture('bad/02-wrong-record-length.dbf'), {}],
    ['mixed-encodings', fixture('bad/06-mixed-encodings.csv'), { lines: expect.any(Array) }],
    ['duplicate-heading', table('RAH;SUMA;SUMA', '101;1;1'), { columns: [2, 3] }],
  ])('that is no table of payments is refused as %s', async (code, content, details) => {
    const { body, status } = await send('kind=payments', content)
    expect([status, body]).toMatchObject([422, { code, ...details }])
  })

  it('of a sender who is no provider is refused', async () => {
    const { body } = await send('kind=payments&provider=99999999', file)
    expect(body).toEqual({ code: 'unknown-provider', provider: '99999999' })
  })

  it.each([
    'kind=letters',
    'provider=55101018',
    'kind=payments&dryRun=yes',
    'kind=payments&encoding=ascii',
    'kind=payments&dryrun=true',
    `kind=payments&fileName=${'x'.repeat(201)}`,
  ])('is not taken with %s', async (query) => {
    expect((await send(query, file)).body).toMatchObject({ code: 'invalid-request' })
  })

  it('is read in the encoding that is given', async () => {
    const other = payments(`101;${WATER};10;01.11.2026;1,00;a2`)
    const { body } = await send('kind=payments&encoding=cp866&dryRun=true', other)
    expect(body.encoding).toBe('cp866')
  })

  it('larger than the limit is refused unread', async () => {
    const large = Buffer.alloc(FILE_LIMIT_MB * 1024 * 1024 + 1)
    const { body, status } = await send('kind=payments', large)
    expect([status, body]).toEqual([413, { code: 'too-large' }])
  })

  it('in an encoding of HTTP that nobody knows is refused', async () => {
    const answer = await supertest(api.server)
      .post('/api/v1/imports?kind=payments')
      .set({ authorization: `Bearer ${key}`, 'content-encoding': 'none' })
      .send('x')
    expect([answer.status, answer.body]).toEqual([415, { code: 'unsupported-media-type' }])
  })
})

describe('a key limited to a provider', () => {
  it('brings files of this provider, which need not name it', async () => {
    const own = table('RAH;POSL;DATOPL;SUMA;EXTID', '101;10;02.11.2026;2,00;c1')
    expect((await send('kind=payments', own, ofWater)).status).toBe(201)
    const [stored] = await town.sql.many`
      select p.source from payment p where p.external_id = 'c1'`
    expect(stored).toEqual({ source: `import:${WATER}` })
  })

  it('brings no rows of another one', async () => {
    const foreign = payments(`101;${HEAT};10;02.11.2026;2,00;d1`)
    const { body, status } = await send('kind=payments', foreign, ofWater)
    expect(status).toBe(422)
    expect(body.report.errors).toMatchObject([{ code: 'foreign-provider' }])
  })

  it.each([
    ['files of another one', `kind=payments&provider=${HEAT}`],
    ['the register of providers', `kind=providers&provider=${WATER}`],
  ])('may not bring %s', async (_name, query) => {
    const answer = await send(query, payments(), ofWater)
    expect([answer.status, answer.body]).toEqual([403, { code: 'forbidden' }])
  })

  it('says which one it means when it reaches several', async () => {
    const both = await api.key(`imports:${WATER}`, `imports:${HEAT}`)
    const file = table('RAH;POSL;DATOPL;SUMA;EXTID', '101;10;03.11.2026;3,00;e1')
    expect((await send('kind=payments', file, both)).status).toBe(403)
    expect((await send(`kind=payments&provider=${HEAT}`, file, both)).status).toBe(201)
  })
})

describe('imports', () => {
  type Batch = { id: number; provider: string | null; state: string; report: object }
  const list = async (query = '', by = key): Promise<Batch[]> =>
    (await api.get(`/api/v1/imports?${query}`, by)).body.imports

  it('are listed, newest first, page by page', async () => {
    const all = await list()
    expect(all.map(({ provider }) => provider)).toEqual([HEAT, WATER, null])
    const [newest] = await list('limit=1')
    expect(newest).toEqual(all[0])
    expect(await list(`limit=1&before=${newest?.id}`)).toEqual([all[1]])
    expect(await list(`provider=${WATER}`)).toEqual([all[1]])
    expect(await list('kind=charges')).toEqual([])
  })

  it('of others are out of the reach of a limited key', async () => {
    expect((await list('', ofWater)).map(({ provider }) => provider)).toEqual([WATER])
    const forbidden = await api.get(`/api/v1/imports?provider=${HEAT}`, ofWater)
    expect([forbidden.status, forbidden.body]).toEqual([403, { code: 'forbidden' }])
    const [foreign] = await list(`provider=${HEAT}`)
    for (const answer of [
      await api.get(`/api/v1/imports/${foreign?.id}`, ofWater),
      await api.post(`/api/v1/imports/${foreign?.id}/undo`, ofWater, { reason: 'mine' }),
    ])
      expect([answer.status, answer.body]).toEqual([404, { code: 'batch-not-found' }])
  })

  it('that a key of the whole town brought for a provider may hold rows of others', async () => {
    const mixed = payments(`101;${HEAT};10;02.11.2026;2,50;h1`)
    const { body: report } = await send(`kind=payments&provider=${WATER}`, mixed)
    const [newest] = await list(`provider=${WATER}`)
    expect(newest?.id).toBe(report.batchId)
    expect((await list('', ofWater)).map(({ id }) => id)).not.toContain(report.batchId)
    const undo = await api.post(`/api/v1/imports/${report.batchId}/undo`, ofWater, { reason: 'x' })
    expect(undo.body).toEqual({ code: 'batch-not-found' })
  })

  it.each(['limit=0', 'limit=101', 'limit=x', 'before=0', 'page=2'])(
    'are not listed by %s',
    async (query) => {
      const { body } = await api.get(`/api/v1/imports?${query}`, key)
      expect(body).toMatchObject({ code: 'invalid-request' })
    },
  )

  it('are shown one by one', async () => {
    const [newest] = await list()
    const { body } = await api.get(`/api/v1/imports/${newest?.id}`, key)
    expect(body).toEqual(newest)
    expect((await api.get('/api/v1/imports/999', key)).status).toBe(404)
    expect((await api.get('/api/v1/imports/last', key)).status).toBe(400)
  })

  it('are undone once, with who and why, and may be applied again', async () => {
    const file = payments(`101;${WATER};10;04.11.2026;4,00;f1`)
    const { body: report } = await send('kind=payments', file)
    const path = `/api/v1/imports/${report.batchId}`
    const undone = await api.post(`${path}/undo`, key, { reason: ' wrong file ' })
    expect([undone.status, undone.body]).toEqual([
      200,
      { batchId: report.batchId, kind: 'payments', undone: 1 },
    ])
    expect((await api.get(path, key)).body).toMatchObject({
      state: 'undone',
      undoneAt: town.now().toISOString(),
      report: { undo: { author: expect.stringMatching(/^api:/), reason: 'wrong file' } },
    })
    const twice = await api.post(`${path}/undo`, key, { reason: 'again' })
    expect([twice.status, twice.body]).toEqual([409, { code: 'already-undone' }])
    expect((await send('kind=payments', file)).status).toBe(201)
  })

  it('of the register are corrected by another file', async () => {
    const services = table('EDRPOU;POSL;NAZVA;OD', `${WATER};20;Стоки;м³`)
    const { body: report } = await send('kind=services', services)
    const undo = await api.post(`/api/v1/imports/${report.batchId}/undo`, key, { reason: 'x' })
    expect([undo.status, undo.body]).toEqual([422, { code: 'registry-not-undoable' }])
  })

  it('of readings that are billed are final', async () => {
    const [agreement] = await town.sql.many<{ id: number }>`
      select g.id from agreement g join account a on a.id = g.account_id
      join provider p on p.id = a.provider_id where p.code = ${WATER}`
    await addMeter(town, { agreementId: agreement?.id ?? 0, serial: '777' })
    const readings = table('RAH;POSL;NOMER;DATPOK;POKAZ', '101;10;777;03.11.2026;12')
    const sent = await send(`kind=readings&provider=${WATER}`, readings)
    expect(sent.status).toBe(201)
    await issue(WATER)
    const path = `/api/v1/imports/${sent.body.batchId}/undo`
    const undo = await api.post(path, key, { reason: 'x' })
    expect([undo.status, undo.body]).toEqual([409, { code: 'reading-billed' }])
  })

  it('of charges of an issued month are final', async () => {
    const heading = 'RAH;EDRPOU;POSL;PERIOD;SALDO_P;NARAH;SPLACH;SALDO_K'
    const charges = table(heading, `101;${HEAT};10;10.2026;0;5,00;0;5,00`)
    const { body: report } = await send('kind=charges', charges)
    await issue(HEAT, 202610)
    const undo = await api.post(`/api/v1/imports/${report.batchId}/undo`, key, { reason: 'x' })
    expect([undo.status, undo.body]).toEqual([409, { code: 'month-issued' }])
  })

  it('that brought a payment a later file took back wait for that file', async () => {
    const day = `101;${WATER};10;05.11.2026`
    const paid = await send('kind=payments', payments(`${day};7,00;g1`))
    await send('kind=payments', payments(`${day};-7,00;g2`))
    const undo = await api.post(`/api/v1/imports/${paid.body.batchId}/undo`, key, { reason: 'x' })
    expect([undo.status, undo.body]).toEqual([409, { code: 'payment-reversed' }])
  })

  it.each([{}, { reason: ' ' }, { reason: 'x'.repeat(501) }, { reason: 'x', force: true }])(
    'are not undone by %j',
    async (body) => {
      const answer = await api.post('/api/v1/imports/1/undo', key, body)
      expect(answer.body).toMatchObject({ code: 'invalid-request' })
    },
  )
})
