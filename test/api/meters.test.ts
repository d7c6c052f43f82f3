import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { wholeQuantity } from '../../core/quantity.ts'
import { addAccount, addAgreement, addMeter, addProvider, addReading } from '../support/world.ts'
import { openApi } from './api.ts'

const api = await openApi()
const { town } = api
const PROVIDER = '55101018'
const key = await api.key(`accounts:${PROVIDER}`, `read:${PROVIDER}`)
const wrongKey = await api.key('accounts:55202042', 'read:55202042')

const ACT = { on: '2026-11-04', document: 'Акт № 4' }
const METER = {
  ...{ serial: '0078', model: 'СКВ', place: 'кухня', digits: 5, seal: null },
  ...{
    dials: [{ zone: 0, initial: '1.5' }],
    verifiedOn: '2026-10-01',
    verifiedUntil: '2030-10-01',
  },
}
const values = (value: string, given: object = {}) => [{ zone: 0, value, ...given }]

let providerId: number
beforeAll(async () => {
  providerId = await addProvider(town, { code: PROVIDER })
})
let accountId: number
let agreementId: number
let meterId: number
beforeEach(async () => {
  accountId = await addAccount(town, { providerId })
  agreementId = await addAgreement(town, { providerId, accountId })
  const meter = await addMeter(town, { agreementId, serial: '0077' })
  meterId = meter.meterId
  await town.sql.run`update meter set installed_on = '2026-01-10' where id = ${meterId}`
  const [registerId = 0] = meter.registerIds
  await addReading(town, { registerId, takenOn: '2026-10-28', value: wholeQuantity(838) })
})

const work = (path: string, body: object, by = key, id = meterId) =>
  api.post(`/api/v1/meters/${id}/${path}`, by, { ...ACT, ...body })
const install = (meter: object = {}, at: object = {}, by = key, id = agreementId) =>
  api.post(`/api/v1/agreements/${id}/meters`, by, { ...ACT, ...at, meter: { ...METER, ...meter } })
const told = ({ body, status }: { body: unknown; status: number }) => [status, body]
const stored = { registrationNo: expect.any(String), needsReview: false }

const WORKS: [path: string, body: object][] = [
  ['seal', { seal: 'A-1' }],
  ['verify', { until: '2030-11-04' }],
  ['readings', { values: values('845') }],
  ['remove', { closing: values('845') }],
  ['replace', { closing: values('845'), meter: METER }],
]

describe('work on a meter', () => {
  it.each(WORKS)(
    'is of a known meter the key reaches, by a day that came: %s',
    async (path, body) => {
      const missing = await work(path, body, key, 999_999)
      expect(told(missing)).toEqual([404, { code: 'meter-not-found' }])
      expect(told(await work(path, body, wrongKey))).toEqual([403, { code: 'forbidden' }])
      const future = await work(path, { ...body, on: '2026-11-06' })
      expect(told(future)).toEqual([422, { code: 'day-in-future' }])
      expect((await work(path, { ...body, more: 1 })).status).toBe(400)
      expect((await work(path, body)).status).toBe(200)
      await work('remove', { closing: values('845') })
      expect(told(await work(path, body))).toEqual([409, { code: 'meter-removed' }])
    },
  )

  it.each(WORKS.filter(([path]) => path !== 'verify'))(
    'is not older than the meter: %s',
    async (path, body) => {
      const early = await work(path, { ...body, on: '2026-01-09' })
      expect(told(early)).toEqual([422, { code: 'before-installation' }])
    },
  )

  it.each([
    ['readings', 'values', {}],
    ['remove', 'closing', {}],
    ['replace', 'closing', { meter: METER }],
  ])('takes true values only: %s', async (path, name, rest) => {
    const send = (seen: object[]) => work(path, { [name]: seen, ...rest })
    expect(told(await send(values('7')))).toEqual([
      ...[422, { code: 'reading-below-previous', zone: 0, previous: '838' }],
    ])
    expect(told(await send(values('100000')))).toEqual([422, { code: 'value-too-large', zone: 0 }])
    expect(told(await send(values('1', { zone: 1 })))).toEqual([422, { code: 'zones-differ' }])
    expect((await send(values('7', { rolledOver: true }))).body.needsReview).toBe(true)
  })
})

