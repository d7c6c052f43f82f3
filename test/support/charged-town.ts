import { checkMonth } from '../../core/billing/check-month.ts'
import { issueMonths } from '../../core/billing/issue-months.ts'
import { startMonthRun } from '../../core/billing/run/start-run.ts'
import { workOnRun } from '../../core/billing/run/work-on-run.ts'
import { movement } from '../../core/ledger/movement.ts'
import { post } from '../../core/ledger/post.ts'
import { kopecks } from '../../core/money.ts'
import { period, type Period, plainDate } from '../../core/period.ts'
import { rate, wholeQuantity } from '../../core/quantity.ts'
import { type TestTown } from './town.ts'
import {
  addAccount,
  addAgreement,
  addHouse,
  addMeter,
  addPremise,
  addProvider,
  addReading,
  addService,
  addTariff,
  addTown,
} from './world.ts'

const PROVIDER = '34567890'
const AUTHOR = 'test'

/** The code of each service with its name, unit and how it is charged. */
const SERVICES = {
  water: ['11', 'Водопостачання', 'куб.м'],
  sewage: ['12', 'Водовідведення', 'куб.м'],
  heat: ['22', 'Опалення', 'Гкал'],
  power: ['33', 'Електроенергія', 'кВт·год'],
  waste: ['44', 'Вивезення відходів', 'ос.'],
  upkeep: ['55', 'Утримання будинку', 'кв.м'],
} as const
type Service = keyof typeof SERVICES

const AVERAGE = { method: 'avg-daily', baseMonths: 12, maxMonths: 3, step: '1' }
const CHARGING: Record<Service, object> = {
  water: { base: 'meter', estimate: AVERAGE },
  sewage: { base: 'volume-of', volumeOf: ['11'] },
  heat: { base: 'house-share', season: { from: '10-15', to: '04-15' } },
  power: { base: 'meter', estimate: AVERAGE },
  waste: { base: 'persons' },
  upkeep: { base: 'area' },
}

/** Square metres as a decimal text. */
type Home = { number: string; services: Service[]; persons: number; area: string }
const HOMES: Home[] = [
  { number: '301', services: ['water', 'sewage'], persons: 2, area: '54.2' },
  { number: '302', services: ['power', 'waste', 'upkeep'], persons: 4, area: '70' },
  { number: '303', services: ['water', 'heat'], persons: 2, area: '48.2' },
]
const METERS: Record<string, { service: Service; serial: string; zones: number[] }> = {
  '301': { service: 'water', serial: '301301', zones: [0] },
  '302': { service: 'power', serial: '302302', zones: [1, 2] },
}

/**
 * A provider that charges here from August 2026, with August to October issued; it is 5 November.
 * 301: a water meter with no reading in September, a dearer price from October, a benefit, one person
 * more since August. 302: electricity day and night, waste by persons, upkeep by area, a benefit the state
 * pays to the person. 303: water by the norm and a share of the house's heat, with a subsidy.
 */
export async function buildChargedTown(town: TestTown): Promise<void> {
  town.clock.set('2026-08-02T09:00:00Z')
  await addTown(town)
  const services = await addServices(town)
  const homes = await addHomes(town, services)
  await addFacts(town, homes)
  // World builders leave these days to the database's clock, which runs apart from the town's.
  await town.sql.run`update household set recorded_at = ${town.now()}`
  await town.sql.run`update tariff set recorded_at = ${town.now()}`
  const [water = 0] = homes.registers('301')
  const [day = 0, night = 0] = homes.registers('302')
  await read(town, water, [
    ['2026-02-28', 270],
    ['2026-07-31', 300],
  ])
  await read(town, day, [['2026-07-31', 1000]])
  await read(town, night, [['2026-07-31', 500]])

  town.clock.set('2026-09-02T09:00:00Z')
  await read(town, water, [['2026-08-31', 306]])
  await read(town, day, [['2026-08-31', 1100]])
  await read(town, night, [['2026-08-31', 540]])
  await chargeMonth(town, period(202608))

  town.clock.set('2026-10-02T09:00:00Z')
  await read(town, day, [['2026-09-30', 1210]])
  await read(town, night, [['2026-09-30', 600]])
  await chargeMonth(town, period(202609))

  town.clock.set('2026-11-05T10:00:00Z')
  await read(town, water, [['2026-10-28', 314]])
  await read(town, day, [['2026-10-31', 1300]])
  await read(town, night, [['2026-10-31', 690]])
  await pay(town, homes.agreement('301', 'water'), 20_000)
  await chargeMonth(town, period(202610))
}

