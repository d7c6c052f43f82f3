import { movement } from '../../core/ledger/movement.ts'
import { type NewEntry } from '../../core/ledger/entry.ts'
import { type EntryKind } from '../../core/ledger/entry-kind.ts'
import { post } from '../../core/ledger/post.ts'
import { issueMonths } from '../../core/billing/issue-months.ts'
import { kopecks } from '../../core/money.ts'
import { lastDay, period, type Period, plainDate } from '../../core/period.ts'
import { wholeQuantity } from '../../core/quantity.ts'
import { accountKey } from '../../core/registry/account-number.ts'
import { type TestTown } from './town.ts'

const OCTOBER = period(202610)
const PAID_ON = plainDate('2026-10-15')

/** What tells a home apart; whatever is left out it does not have. */
type Home = {
  number: string
  flat: string
  phone?: string
  /** Dials of the water meter: serial, value on 28 October, place, digits. */
  water?: { serial: string; value: number; place?: string; digits?: number; verifiedUntil?: string }
  /** Day and night. */
  power?: { serial: string; values: [number, number] }
  /** Kopecks of the water agreement by month. */
  charged?: [month: Period, figures: [EntryKind, number][]][]
  /** Kopecks, on 15 October 2026. */
  paid?: number
}

type Side = { providerId: number; water: number; power: number }

/** Homes of the first provider, each for conversations of its own. */
const HOMES: Home[] = [
  { number: '201', flat: '1', water: { serial: '201201', value: 40 } },
  { number: '202', flat: '2', power: { serial: '202202', values: [1200, 800] } },
  { number: '203', flat: '3', water: { serial: '203203', value: 100 }, paid: 20_020 },
  { number: '204', flat: '4', water: { serial: '900', value: 77 } },
  { number: '205', flat: '5', water: { serial: '205205', value: 99_998 } },
  { number: '206', flat: '6', water: { serial: '206206', value: 5 } },
  {
    number: '207',
    flat: '7',
    water: { serial: '207207', value: 60 },
    charged: [6, 7, 8, 9, 10].map((month) => [
      period(202600 + month),
      [['accrual', 10_000 + month]],
    ]),
  },
  { number: '208', flat: '8', phone: '067 208-08-08', water: { serial: '208208', value: 1 } },
  { number: '209', flat: '9', water: { serial: '209209', value: 300 } },
  { number: '210', flat: '10', water: { serial: '210210', value: 12 } },
  {
    number: '211',
    flat: '11',
    water: { serial: '211211', value: 9, verifiedUntil: '2026-11-01' },
  },
]
/** The second provider has an account of the number the first one has, and a meter of equal name. */
const OTHER_HOMES: Home[] = [
  { number: '77/1', flat: '4', water: { serial: '900', value: 31 } },
  { number: '204', flat: '12', water: { serial: '991', value: 3 } },
]

/**
 * Two providers with water (one zone) and electricity (day and night), one house; October 2026 is
 * issued. Account 101 has two meters, owes 264.70 for water and overpaid 12.00 for electricity; 102
 * is its neighbour. The other homes are those of HOMES and OTHER_HOMES.
 */
export async function buildSmallTown(town: TestTown) {
  await town.sql.run`insert into town (name, country, currency, zone, bill_code_secret)
    values ('Тестове', 'ua', 'UAH', 'Europe/Kyiv', ${Buffer.alloc(32, 7)})`
  const side = await addProvider(town, '12345678', 'КП «Міськводоканал»', '01')
  const first = await addHome(town, side, {
    number: '101',
    flat: '29',
    phone: '+38 (000) 303-05-04',
    water: { serial: '032264', value: 318, place: 'кухня' },
    power: { serial: '0071', values: [1200, 800] },
    charged: [
      [
        OCTOBER,
        [
          ['opening', 15_000],
          ['accrual', 9_651],
          ['subscription', 1_819],
        ],
      ],
    ],
  })
  const water = { serial: '555', value: 5, place: 'ванна' }
  const second = await addHome(town, side, { number: '102', flat: '30', water })
  const { power: powerAgreement, water: waterAgreement } = first.agreements
  await charge(town, side, powerAgreement, OCTOBER, [
    ['accrual', 48_000],
    ['payment', 49_200],
  ])
  await addPayment(town, powerAgreement, 49_200)
  for (const home of HOMES) await addHome(town, side, home)
  const other = await addProvider(town, '23456789', 'ТОВ «Тепло та світло рідного міста»', '02')
  for (const home of OTHER_HOMES) await addHome(town, other, home)
  const issued = await issueMonths(town, { providerCode: '12345678', month: OCTOBER })
  if (!issued.ok) throw new Error(issued.code)
  return {
    providerId: side.providerId,
    accounts: { first: first.accountId, second: second.accountId },
    waterAgreement,
    powerAgreement,
  }
}

