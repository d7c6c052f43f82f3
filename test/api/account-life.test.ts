import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { addAccount, addAgreement, addMeter, addProvider, addService } from '../support/world.ts'
import { book, entry } from '../core/ledger/books.ts'
import { openApi } from './api.ts'

const api = await openApi()
const { town } = api
const PROVIDER = '55101018'
const OTHER = '55202042'
const REASON = { reason: 'Заява № 5' }
const key = await api.key(`accounts:${PROVIDER}`, `read:${PROVIDER}`)
const wrongKey = await api.key(`accounts:${OTHER}`, `read:${OTHER}`)

let providerId: number
let water: number
let foreign: number
beforeAll(async () => {
  providerId = await addProvider(town, { code: PROVIDER })
  water = await addService(town, { providerId, code: '10' })
  const otherId = await addProvider(town, { code: OTHER })
  foreign = await addAccount(town, { providerId: otherId })
  for (const [kind, name, value] of [
    ['quality', 'no-water', { percentPerDay: '3.3' }],
    ['benefit', 'veteran', { percent: '75' }],
    ['look-back', '', { months: 36 }],
  ] as const)
    await town.sql.run`
      insert into rule (kind, key, from_day, value, source, recorded_at)
      values (${kind}, ${name}, '2020-01-01', ${JSON.stringify(value)}::jsonb, '', ${town.now()})`
})

let accountId: number
let agreementId: number
let neighbourId: number
let neighbourAgreement: number
let sources = 5_000_000
beforeEach(async () => {
  accountId = await addAccount(town, { providerId, occupants: 2 })
  agreementId = await addAgreement(town, { providerId, accountId, serviceId: water })
  neighbourId = await addAccount(town, { providerId })
  neighbourAgreement = await addAgreement(town, {
    ...{ providerId, accountId: neighbourId, serviceId: water },
  })
})

const owe = (amount: number) =>
  book(town, providerId, [entry({ agreementId, providerId }, (sources += 1), { amount })])
const post = (path: string, body: object, by = key) => api.post(`/api/v1/${path}`, by, body)
const refusal = (status: number, code: string, details: object = {}) => [
  status,
  { code, ...details },
]
const told = ({ body, status }: { body: unknown; status: number }) => [status, body]

describe('opening an account', () => {
  const ACCOUNT = {
    ...{ provider: PROVIDER, number: '0017', holderName: 'Особа', occupants: 3, ...REASON },
    address: { streetType: 'вул.', street: 'Ривенделлська', house: '1', flat: '2' },
    ...{ totalArea: '60.5', services: ['10'], from: '2026-11-01', phone: '067' },
  }

  it('gives its id, once', async () => {
    const opened = await post('accounts', ACCOUNT)
    expect(told(opened)).toEqual([200, { accountId: expect.any(Number) }])
    expect(told(await post('accounts', ACCOUNT))).toEqual(refusal(409, 'account-exists'))
  })

  it.each([
    [404, 'provider-not-found', { provider: '99999999' }, {}],
    [403, 'forbidden', { provider: OTHER }, {}],
    [422, 'account-number-empty', { number: '\u2060' }, {}],
    [422, 'service-not-found', { services: ['77'] }, { service: '77' }],
    [422, 'household-wrong', { heatedArea: '61' }, {}],
  ])('is refused: %d %s', async (status, code, given, details) => {
    const by = code === 'provider-not-found' ? await api.key('accounts') : key
    const answer = await post('accounts', { ...ACCOUNT, number: '18', ...given }, by)
    expect(told(answer)).toEqual(refusal(status, code, details))
  })

  it.each([
    { from: '2026-02-30' },
    { totalArea: '-1' },
    { services: [] },
    { occupants: 1.5 },
    { more: 1 },
  ])('is not begun by %j', async (given) => {
    expect(await post('accounts', { ...ACCOUNT, ...given })).toMatchObject({ status: 400 })
  })
})

