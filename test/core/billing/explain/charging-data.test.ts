import { beforeEach, describe, expect, it } from '@jest/globals'
import { readChargingData } from '../../../../core/billing/explain/charging-data.ts'
import { parseDecimal, rate, wholeQuantity } from '../../../../core/quantity.ts'
import { testTown } from '../../../support/town.ts'
import {
  addAccount,
  addAgreement,
  addMeter,
  addProvider,
  addService,
  addTariff,
} from '../../../support/world.ts'

const town = await testTown({ now: '2026-11-05T10:00:00Z' })
const units = wholeQuantity
const price = (text: string) => rate(parseDecimal(text) ?? 0n)

let providerId: number
let accountId: number
let serviceId: number
let agreementId: number
beforeEach(async () => {
  providerId = await addProvider(town)
  accountId = await addAccount(town, { providerId, occupants: 2 })
  serviceId = await addService(town, { providerId, code: '11', name: 'Water' })
  agreementId = await addAgreement(town, { providerId, accountId, serviceId })
})

async function known() {
  await town.sql.run`update tariff set recorded_at = '2026-01-01T00:00:00Z'`
  const data = await readChargingData(town, accountId)
  if (!data) throw new Error('no account')
  return data
}

async function rule(kind: string, value: object, more: { key?: string; service?: number } = {}) {
  const { key = '', service = null } = more
  await town.sql.run`
    insert into rule (kind, key, provider_id, service_id, from_day, value, source, recorded_at)
    values (${kind}, ${key}, ${providerId}, ${service}, '2020-01-01',
      ${JSON.stringify(value)}::jsonb, 'test', ${town.now()})`
}

async function household(fromDay: string, occupants: number, plan = 'standard') {
  await town.sql.run`
    insert into household (account_id, from_day, occupants, total_area_e8, plan)
    values (${accountId}, ${fromDay}, ${occupants}, ${units(54)}, ${plan})`
}

describe('the household', () => {
  it('that was always so has no day', async () => {
    expect((await known()).household).toEqual({
      ...{ occupants: 2, since: null, totalArea: null, heatedArea: null },
    })
  })

  it('counts persons from the day they became so many, whatever else changed later', async () => {
    await household('2026-06-01', 3)
    await household('2026-09-01', 3)
    await household('2026-12-01', 4)
    expect((await known()).household).toMatchObject({
      ...{ occupants: 3, since: '2026-06-01', totalArea: units(54) },
    })
  })

  it.each([
    ['full', 1, true],
    ['standard', 0, true],
    ['standard', 1, false],
  ])('on the plan %s with %d persons pays the full cost: %s', async (plan, occupants, isFull) => {
    await rule('full-price', { whenNobodyRegistered: true })
    await household('2026-06-01', occupants, plan)
    expect((await known()).isFullPrice).toBe(isFull)
  })
})

describe('a service', () => {
  it('is by its meter, with the price, norm and subscription of the day', async () => {
    await rule('charging', { base: 'meter' }, { service: serviceId })
    const norm = units(3)
    await addTariff(town, { serviceId, price: price('30'), norm, toDay: '2026-10-01' })
    await addTariff(town, { serviceId, price: price('32.17'), norm, fromDay: '2026-10-01' })
    await addTariff(town, { serviceId, price: price('40'), norm, fromDay: '2027-01-01' })
    await town.sql.run`update tariff set subscription = 1819 where service_id = ${serviceId}`
    await addMeter(town, { agreementId, serial: '0077', verifiedUntil: '2028-04-15' })
    expect((await known()).services).toEqual([
      {
        ...{ agreementId, serviceName: 'Water', unit: 'м³', basis: 'meter', takenFrom: [], norm },
        prices: [
          {
            ...{ zone: 0, part: 'volume', above: 0n, price: price('32.17'), since: '2026-10-01' },
          },
        ],
        subscription: 1819n,
        meters: [{ serial: '0077', place: '', verifiedUntil: '2028-04-15' }],
      },
    ])
  })

  it('without a meter is by the norm', async () => {
    await rule('charging', { base: 'meter' }, { service: serviceId })
    expect((await known()).services).toMatchObject([{ basis: 'norm', meters: [] }])
  })

  it('names the services whose volumes it takes', async () => {
    const sewage = await addService(town, { providerId, code: '12', name: 'Sewage' })
    await addAgreement(town, { providerId, accountId, serviceId: sewage })
    await rule('charging', { base: 'volume-of', volumeOf: ['11'] }, { service: sewage })
    expect((await known()).services[1]).toMatchObject({ basis: 'volume-of', takenFrom: ['Water'] })
  })

  it('charged by the provider’s program is as the program says', async () => {
    expect((await known()).services).toMatchObject([{ basis: 'provider', prices: [] }])
  })

  it('that ended is not there', async () => {
    await town.sql.run`update agreement set to_day = '2026-11-01' where id = ${agreementId}`
    expect((await known()).services).toEqual([])
  })
})

describe('help', () => {
  it('is benefits in force with their per cents, and the last day of each', async () => {
    await rule('benefit', { percent: '75' }, { key: 'veteran' })
    for (const [category, until] of [
      ['veteran', '2027-01-01'],
      ['ended', '2026-11-05'],
      ['unknown', null],
    ] as const)
      await town.sql.run`
        insert into beneficiary (account_id, category, persons, from_day, to_day, document, recorded_at)
        values (${accountId}, ${category}, 1, '2026-01-01', ${until}, '', ${town.now()})`
    expect((await known()).benefits).toEqual([
      { category: 'veteran', percent: units(75), persons: 1, until: '2026-12-31' },
      { category: 'unknown', percent: null, persons: 1, until: null },
    ])
  })

  it('is the per cent a program told when there is no more', async () => {
    await town.sql.run`update account set benefit_percent = 50 where id = ${accountId}`
    expect((await known()).benefits).toEqual([
      { category: null, percent: units(50), persons: null, until: null },
    ])
  })

  it('is a subsidy that has not run out, its last day included', async () => {
    const batch = await town.sql.one<{ id: number }>`
      insert into import_batch (kind, file_name, content_hash, format, report, state, author, applied_at)
      values ('subsidy', '', '', '{}', '{}', 'applied', 'test', ${town.now()}) returning id`
    await town.sql.run`
      insert into subsidy_award
        (agreement_id, case_number, from_day, to_day, subsidy, obligatory, batch_id)
      values (${agreementId}, '1', '2025-10-01', '2026-05-01', 100, 1, ${batch.id}),
        (${agreementId}, '2', '2026-10-01', '2027-05-01', 100, 1, ${batch.id})`
    expect((await known()).subsidies).toEqual([{ since: '2026-10-01', until: '2027-04-30' }])
  })
})

it('nobody’s account has no data', async () => {
  expect(await readChargingData(town, 0)).toBeNull()
})