/** The id of the first provider's account of this number. */
export async function accountIdOf(town: TestTown, number: string): Promise<number> {
  const { id } = await town.sql.one<{ id: number }>`
    select min(id)::int4 as id from account where number = ${number}`
  return id
}

async function addProvider(town: TestTown, code: string, name: string, end: string): Promise<Side> {
  const { id: providerId } = await town.sql.one<{ id: number }>`
    insert into provider (code, name, iban, bank_name, bank_code, address, phone, email)
    values (${code}, ${name}, ${`UA1230000100000260010000001${end}`}, 'Банк', '300001',
      'вул. Перша, 1', ${`+38 (000) 555-00-${end}`}, 'post@example.org') returning id`
  const water = await addService(town, providerId, '11', 'Водопостачання', 'куб.м')
  const power = await addService(town, providerId, '33', 'Електроенергія', 'кВт·год')
  await addTariff(town, water, 0, 3_217_000_000n, wholeQuantity(3))
  await addTariff(town, power, 1, 480_000_000n, null)
  await addTariff(town, power, 2, 240_000_000n, null)
  return { providerId, water, power }
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

async function addHome(town: TestTown, side: Side, home: Home) {
  const { number, paid, power, water } = home
  const house = await town.sql.one<{ id: number }>`
    insert into house (street_type, street, number) values ('вул.', 'Боромира', '4')
    on conflict (street_type, street, number) do update set number = excluded.number returning id`
  const premise = await town.sql.one<{ id: number }>`
    insert into premise (house_id, flat) values (${house.id}, ${home.flat})
    on conflict (house_id, flat) do update set flat = excluded.flat returning id`
  const { id: accountId } = await town.sql.one<{ id: number }>`
    insert into account
      (provider_id, number, number_key, premise_id, holder_name, phone)
    values (${side.providerId}, ${number}, ${accountKey(number)}, ${premise.id}, 'Тестова Особа',
      ${home.phone ?? null})
    returning id`
  await town.sql.run`
    insert into household (account_id, from_day, occupants) values (${accountId}, '1900-01-01', 2)`
  const agreements = { water: 0, power: 0 }
  if (water) {
    agreements.water = await addAgreement(town, accountId, side.water)
    await addMeter(town, agreements.water, water, [{ zone: 0, value: water.value }])
  }
  if (power) {
    const [day, night] = power.values
    agreements.power = await addAgreement(town, accountId, side.power)
    await addMeter(town, agreements.power, power, [
      { zone: 1, value: day },
      { zone: 2, value: night },
    ])
  }
  for (const [month, figures] of home.charged ?? [])
    await charge(town, side, agreements.water, month, figures)
  if (paid !== undefined) {
    await charge(town, side, agreements.water, OCTOBER, [
      ['accrual', paid],
      ['payment', paid],
    ])
    await addPayment(town, agreements.water, paid)
  }
  return { accountId, agreements }
}

async function addAgreement(town: TestTown, account: number, service: number): Promise<number> {
  const { id } = await town.sql.one<{ id: number }>`
    insert into agreement (account_id, service_id) values (${account}, ${service}) returning id`
  return id
}

async function addMeter(
  town: TestTown,
  agreement: number,
  about: { serial: string; place?: string; digits?: number; verifiedUntil?: string },
  dials: { zone: number; value: number }[],
): Promise<void> {
  const { digits = 5, place = '', serial, verifiedUntil = '2028-04-15' } = about
  const meter = await town.sql.one<{ id: number }>`
    insert into meter (agreement_id, serial, serial_key, model, place, digits, verified_until)
    values (${agreement}, ${serial}, ${accountKey(serial)}, '', ${place}, ${digits},
      ${verifiedUntil})
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

async function addPayment(town: TestTown, agreement: number, amount: number): Promise<void> {
  await town.sql.run`
    insert into payment
      (agreement_id, paid_on, amount, method, source, external_id, recorded_at)
    values (${agreement}, ${PAID_ON}, ${amount}, 'картка', 'test', ${`P${agreement}`},
      ${town.now()})`
}

let sources = 0n

async function charge(
  town: TestTown,
  { providerId }: Side,
  agreementId: number,
  month: Period,
  figures: [EntryKind, number][],
): Promise<void> {
  const entries: NewEntry[] = figures.flatMap(([kind, amount], line) => {
    const moved = movement(kind, { agreementId, providerId }, kopecks(amount))
    if (!moved) return []
    const effectiveOn = kind === 'payment' ? PAID_ON : lastDay(month)
    sources += 1n
    const key = { source: 'operator', sourceId: sources, line, period: month } as const
    return [{ ...moved, ...key, effectiveOn }]
  })
  const posted = await post(town, { providerId, author: 'test', entries })
  if (!posted.ok) throw new Error(posted.code)
}