describe('an address of an account that is not there', () => {
  const FACT = { document: 'Акт' }
  const DAYS = { leftOn: '2026-06-03', returnedOn: '2026-06-20', appliedOn: '2026-06-20' }
  const HOLDER = { holderName: 'Особа', phone: null, email: null, from: '2026-11-01', ...REASON }
  const DEFECT = {
    service: '10',
    wholeHouse: false,
    defect: 'x',
    from: '2026-10-01',
    to: '2026-10-02',
  }
  it.each([
    ['close', { on: '2026-11-01', ...REASON }],
    ['holder', HOLDER],
    ['household', { from: '2026-11-01', source: 'x', occupants: 1 }],
    ['merge', { into: 1, on: '2026-11-01', ...REASON }],
    ['split-debt', { shares: [{ accountId: 1, weight: 1 }], ...REASON }],
    ['absences', { ...DAYS, ...FACT }],
    ['beneficiaries', { category: 'veteran', persons: 1, from: '2026-10-01', ...FACT }],
    ['defects', { ...DEFECT, ...FACT }],
  ])('answers not found, or forbidden: %s', async (path, body) => {
    const missing = await post(`accounts/999999/${path}`, body)
    expect(told(missing)).toEqual(refusal(404, 'account-not-found'))
    expect(told(await post(`accounts/${foreign}/${path}`, body))).toEqual(refusal(403, 'forbidden'))
    const wrong = await post(`accounts/${accountId}/${path}`, body, wrongKey)
    expect(told(wrong)).toEqual(refusal(403, 'forbidden'))
    const none = await api.key('imports')
    expect((await post(`accounts/${accountId}/${path}`, body, none)).status).toBe(403)
  })

  it.each([
    ['agreements/999999/move-debt', { to: 1, ...REASON }, 'agreement-not-found'],
    ['agreements/999999/corrections', { amount: '1', ...REASON }, 'agreement-not-found'],
    [
      'agreements/999999/extras',
      { day: '2026-10-01', name: 'x', quantity: '1', price: '1' },
      'agreement-not-found',
    ],
    ['absences/999999/retire', REASON, 'fact-not-found'],
    ['defects/999999/retire', REASON, 'fact-not-found'],
    ['extras/999999/retire', REASON, 'fact-not-found'],
    ['beneficiaries/999999/retire', REASON, 'fact-not-found'],
  ])('answers not found: %s', async (path, body, code) => {
    expect(told(await post(path, body))).toEqual(refusal(404, code))
  })
})

describe('an agreement', () => {
  it.each([
    ['move-debt', { to: 1, ...REASON }],
    ['corrections', { amount: '1', ...REASON }],
    ['extras', { day: '2026-10-01', name: 'x', quantity: '1', price: '1' }],
  ])('of another provider is out of reach: %s', async (path, body) => {
    const wrong = await post(`agreements/${agreementId}/${path}`, body, wrongKey)
    expect(told(wrong)).toEqual(refusal(403, 'forbidden'))
  })
})

describe('closing', () => {
  const close = (on = '2026-11-01') => post(`accounts/${accountId}/close`, { on, ...REASON })

  it('says what stays owed, once', async () => {
    await owe(12_050)
    expect(told(await close())).toEqual([
      200,
      { balance: '12050', balances: [{ agreementId, balance: '12050' }] },
    ])
    expect(told(await close())).toEqual(refusal(409, 'account-closed'))
  })

  it('is refused before the opening and while a meter hangs', async () => {
    await addMeter(town, { agreementId, serial: '55' })
    expect(told(await close())).toEqual(refusal(409, 'meter-running', { meters: ['55'] }))
    await town.sql.run`update account set opened_on = '2026-11-01' where id = ${accountId}`
    expect(told(await close())).toEqual(refusal(422, 'closes-before-opened'))
  })
})

