import { movement } from '../../core/ledger/movement.ts'
import { type NewEntry } from '../../core/ledger/entry.ts'
import { type EntryKind } from '../../core/ledger/entry-kind.ts'
import { post } from '../../core/ledger/post.ts'
import { issueMonths } from '../../core/billing/issue-months.ts'
import { kopecks } from '../../core/money.ts'
import { period, plainDate } from '../../core/period.ts'
import { wholeQuantity } from '../../core/quantity.ts'
import { accountKey } from '../../core/registry/account-number.ts'
import { type TestTown } from './town.ts'

const OCTOBER = period(202610)

/**
 * Provider 12345678 with water (one zone) and electricity (day and night), one house, accounts
 * 101 (two meters, October 2026 issued, owes 264.70 and overpaid 12.00) and 102.
 */
export async function buildSmallTown(town: TestTown) {
  const { sql } = town
  await sql.run`insert into town (name, country, currency, zone, bill_code_secret)
    values ('Тестове', 'ua', 'UAH', 'Europe/Kyiv', ${Buffer.alloc(32, 7)})`
  const provider = await sql.one<{ id: number }>`
    insert into provider (code, name, iban, bank_name, bank_code, address, phone, email)
    values ('12345678', 'КП «Міськводоканал»', 'UA123000010000026001000000101', 'Банк', '300001',
      'вул. Перша, 1', '+38 (000) 555-00-01', 'water@example.org') returning id`
  const water = await addService(town, provider.id, '11', 'Водопостачання', 'куб.м')
  const power = await addService(town, provider.id, '33', 'Електроенергія', 'кВт·год')
  await addTariff(town, water, 0, 3_217_000_000n, wholeQuantity(3))
  await addTariff(town, power, 1, 480_000_000n, null)
  await addTariff(town, power, 2, 240_000_000n, null)
  const first = await addAccount(town, provider.id, '101', '29', '+38 (000) 303-05-04')
  const second = await addAccount(town, provider.id, '102', '30', null)
  const waterAgreement = await addAgreement(town, first, water)
  const powerAgreement = await addAgreement(town, first, power)
  await addMeter(town, waterAgreement, '032264', 'кухня', [{ zone: 0, value: 318 }])
  await addMeter(town, powerAgreement, '0071', '', [
    { zone: 1, value: 1200 },
    { zone: 2, value: 800 },
  ])
  await addMeter(town, await addAgreement(town, second, water), '555', 'ванна', [
    { zone: 0, value: 5 },
  ])
  const side = { providerId: provider.id }
  await charge(town, { ...side, agreementId: waterAgreement }, [
    ['opening', 15_000],
    ['accrual', 9_651],
    ['subscription', 1_819],
    ['payment', 0],
  ])
  await charge(town, { ...side, agreementId: powerAgreement }, [
    ['accrual', 48_000],
    ['payment', 49_200],
  ])
  await sql.run`insert into payment
      (agreement_id, paid_on, amount, method, source, external_id, recorded_at)
    values (${powerAgreement}, '2026-10-15', 49200, 'картка', 'test', 'P1', ${town.now()})`
  await issueMonths(town, { providerCode: '12345678', month: OCTOBER })
  return { providerId: provider.id, accounts: { first, second }, waterAgreement, powerAgreement }
}

async function addService(
  town: TestTown,
  provider: number,
  code: string,
  name: string,
  unit: string,
) {
  const { id } = await town.sql.one<{ id: number }>`
    insert into service (provider_id, code, name, unit, purpose)
    values (${provider}, ${code}, ${name}, ${unit}, ${`за послугу ${name}`}) returning id`
  return id
}

async function addTariff(
  town: TestTown,
  service: number,
  zone: number,
  price: bigint,
  norm: bigint | null,
): Promise<void> {
  await town.sql.run`
    insert into tariff (service_id, zone, from_day, price_e8, subscription, norm_e8)
    values (${service}, ${zone}, '2026-01-01', ${price}, 0, ${norm})`
}

async function addAccount(
  town: TestTown,
  provider: number,
  number: string,
  flat: string,
  phone: string | null,
): Promise<number> {
  const house = await town.sql.one<{ id: number }>`
    insert into house (street_type, street, number) values ('вул.', 'Боромира', '4')
    on conflict (street_type, street, number) do update set number = excluded.number returning id`
  const premise = await town.sql.one<{ id: number }>`
    insert into premise (house_id, flat) values (${house.id}, ${flat}) returning id`
  const { id } = await town.sql.one<{ id: number }>`
    insert into account
      (provider_id, number, number_key, premise_id, holder_name, phone, occupants)
    values (${provider}, ${number}, ${accountKey(number)}, ${premise.id}, 'Тестова Особа', ${phone}, 2)
    returning id`
  return id
}

async function addAgreement(town: TestTown, account: number, service: number): Promise<number> {
  const { id } = await town.sql.one<{ id: number }>`
    insert into agreement (account_id, service_id) values (${account}, ${service}) returning id`
  return id
}

async function addMeter(
  town: TestTown,
  agreement: number,
  serial: string,
  place: string,
  dials: { zone: number; value: number }[],
): Promise<void> {
  const meter = await town.sql.one<{ id: number }>`
    insert into meter (agreement_id, serial, serial_key, model, place, digits, verified_until)
    values (${agreement}, ${serial}, ${accountKey(serial)}, '', ${place}, 5, '2028-04-15')
    returning id`
  for (const { value, zone } of dials) {
    const register = await town.sql.one<{ id: number }>`
      insert into register (meter_id, zone, initial_e8) values (${meter.id}, ${zone}, 0)
      returning id`
    await town.sql.run`
      insert into reading (register_id, taken_on, value_e8, period, source, state, recorded_at)
      values (${register.id}, '2026-10-28', ${wholeQuantity(value)}, ${OCTOBER}, 'import',
        'accepted', ${town.now()})`
  }
}

let sources = 0n

async function charge(
  town: TestTown,
  side: { agreementId: number; providerId: number },
  figures: [EntryKind, number][],
): Promise<void> {
  const entries: NewEntry[] = figures.flatMap(([kind, amount], line) => {
    const moved = movement(kind, side, kopecks(amount))
    if (!moved) return []
    const effectiveOn = plainDate(kind === 'payment' ? '2026-10-15' : '2026-10-31')
    sources += 1n
    const key = { source: 'operator', sourceId: sources, line, period: OCTOBER } as const
    return [{ ...moved, ...key, effectiveOn }]
  })
  const { providerId } = side
  const posted = await post(town, { providerId, author: 'test', entries })
  if (!posted.ok) throw new Error(posted.code)
}