/** The id of the account of this number. */
export async function chargedAccountId(town: TestTown, number: string): Promise<number> {
  const { id } = await town.sql.one<{ id: number }>`select id from account where number = ${number}`
  return id
}

type Services = { providerId: number; ids: Record<Service, number> }

async function addServices(town: TestTown): Promise<Services> {
  const providerId = await addProvider(town, { code: PROVIDER, name: 'КП «Рідне місто»' })
  await town.sql.run`
    update provider set charged_from = 202608, phone = '+38 (000) 555-00-03',
      iban = 'UA553000010000026001000000103'
    where id = ${providerId}`
  const ids = {} as Record<Service, number>
  for (const [key, [code, name, unit]] of Object.entries(SERVICES)) {
    const serviceId = await addService(town, { providerId, code, name })
    await town.sql.run`update service set unit = ${unit} where id = ${serviceId}`
    const scope = { providerId, serviceId }
    await addRule(town, { kind: 'charging', value: CHARGING[key as Service], ...scope })
    ids[key as Service] = serviceId
  }
  const price = (serviceId: number, number: number, more: object = {}) =>
    addTariff(town, { serviceId, price: rate(BigInt(number) * 1_000_000n), ...more })
  const norm = wholeQuantity(3)
  await price(ids.water, 3000, { norm, toDay: '2026-10-01' })
  await price(ids.water, 3217, { norm, fromDay: '2026-10-01' })
  await town.sql.run`update tariff set subscription = 1819 where service_id = ${ids.water}`
  await price(ids.sewage, 2000)
  await price(ids.heat, 165_441)
  await price(ids.power, 432, { zone: 1 })
  await price(ids.power, 216, { zone: 2 })
  await price(ids.waste, 3550)
  await price(ids.upkeep, 520)
  return { providerId, ids }
}

async function addHomes(town: TestTown, { ids, providerId }: Services) {
  const houseId = await addHouse(town, { number: '8' })
  const accounts = new Map<string, number>()
  const agreements = new Map<string, number>()
  const registers = new Map<string, number[]>()
  for (const [index, { area, number, persons, services }] of HOMES.entries()) {
    const premiseId = await addPremise(town, { houseId, flat: String(index + 1) })
    const occupants = persons
    const accountId = await addAccount(town, { providerId, number, premiseId, occupants })
    await town.sql.run`
      update household set total_area_e8 = ${area}::numeric * 100000000,
        heated_area_e8 = ${area}::numeric * 100000000 where account_id = ${accountId}`
    accounts.set(number, accountId)
    for (const service of services) {
      const agreementId = await addAgreement(town, {
        ...{ providerId, accountId, serviceId: ids[service] },
      })
      agreements.set(`${number}/${service}`, agreementId)
      const meter = METERS[number]
      if (meter?.service !== service) continue
      const { registerIds } = await addMeter(town, {
        ...{ agreementId, serial: meter.serial, zones: meter.zones, verifiedUntil: '2028-04-15' },
      })
      registers.set(number, registerIds)
    }
  }
  return {
    ...{ houseId, providerId, ids },
    account: (number: string) => accounts.get(number) ?? 0,
    agreement: (number: string, service: Service) => agreements.get(`${number}/${service}`) ?? 0,
    registers: (number: string) => registers.get(number) ?? [],
  }
}

type Homes = Awaited<ReturnType<typeof addHomes>>