describe('a holder', () => {
  const holder = (given: object = {}) =>
    post(`accounts/${accountId}/holder`, {
      ...{ holderName: 'Інша Особа', phone: '067', email: null, from: '2026-11-01', ...REASON },
      ...given,
    })

  it('changes, and nothing of it is told twice', async () => {
    expect(told(await holder())).toEqual([200, { isNewHolder: true, linksEnded: 0 }])
    expect(told(await holder())).toEqual(refusal(409, 'holder-unchanged'))
    const { body } = await api.get(`/api/v1/accounts/${accountId}/history`, key)
    expect(body.events).toMatchObject([{ kind: 'holder-changed', ...REASON }])
    expect(JSON.stringify(body)).not.toMatch(/Особа|067/)
  })

  it('of a closed account stays', async () => {
    await post(`accounts/${accountId}/close`, { on: '2026-11-01', ...REASON })
    expect(told(await holder())).toEqual(refusal(409, 'account-closed'))
  })
})

describe('a household', () => {
  const change = (given: object) =>
    post(`accounts/${accountId}/household`, { from: '2026-10-01', source: 'Довідка', ...given })

  it('changes from a day', async () => {
    const changed = await change({
      occupants: 4,
      totalArea: '50.25',
      heatedArea: null,
      plan: 'full',
    })
    expect(told(changed)).toEqual([200, { householdId: expect.any(Number) }])
    expect(
      await town.sql.one`
        select occupants, total_area_e8 as area, plan from household
        where account_id = ${accountId} and from_day = '2026-10-01'`,
    ).toEqual({ occupants: 4, area: 5_025_000_000n, plan: 'full' })
  })

  it.each([
    [409, 'household-unchanged', { occupants: 2 }, {}],
    [422, 'household-wrong', { totalArea: '1', heatedArea: '2' }, {}],
    [422, 'too-long-ago', { from: '2023-10-31' }, { earliest: '2023-11-01' }],
  ])('is refused: %d %s', async (status, code, given, details) => {
    expect(told(await change(given))).toEqual(refusal(status, code, details))
  })
})