describe('what staff did', () => {
  it('is answered and stands in the history of the meter', async () => {
    expect(told(await work('seal', { seal: 'A-1' }))).toEqual([200, { state: 'sealed' }])
    const verify = () => work('verify', { until: '2030-11-04' })
    expect(told(await verify())).toEqual([200, { replayed: false }])
    expect(told(await verify())).toEqual([200, { replayed: true }])
    expect(told(await work('verify', { until: '2026-11-03' }))).toEqual([
      ...[422, { code: 'verification-wrong' }],
    ])
    expect(told(await work('readings', { values: values('845.25') }))).toEqual([200, stored])
    const replaced = await work('replace', { closing: values('846'), meter: METER })
    expect(told(replaced)).toEqual([200, { ...stored, meterId: expect.any(Number) }])
    const { body } = await api.get(`/api/v1/meters/${meterId}/history`, key)
    const kinds = (body.events as { kind: string }[]).map(({ kind }) => kind)
    expect(kinds).toEqual(['removed', 'read', 'verified', 'sealed'])
    expect(body.events[1]).toMatchObject({
      details: { values: { 0: '845.25' } },
      document: 'Акт № 4',
    })
  })

  it('is read of a known meter the key reaches', async () => {
    const read = (id: number, by = key) => api.get(`/api/v1/meters/${id}/history`, by)
    expect(told(await read(999_999))).toEqual([404, { code: 'meter-not-found' }])
    expect(told(await read(meterId, wrongKey))).toEqual([403, { code: 'forbidden' }])
  })
})

describe('a new meter', () => {
  it('hangs from its day', async () => {
    const installed = await install()
    expect(told(installed)).toEqual([200, { meterId: expect.any(Number) }])
    const { body } = await api.get(`/api/v1/accounts/${accountId}/meters`, key)
    expect(body.meters).toMatchObject([
      { id: meterId, serial: '0077', removedOn: null },
      { serial: '0078', installedOn: '2026-11-04', zones: [0], verifiedUntil: '2030-10-01' },
    ])
  })

  it.each([
    [409, { code: 'meter-exists' }, { serial: '0077' }, {}],
    [422, { code: 'serial-empty' }, { serial: '\u2060' }, {}],
    [422, { code: 'zones-wrong' }, { dials: [0, 1].map((zone) => ({ zone, initial: '0' })) }, {}],
    [
      422,
      { code: 'value-too-large', zone: 0 },
      { digits: 1, dials: [{ zone: 0, initial: '10' }] },
      {},
    ],
    [422, { code: 'verification-wrong' }, { verifiedUntil: null }, {}],
    [422, { code: 'day-in-future' }, {}, { on: '2026-11-06' }],
  ])('is refused: %d %j', async (status, body, meter, at) => {
    expect(told(await install(meter, at))).toEqual([status, body])
  })

  it('is refused in the place of another one as well, which stays', async () => {
    const meter = { ...METER, serial: '0077' }
    const replaced = await work('replace', { closing: values('845'), meter })
    expect(told(replaced)).toEqual([409, { code: 'meter-exists' }])
    expect((await work('seal', { seal: 'A-1' })).status).toBe(200)
  })

  it('is refused where the service ended, is unknown, or out of reach', async () => {
    const missing = await install({}, {}, key, 999_999)
    expect(told(missing)).toEqual([404, { code: 'agreement-not-found' }])
    expect(told(await install({}, {}, wrongKey))).toEqual([403, { code: 'forbidden' }])
    await town.sql.run`update agreement set to_day = '2026-11-01' where id = ${agreementId}`
    expect(told(await install())).toEqual([409, { code: 'agreement-ended' }])
  })
})

describe('the meters of an account', () => {
  it('are of a known account the key reaches', async () => {
    const read = (id: number, by = key) => api.get(`/api/v1/accounts/${id}/meters`, by)
    expect(told(await read(999_999))).toEqual([404, { code: 'account-not-found' }])
    expect(told(await read(accountId, wrongKey))).toEqual([403, { code: 'forbidden' }])
  })
})