async function addFacts(town: TestTown, homes: Homes): Promise<void> {
  const { houseId, ids, providerId } = homes
  const [veteran, family] = [homes.account('301'), homes.account('302')]
  await town.sql.run`
    insert into household (account_id, from_day, occupants, total_area_e8, heated_area_e8, recorded_at)
    values (${veteran}, '2026-08-01', 3, 5420000000, 5420000000, ${town.now()})`
  const percent = { 'combat-veteran': '75', 'large-family': '50' }
  for (const [key, value] of Object.entries(percent))
    await addRule(town, { kind: 'benefit', key, value: { percent: value, services: ['11', '33'] } })
  await addRule(town, {
    ...{ kind: 'benefit-norm', value: { perPerson: '2' }, providerId, serviceId: ids.water },
  })
  await addRule(town, {
    ...{ kind: 'benefit-payment', value: { mode: 'gross' }, providerId, accountId: family },
  })
  for (const [account, category, persons] of [
    [veteran, 'combat-veteran', 1],
    [family, 'large-family', 4],
  ] as const)
    await town.sql.run`
      insert into beneficiary (account_id, category, persons, from_day, document, recorded_at)
      values (${account}, ${category}, ${persons}, '2026-01-01', 'посвідчення', ${town.now()})`
  const batch = await town.sql.one<{ id: number }>`
    insert into import_batch (kind, file_name, content_hash, format, report, state, author, applied_at)
    values ('subsidy', 'subs.dbf', '', '{}', '{}', 'applied', ${AUTHOR}, ${town.now()}) returning id`
  await town.sql.run`
    insert into subsidy_award
      (agreement_id, case_number, from_day, to_day, subsidy, obligatory, batch_id)
    values (${homes.agreement('303', 'heat')}, 'С-1', '2026-10-01', '2027-05-01', 90000, 76000,
      ${batch.id})`
  await town.sql.run`
    insert into house_volume (house_id, service_id, period, volume_e8, area_e8, source, recorded_at)
    values (${houseId}, ${ids.heat}, 202610, 5250000000, 250000000000, 'акт', ${town.now()})`
}

async function addRule(
  town: TestTown,
  rule: {
    kind: string
    key?: string
    value: object
    providerId?: number
    serviceId?: number
    accountId?: number
  },
): Promise<void> {
  const { accountId = null, key = '', kind, providerId = null, serviceId = null, value } = rule
  await town.sql.run`
    insert into rule (kind, key, provider_id, service_id, account_id, from_day, value, source,
      recorded_at)
    values (${kind}, ${key}, ${providerId}, ${serviceId}, ${accountId}, '2020-01-01',
      ${JSON.stringify(value)}::jsonb, 'рішення', ${town.now()})`
}

async function read(
  town: TestTown,
  registerId: number,
  values: readonly (readonly [day: string, value: number])[],
): Promise<void> {
  for (const [takenOn, value] of values)
    await addReading(town, { registerId, takenOn, value: wholeQuantity(value) })
}

async function pay(town: TestTown, agreementId: number, amount: number): Promise<void> {
  const { providerId } = await town.sql.one<{ providerId: number }>`
    select provider_id as "providerId" from account a join agreement g on g.account_id = a.id
    where g.id = ${agreementId}`
  const moved = movement('payment', { agreementId, providerId }, kopecks(amount))
  if (!moved) throw new Error('nothing paid')
  const key = { source: 'operator', sourceId: 1n, line: 0, period: period(202610) } as const
  const entries = [{ ...moved, ...key, effectiveOn: plainDate('2026-10-15') }]
  const posted = await post(town, { providerId, author: AUTHOR, entries })
  if (!posted.ok) throw new Error(posted.code)
}

async function chargeMonth(town: TestTown, month: Period): Promise<void> {
  const input = { providerCode: PROVIDER, month, author: AUTHOR }
  const started = await startMonthRun(town, input)
  if (!started.ok) throw new Error(started.code)
  await workOnRun(town, started.value.runId)
  const checked = await checkMonth(town, { ...input, leaveOut: false })
  if (!checked.ok) throw new Error(checked.code)
  if (!checked.value.checked) throw new Error(JSON.stringify(checked.value.lints))
  const issued = await issueMonths(town, input)
  if (!issued.ok) throw new Error(issued.code)
}