describe('a debt', () => {
  const move = (given: object = {}) =>
    post(`agreements/${agreementId}/move-debt`, { to: neighbourAgreement, ...REASON, ...given })
  const transfer = (amount: string) => ({
    ...{ id: expect.any(String), fromId: agreementId, toId: neighbourAgreement, amount },
  })

  it('moves, once for a key', async () => {
    await owe(500)
    const requestKey = `move-${accountId}`
    const first = await move({ requestKey, amount: '200' })
    expect(told(first)).toEqual([200, { transfers: [transfer('200')], replayed: false }])
    expect((await move({ requestKey, amount: '200' })).body.replayed).toBe(true)
    expect(told(await move({ requestKey }))).toEqual(refusal(409, 'key-conflict'))
    expect(told(await move())).toEqual([200, { transfers: [transfer('300')], replayed: false }])
    expect(told(await move())).toEqual(refusal(422, 'nothing-to-move'))
  })

  it('does not move beyond the balance, onto itself, elsewhere or to a closed account', async () => {
    await owe(500)
    const more = await move({ amount: '501' })
    expect(told(more)).toEqual(refusal(422, 'more-than-owed', { balance: '500' }))
    expect(told(await move({ to: agreementId }))).toEqual(refusal(422, 'same-agreement'))
    const { id } = await town.sql.one<{ id: number }>`
      select provider_id as id from account where id = ${foreign}`
    const elsewhere = await addAgreement(town, { providerId: id })
    expect(told(await move({ to: elsewhere }))).toEqual(refusal(422, 'other-provider'))
    await post(`accounts/${neighbourId}/close`, { on: '2026-11-01', ...REASON })
    expect(told(await move())).toEqual(refusal(409, 'account-closed'))
  })

  it('splits by weights, and is refused as the shares are wrong', async () => {
    await owe(1_001)
    const split = (shares: object[], given: object = {}) =>
      post(`accounts/${accountId}/split-debt`, { shares, ...REASON, ...given })
    const share = (id: number, weight = 1) => ({ accountId: id, weight })
    const wrong = await split([share(neighbourId, 0)])
    expect(told(wrong)).toEqual(refusal(422, 'weights-wrong'))
    expect(told(await split([share(999_999)]))).toEqual(
      refusal(404, 'account-not-found', { accountId: 999_999 }),
    )
    expect(told(await split([share(foreign)]))).toEqual(
      refusal(422, 'other-provider', { accountId: foreign }),
    )
    const bare = await addAccount(town, { providerId })
    expect(told(await split([share(bare)]))).toEqual(
      refusal(422, 'service-not-agreed', { accountId: bare, serviceId: water }),
    )
    const shares = [share(accountId), share(neighbourId)]
    const requestKey = `split-${accountId}`
    const done = await split(shares, { requestKey })
    expect(told(done)).toEqual([200, { transfers: [transfer('500')], replayed: false }])
    const other = await split([share(neighbourId)], { requestKey })
    expect(told(other)).toEqual(refusal(409, 'key-conflict'))
    await split([share(neighbourId)])
    expect(told(await split([share(neighbourId)]))).toEqual(refusal(422, 'nothing-to-move'))
    await post(`accounts/${bare}/close`, { on: '2026-11-01', ...REASON })
    expect(told(await split([share(bare)]))).toEqual(
      refusal(409, 'account-closed', { accountId: bare }),
    )
  })

  it('goes with the account that is merged', async () => {
    await owe(700)
    const merge = (into: number, given: object = {}) =>
      post(`accounts/${accountId}/merge`, { into, on: '2026-11-01', ...REASON, ...given })
    expect(told(await merge(accountId))).toEqual(refusal(422, 'same-account'))
    expect(told(await merge(foreign))).toEqual(refusal(422, 'other-provider'))
    const bare = await addAccount(town, { providerId })
    expect(told(await merge(bare))).toEqual(
      refusal(422, 'service-not-agreed', { serviceId: water }),
    )
    const requestKey = `merge-${accountId}`
    const merged = await merge(neighbourId, { requestKey })
    expect(told(merged)).toEqual([200, { transfers: [transfer('700')], replayed: false }])
    expect((await merge(neighbourId, { requestKey })).body.replayed).toBe(true)
    expect(told(await merge(bare, { requestKey }))).toEqual(refusal(409, 'key-conflict'))
    expect(told(await merge(neighbourId))).toEqual(refusal(409, 'account-closed'))
  })

  it('is corrected in the open month', async () => {
    const correct = (given: object) =>
      post(`agreements/${agreementId}/corrections`, { amount: '-150', ...REASON, ...given })
    const requestKey = `correct-${accountId}`
    expect(told(await correct({ requestKey, about: 202610 }))).toEqual([
      200,
      { correctionId: expect.any(String), month: 202611, replayed: false },
    ])
    expect(told(await correct({ requestKey }))).toEqual(refusal(409, 'key-conflict'))
    expect(told(await correct({ amount: '0' }))).toEqual(refusal(422, 'amount-zero'))
    expect(told(await correct({ about: 202701 }))).toEqual(refusal(422, 'month-in-future'))
    expect((await correct({ reason: ' ' })).status).toBe(400)
  })
})

