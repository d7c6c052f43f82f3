import { beforeEach, describe, expect, it } from '@jest/globals'
import { readAccountHistory } from '../../../../core/billing/account-life/account-event.ts'
import { recordAbsence, retireAbsence } from '../../../../core/billing/facts/absence.ts'
import { recordBeneficiary, retireBeneficiary } from '../../../../core/billing/facts/beneficiary.ts'
import { recordDefect, retireDefect } from '../../../../core/billing/facts/defect.ts'
import { recordExtra, retireExtra } from '../../../../core/billing/facts/extra.ts'
import { readEarliest } from '../../../../core/billing/facts/look-back.ts'
import { plainDate } from '../../../../core/period.ts'
import { rate, wholeQuantity } from '../../../../core/quantity.ts'
import { testTown } from '../../../support/town.ts'
import {
  addAccount,
  addAgreement,
  addHouse,
  addPremise,
  addProvider,
  addService,
} from '../../../support/world.ts'

const town = await testTown()
const EARLIEST = plainDate('2026-03-01')
const day = plainDate
const PAPER = { document: 'Акт № 9', author: 'test' }

let providerCode: string
let providerId: number
let serviceId: number
let houseId: number
let accountId: number
let agreementId: number
let made = 0
beforeEach(async () => {
  town.clock.set('2026-11-05T10:00:00Z')
  made += 1
  providerCode = String(86_000_000 + made)
  providerId = await addProvider(town, { code: providerCode })
  serviceId = await addService(town, { providerId, code: '10' })
  houseId = await addHouse(town)
  const premiseId = await addPremise(town, { houseId })
  accountId = await addAccount(town, { providerId, premiseId, occupants: 3 })
  agreementId = await addAgreement(town, { providerId, accountId, serviceId })
})

const rule = (kind: string, key: string, value: object, fromDay = '2026-01-01') => town.sql.run`
  insert into rule (kind, key, provider_id, from_day, value, source, recorded_at)
  values (${kind}, ${key}, ${providerId}, ${fromDay}, ${JSON.stringify(value)}::jsonb, 'test',
    ${town.now()})`
const kinds = async (id = accountId) =>
  (await readAccountHistory(town, id, { limit: 10 })).map(({ kind }) => kind)

describe('an absence', () => {
  type Input = Parameters<typeof recordAbsence>[1]
  const record = (given: Partial<Input> = {}) =>
    recordAbsence(town, {
      ...{ accountId, leftOn: day('2026-06-03'), returnedOn: day('2026-06-20'), ...PAPER },
      appliedOn: day('2026-06-21'),
      earliest: EARLIEST,
      ...given,
    })

  it('is recorded, and taken back once', async () => {
    const recorded = await record()
    if (!recorded.ok) throw new Error(recorded.code)
    const retire = { id: recorded.value.absenceId, reason: 'Помилка', author: 'test' }
    expect(await retireAbsence(town, retire)).toEqual({ ok: true, value: undefined })
    expect(await retireAbsence(town, retire)).toEqual({ ok: false, code: 'fact-not-found' })
    expect(await kinds()).toEqual(['absence-retired', 'absence-recorded'])
    expect(await record()).toMatchObject({ ok: true })
  })

  it('may begin on the day of the last return', async () => {
    await record()
    const next = { leftOn: day('2026-06-20'), returnedOn: day('2026-07-20') }
    expect(await record(next)).toMatchObject({ ok: true })
  })

  it.each<[string, Partial<Input>]>([
    ['account-not-found', { accountId: 999_999 }],
    ['range-wrong', { returnedOn: day('2026-06-03') }],
    ['too-long-ago', { leftOn: day('2026-02-28') }],
    ['absence-overlaps', { leftOn: day('2026-06-19'), returnedOn: day('2026-07-01') }],
  ])('is refused as %s', async (code, given) => {
    await record()
    expect(await record(given)).toMatchObject({ ok: false, code })
  })
})

