import { type Context } from '../../core/context.ts'
import { type Channel } from '../../core/access/channel.ts'
import { type Person } from '../../core/access/person.ts'
import { type Kopecks } from '../../core/money.ts'
import { type Period, type PlainDate, periodOf, plainDate } from '../../core/period.ts'
import { type Quantity, type Rate, wholeQuantity } from '../../core/quantity.ts'
import { accountKey } from '../../core/registry/account-number.ts'

// Builders of rows: give what the test is about, the rest is made up and never equal to another row's.

let made = 0
function nextNumber(): number {
  made += 1
  return made
}

type Id = { id: number }

/** The row that says which town it is, with the secret of the codes on bills. */
export async function addTown(ctx: Context): Promise<void> {
  await ctx.sql.run`
    insert into town (name, country, currency, zone, bill_code_secret)
    values ('Town', ${ctx.country}, ${ctx.currency}, ${ctx.zone}, ${ctx.random(32)})`
}

export async function addProvider(
  ctx: Context,
  given: { code?: string; name?: string } = {},
): Promise<number> {
  const { code = String(99_000_000 + nextNumber()), name = 'Provider' } = given
  const { id } = await ctx.sql.one<Id>`
    insert into provider (code, name, iban, bank_name, bank_code, address, phone, email)
    values (${code}, ${name}, '', '', '', '', '', '') returning id`
  return id
}

export async function addService(
  ctx: Context,
  given: { providerId: number; code?: string; name?: string },
): Promise<number> {
  const { code = String(nextNumber()), name = 'Service', providerId } = given
  const { id } = await ctx.sql.one<Id>`
    insert into service (provider_id, code, name, unit, purpose)
    values (${providerId}, ${code}, ${name}, 'м³', '') returning id`
  return id
}

export async function addHouse(
  ctx: Context,
  { street = 'Боромира', number = String(nextNumber()) } = {},
): Promise<number> {
  const { id } = await ctx.sql.one<Id>`
    insert into house (street_type, street, number) values ('вул.', ${street}, ${number})
    returning id`
  return id
}

export async function addPremise(
  ctx: Context,
  given: { houseId?: number; flat?: string } = {},
): Promise<number> {
  const { flat = '1', houseId = await addHouse(ctx) } = given
  const { id } = await ctx.sql.one<Id>`
    insert into premise (house_id, flat) values (${houseId}, ${flat}) returning id`
  return id
}

export async function addAccount(
  ctx: Context,
  given: {
    providerId: number
    number?: string
    premiseId?: number
    phone?: string
    occupants?: number
  },
): Promise<number> {
  const { number = `№${nextNumber()}`, occupants = 1, phone = null, providerId } = given
  const premiseId = given.premiseId ?? (await addPremise(ctx))
  const { id } = await ctx.sql.one<Id>`
    insert into account
      (provider_id, number, number_key, premise_id, holder_name, phone)
    values (${providerId}, ${number}, ${accountKey(number)}, ${premiseId}, 'Holder', ${phone})
    returning id`
  await ctx.sql.run`
    insert into household (account_id, from_day, occupants) values (${id}, '1900-01-01', ${occupants})`
  return id
}

/** One service of one account; both are made unless given. */
export async function addAgreement(
  ctx: Context,
  given: { providerId: number; accountId?: number; serviceId?: number },
): Promise<number> {
  const { providerId } = given
  const accountId = given.accountId ?? (await addAccount(ctx, { providerId }))
  const serviceId = given.serviceId ?? (await addService(ctx, { providerId }))
  const { id } = await ctx.sql.one<Id>`
    insert into agreement (account_id, service_id) values (${accountId}, ${serviceId})
    returning id`
  return id
}

/** A meter with a dial for each zone: `[0]` is a single dial, `[1, 2]` day and night. */
export async function addMeter(
  ctx: Context,
  given: {
    agreementId: number
    serial?: string
    digits?: number
    verifiedUntil?: string
    removedOn?: string
    zones?: readonly number[]
    initial?: Quantity
  },
): Promise<{ meterId: number; registerIds: number[] }> {
  const { agreementId, digits = 5, initial = wholeQuantity(0), zones = [0] } = given
  const { removedOn = null, serial = `s${nextNumber()}`, verifiedUntil = null } = given
  const { id: meterId } = await ctx.sql.one<Id>`
    insert into meter (agreement_id, serial, serial_key, model, place, digits, verified_until,
      removed_on)
    values (${agreementId}, ${serial}, ${accountKey(serial)}, '', '', ${digits}, ${verifiedUntil},
      ${removedOn})
    returning id`
  const registers = await ctx.sql.many<Id>`
    insert into register (meter_id, zone, initial_e8)
    select ${meterId}, zone, ${initial} from unnest(${zones}::int2[]) as z (zone) returning id`
  return { meterId, registerIds: registers.map(({ id }) => id) }
}

/** A reading as another program sent it; it counts for the month of its day unless told. */
export async function addReading(
  ctx: Context,
  given: { registerId: number; takenOn: string; value: Quantity; period?: Period },
): Promise<void> {
  const { registerId, takenOn, value } = given
  const period = given.period ?? periodOf(plainDate(takenOn))
  await ctx.sql.run`
    insert into reading (register_id, taken_on, value_e8, period, source, state, recorded_at)
    values (${registerId}, ${takenOn}, ${value}, ${period}, 'import', 'accepted', ${ctx.now()})`
}

export async function addPayment(
  ctx: Context,
  given: { agreementId: number; paidOn: PlainDate; amount: Kopecks; reversed?: boolean },
): Promise<void> {
  const { agreementId, amount, paidOn, reversed = false } = given
  await ctx.sql.run`
    insert into payment
      (agreement_id, paid_on, amount, method, source, external_id, recorded_at, reversed)
    values (${agreementId}, ${paidOn}, ${amount}, '', 'test', ${String(nextNumber())},
      ${ctx.now()}, ${reversed})`
}

export async function addTariff(
  ctx: Context,
  given: {
    serviceId: number
    price: Rate
    fromDay?: string
    toDay?: string
    zone?: number
    norm?: Quantity
  },
): Promise<void> {
  const { fromDay = '2026-01-01', norm = null, price, serviceId, toDay = null, zone = 0 } = given
  await ctx.sql.run`
    insert into tariff (service_id, zone, from_day, to_day, price_e8, norm_e8)
    values (${serviceId}, ${zone}, ${fromDay}, ${toDay}, ${price}, ${norm})`
}

/** Somebody nobody else is, met in a messenger, with no account yet. */
export async function addPerson(
  ctx: Context,
  { channel = 'telegram' as Channel } = {},
): Promise<Person> {
  const externalId = `person-${nextNumber()}`
  const language = 'uk'
  const now = ctx.now()
  const consumer = await ctx.sql.one<Id>`
    insert into consumer (language, created_at) values (${language}, ${now}) returning id`
  const identity = await ctx.sql.one<Id>`
    insert into identity (consumer_id, channel, external_id, last_seen_at, created_at)
    values (${consumer.id}, ${channel}, ${externalId}, ${now}, ${now}) returning id`
  return { identityId: identity.id, consumerId: consumer.id, channel, externalId, language }
}