describe('facts', () => {
  const retire = (path: string, by = key) => post(`${path}/retire`, REASON, by)
  const expectRetired = async (path: string) => {
    expect(told(await retire(path, wrongKey))).toEqual(refusal(403, 'forbidden'))
    expect(told(await retire(path))).toEqual([200, { state: 'retired' }])
    expect(told(await retire(path))).toEqual(refusal(404, 'fact-not-found'))
  }

  it('of absence are recorded and taken back', async () => {
    const record = (given: object = {}) =>
      post(`accounts/${accountId}/absences`, {
        ...{ leftOn: '2026-06-03', returnedOn: '2026-06-20', appliedOn: '2026-06-21' },
        ...{ document: 'Заява', ...given },
      })
    const { body } = await record()
    expect(body).toEqual({ absenceId: expect.any(Number) })
    expect(told(await record())).toEqual(refusal(409, 'absence-overlaps'))
    expect(told(await record({ leftOn: '2026-06-20' }))).toEqual(refusal(422, 'range-wrong'))
    const early = await record({ leftOn: '2023-10-31', returnedOn: '2023-12-01' })
    expect(early.body.code).toBe('too-long-ago')
    await expectRetired(`absences/${body.absenceId}`)
  })

  it('of quality are recorded for a house and taken back', async () => {
    const record = (given: object = {}) =>
      post(`accounts/${accountId}/defects`, {
        ...{ service: '10', wholeHouse: true, defect: 'no-water', document: 'Акт' },
        ...{ from: '2026-10-10', to: '2026-10-12', ...given },
      })
    const { body } = await record()
    expect(body).toEqual({ defectId: expect.any(Number), accounts: 1 })
    expect(told(await record())).toEqual(refusal(409, 'defect-overlaps'))
    expect(told(await record({ defect: 'smell' }))).toEqual(refusal(422, 'defect-unknown'))
    expect(told(await record({ service: '77' }))).toEqual(refusal(422, 'service-not-found'))
    expect(told(await record({ to: '2026-10-10' }))).toEqual(refusal(422, 'range-wrong'))
    await addService(town, { providerId, code: `s${accountId}` })
    const elsewhere = await record({ service: `s${accountId}`, wholeHouse: false })
    expect(told(elsewhere)).toEqual(refusal(422, 'place-not-found'))
    await expectRetired(`defects/${body.defectId}`)
  })

  it('of extra work are recorded with their cost and taken back', async () => {
    const record = (given: object = {}) =>
      post(`agreements/${agreementId}/extras`, {
        ...{ day: '2026-10-10', name: 'Кран', quantity: '3', price: '0.145', ...given },
      })
    const { body } = await record()
    expect(body).toEqual({ extraId: expect.any(Number), amount: '44' })
    expect(told(await record({ price: '0' }))).toEqual(refusal(422, 'amount-wrong'))
    expect(told(await record({ day: '2026-11-06' }))).toEqual(refusal(422, 'day-in-future'))
    expect((await record({ day: '2023-10-06' })).body.code).toBe('too-long-ago')
    await town.sql.run`update account set closed_on = '2026-10-01' where id = ${accountId}`
    expect(told(await record())).toEqual(refusal(409, 'account-closed'))
    await expectRetired(`extras/${body.extraId}`)
  })

  it('of benefits are recorded and taken back', async () => {
    const record = (given: object = {}) =>
      post(`accounts/${accountId}/beneficiaries`, {
        ...{ category: 'veteran', persons: 2, from: '2026-10-01', document: 'УБД', ...given },
      })
    const { body } = await record({ to: '2027-01-01' })
    expect(body).toEqual({ beneficiaryId: expect.any(Number) })
    expect(told(await record())).toEqual(refusal(409, 'beneficiary-overlaps'))
    expect(told(await record({ persons: 3 }))).toEqual(
      refusal(422, 'persons-wrong', { occupants: 2 }),
    )
    expect(told(await record({ category: 'hobbit' }))).toEqual(refusal(422, 'category-unknown'))
    expect(told(await record({ to: '2026-10-01' }))).toEqual(refusal(422, 'range-wrong'))
    await expectRetired(`beneficiaries/${body.beneficiaryId}`)
  })
})

describe('a history', () => {
  const read = (id: number, by = key) => api.get(`/api/v1/accounts/${id}/history?limit=1`, by)

  it('is of a known account the key reaches', async () => {
    await post(`accounts/${accountId}/household`, { from: '2026-10-01', source: 'x', occupants: 1 })
    await post(`accounts/${accountId}/household`, { from: '2026-10-02', source: 'y', occupants: 2 })
    expect((await read(accountId)).body.events).toMatchObject([{ reason: 'y' }])
    expect(told(await read(999_999))).toEqual(refusal(404, 'account-not-found'))
    expect(told(await read(accountId, wrongKey))).toEqual(refusal(403, 'forbidden'))
  })
})