describe('a defect', () => {
  type Input = Parameters<typeof recordDefect>[1]
  const record = (given: Partial<Input> = {}) =>
    recordDefect(town, {
      ...{ providerCode, service: '10', defect: 'no-heat', ...PAPER, place: { accountId } },
      ...{ fromDay: day('2026-10-10'), toDay: day('2026-10-13'), earliest: EARLIEST },
      ...given,
    })
  beforeEach(() => rule('quality', 'no-heat', { percentPerDay: '3.3' }, '2026-10-12'))

  it('of a house stands in the history of every account with the service', async () => {
    const premiseId = await addPremise(town, { houseId, flat: '2' })
    const neighbour = await addAccount(town, { providerId, premiseId })
    await addAgreement(town, { providerId, accountId: neighbour, serviceId })
    await addAccount(town, {
      providerId,
      premiseId: await addPremise(town, { houseId, flat: '3' }),
    })
    const recorded = await record({ place: { houseId } })
    if (!recorded.ok) throw new Error(recorded.code)
    expect(recorded.value.accounts).toBe(2)
    const { defectId: id } = recorded.value
    expect(await retireDefect(town, { id, reason: 'Помилка', author: 'test' })).toMatchObject({
      ok: true,
    })
    expect(await kinds(neighbour)).toEqual(['defect-retired', 'defect-recorded'])
    expect(await retireDefect(town, { id, reason: 'Помилка', author: 'test' })).toEqual({
      ok: false,
      code: 'fact-not-found',
    })
  })

  it.each<[string, Partial<Input>]>([
    ['service-not-found', { service: '99' }],
    ['place-not-found', { place: { accountId: 999_999 } }],
    ['range-wrong', { toDay: day('2026-10-10') }],
    ['too-long-ago', { fromDay: day('2026-02-28') }],
    ['defect-unknown', { defect: 'smell' }],
    ['defect-unknown', { toDay: day('2026-10-12') }],
    ['defect-overlaps', { fromDay: day('2026-10-12'), toDay: day('2026-10-20') }],
  ])('is refused as %s', async (code, given) => {
    await record()
    expect(await record(given)).toMatchObject({ ok: false, code })
  })
})

describe('an extra', () => {
  type Input = Parameters<typeof recordExtra>[1]
  const record = (given: Partial<Input> = {}) =>
    recordExtra(town, {
      ...{ agreementId, day: day('2026-10-10'), name: 'Заміна крана', author: 'test' },
      ...{ quantity: wholeQuantity(3), price: rate(14_500_000n), earliest: EARLIEST },
      ...given,
    })

  it('costs its quantity by its price, rounded once', async () => {
    const recorded = await record()
    expect(recorded).toMatchObject({ ok: true, value: { amount: 44n } })
    const retire = { id: recorded.ok ? recorded.value.extraId : 0, reason: 'Ні', author: 'test' }
    expect(await retireExtra(town, retire)).toMatchObject({ ok: true })
    expect(await retireExtra(town, retire)).toEqual({ ok: false, code: 'fact-not-found' })
    expect(await kinds()).toEqual(['extra-retired', 'extra-recorded'])
  })

  it.each<[string, Partial<Input>]>([
    ['agreement-not-found', { agreementId: 999_999 }],
    ['amount-wrong', { quantity: wholeQuantity(0) }],
    ['amount-wrong', { price: rate(-1n) }],
    ['amount-wrong', { price: rate(1n) }],
    ['day-in-future', { day: day('2026-11-06') }],
    ['too-long-ago', { day: day('2026-02-28') }],
  ])('is refused as %s', async (code, given) => {
    expect(await record(given)).toMatchObject({ ok: false, code })
  })

  it('is refused from the day the account is closed', async () => {
    await town.sql.run`update account set closed_on = '2026-10-10' where id = ${accountId}`
    expect(await record()).toEqual({ ok: false, code: 'account-closed' })
    expect(await record({ day: day('2026-10-09') })).toMatchObject({ ok: true })
  })
})

describe('a beneficiary', () => {
  type Input = Parameters<typeof recordBeneficiary>[1]
  const record = (given: Partial<Input> = {}) =>
    recordBeneficiary(town, {
      ...{ accountId, category: 'veteran', persons: 2, fromDay: day('2026-05-01'), ...PAPER },
      earliest: EARLIEST,
      ...given,
    })
  beforeEach(() => rule('benefit', 'veteran', { percent: '75' }))

  it('is recorded, and taken back once', async () => {
    const recorded = await record({ toDay: day('2026-06-01') })
    if (!recorded.ok) throw new Error(recorded.code)
    const retire = { id: recorded.value.beneficiaryId, reason: 'Ні', author: 'test' }
    expect(await record({ fromDay: day('2026-06-01') })).toMatchObject({ ok: true })
    expect(await retireBeneficiary(town, retire)).toMatchObject({ ok: true })
    expect(await retireBeneficiary(town, retire)).toEqual({ ok: false, code: 'fact-not-found' })
  })

  it.each<[string, Partial<Input>]>([
    ['account-not-found', { accountId: 999_999 }],
    ['range-wrong', { toDay: day('2026-05-01') }],
    ['too-long-ago', { fromDay: day('2026-02-28') }],
    ['category-unknown', { category: 'hobbit' }],
    ['persons-wrong', { persons: 0 }],
    ['persons-wrong', { persons: 4 }],
    ['beneficiary-overlaps', { fromDay: day('2026-08-01') }],
  ])('is refused as %s: %p', async (code, given) => {
    await record()
    expect(await record(given)).toMatchObject({ ok: false, code })
  })
})

describe('how far back facts may be told', () => {
  it('is the provider’s rule, else nothing limits it', async () => {
    expect(await readEarliest(town, providerId)).toEqual({})
    await rule('look-back', '', { months: 36 })
    expect(await readEarliest(town, providerId)).toEqual({ earliest: '2023-11-01' })
  })
})
