import { type Context } from '../../core/context.ts'
import { transaction } from '../../core/db/transaction.ts'
import { SOURCES } from '../../core/ledger/entry.ts'
import { KINDS } from '../../core/ledger/entry-kind.ts'
import { providerPlace } from '../../core/ledger/ledger-account.ts'
import { type Head, lockJournal } from '../../core/ledger/lock-journal.ts'
import { reservePosting, sealPosting } from '../../core/ledger/seal-posting.ts'
import { addDays, addMonths, firstDay, lastDay, type Period, period } from '../../core/period.ts'

export const PROVIDER = '12345678'
const PROVIDER_ID = 1
/** Charged here first, so that the measured month finds one to charge again. */
export const FIRST_MONTH = period(202609)
export const MEASURED_MONTH = addMonths(FIRST_MONTH, 1)
const IMPORTED_MONTHS = 3
const READ_MONTHS = 14
const FLATS_A_HOUSE = 60
/** Payments come before they are due: who pays at all owes no penalty. */
const PAYMENT_DAY = 14

const ESTIMATE = { method: 'avg-daily', baseMonths: 12, maxMonths: 12, step: '1' }
/** `price` is kopecks a unit; `usual`, kopecks, is what the program before us charged a month. */
const SERVICES = [
  { name: 'Водопостачання', price: 3_500n, norm: 5n, usual: 17_500n },
  { name: 'Водовідведення', price: 2_500n, norm: 5n, usual: 12_500n },
  { name: 'Електроенергія', price: 432n, norm: 75n, usual: 70_000n },
  { name: 'Опалення', price: 165_000n, norm: null, usual: 132_000n },
  { name: 'Утримання', price: 650n, norm: null, usual: 39_000n },
  { name: 'Вивезення', price: 2_800n, norm: null, usual: 7_000n },
]
const CHARGING = [
  { base: 'meter', estimate: ESTIMATE },
  { base: 'volume-of', volumeOf: ['1'] },
  { base: 'meter', estimate: ESTIMATE },
  { base: 'house-share' },
  { base: 'area' },
  { base: 'persons' },
]
const KOPECK_E8 = 1_000_000n
const UNIT_E8 = 100_000_000n

/** The town on the morning of the third day after a month. */
export function afterMonth(ctx: Context, month: Period): Context {
  return on(ctx, addDays(firstDay(addMonths(month, 1)), 2))
}

function on(ctx: Context, day: string): Context {
  return { ...ctx, now: () => new Date(`${day}T06:00:00Z`) }
}

/**
 * A provider with six services in each of `accounts` accounts: water and two-zone electricity by
 * meters read for 14 months, sewage by the water, heating by imported volumes, maintenance by area,
 * waste by persons. Three months were issued before it is charged here; every third account paid
 * none of them. Every tenth was not read in the first month, every twentieth has a benefit.
 */
export async function seedMonthTown(ctx: Context, accounts: number): Promise<void> {
  const early = on(ctx, '2025-08-01')
  await seedServices(early)
  await seedAccounts(early, accounts)
  await seedMeters(early)
  await seedReadings(early)
  await ctx.sql.run`
    insert into imported_volume (agreement_id, period, volume_e8, source, recorded_at)
    select g.id, m.period, 70000000 + g.id % 31 * 1000000, '', m.day
    from agreement g cross join unnest(${[FIRST_MONTH, MEASURED_MONTH]}::int4[],
      ${[FIRST_MONTH, MEASURED_MONTH].map(lastDay)}::date[]) as m (period, day)
    where g.service_id = 4`
  for (let back = IMPORTED_MONTHS; back > 0; back--) {
    const month = addMonths(FIRST_MONTH, -back)
    await bookUsualCharges(afterMonth(ctx, month), month)
    await payMonth(ctx, month)
    await ctx.sql.unsafe('analyze')
  }
}

/** Two thirds of the accounts pay the month's bills in the middle of the next one. */
export async function payMonth(ctx: Context, month: Period): Promise<void> {
  const next = addMonths(month, 1)
  const paidOn = addDays(firstDay(next), PAYMENT_DAY)
  await book(on(ctx, addDays(paidOn, 1)), next, async (tx, { head, postingId }) => {
    await tx.sql.run`
      insert into payment (agreement_id, paid_on, amount, method, source, external_id, recorded_at)
      select s.agreement_id, ${paidOn}::date, s.closing, '', 'bench',
        ${month}::int4 || '-' || s.agreement_id, ${tx.now()}
      from statement s join agreement g on g.id = s.agreement_id
      where s.period = ${month} and s.closing > 0 and g.account_id % 3 <> 0
      order by s.agreement_id`
    await tx.sql.run`
      insert into entry (posting_id, ordinal, kind, from_id, to_id, amount, effective_on, period,
        booked_at, source_kind, source_id, line)
      select ${postingId}, row_number() over (order by id), ${KINDS.payment.code}::int2, agreement_id,
        ${providerPlace(PROVIDER_ID, 'transit')}::int4, amount, paid_on, ${next}::int4,
        ${head.booked_at}, ${SOURCES.payment}::int2, id, 1
      from payment where paid_on = ${paidOn}::date`
  })
}

async function seedServices({ now, sql }: Context): Promise<void> {
  await sql.run`
    insert into provider (code, name, iban, bank_name, bank_code, address, phone, email, charged_from)
    values (${PROVIDER}, 'КП', 'UA183052990000026009990000101', '', '', '', '', '', ${FIRST_MONTH})`
  await sql.run`
    insert into service (provider_id, code, name, unit, purpose)
    select ${PROVIDER_ID}, place::text, name, '', name
    from unnest(${SERVICES.map(({ name }) => name)}::text[]) with ordinality as s (name, place)`
  await sql.run`
    insert into tariff (service_id, from_day, price_e8, norm_e8, recorded_at)
    select place, '2020-01-01', price, norm, ${now()}
    from unnest(${SERVICES.map(({ price }) => price * KOPECK_E8)}::int8[],
      ${SERVICES.map(({ norm }) => norm && norm * UNIT_E8)}::int8[])
      with ordinality as t (price, norm, place)`
  await sql.run`
    insert into rule (kind, service_id, from_day, value, source, recorded_at)
    select 'charging', place, '2020-01-01', value::jsonb, 'bench', ${now()}
    from unnest(${CHARGING.map((value) => JSON.stringify(value))}::text[])
      with ordinality as r (value, place)`
}

async function seedAccounts({ now, sql }: Context, accounts: number): Promise<void> {
  await sql.run`
    insert into house (street_type, street, number)
    select 'вул.', 'Боромира', n::text
    from generate_series(0, (${accounts}::int4 - 1) / ${FLATS_A_HOUSE}::int4) n`
  await sql.run`
    insert into premise (house_id, flat)
    select 1 + (n - 1) / ${FLATS_A_HOUSE}::int4, n::text from generate_series(1, ${accounts}::int4) n`
  await sql.run`
    insert into account (provider_id, number, number_key, premise_id, holder_name)
    select ${PROVIDER_ID}, n::text, n::text, n, 'Особа' from generate_series(1, ${accounts}::int4) n`
  await sql.run`
    insert into household
      (account_id, from_day, occupants, total_area_e8, heated_area_e8, recorded_at)
    select id, '1900-01-01', 1 + id % 4, (40 + id % 40) * 100000000::int8,
      (38 + id % 40) * 100000000::int8, ${now()}
    from account`
  await sql.run`
    insert into beneficiary (account_id, category, persons, from_day, document, recorded_at)
    select id, 'combat-veteran', 1, '2020-01-01', '', ${now()} from account where id % 20 = 7`
  await sql.run`
    insert into agreement (account_id, service_id)
    select a.id, s.id from account a cross join service s order by a.id, s.id`
}

async function seedMeters({ now, sql }: Context): Promise<void> {
  await sql.run`
    insert into meter (agreement_id, serial, serial_key, model, place, digits)
    select g.id, g.id::text, g.id::text, '', '', 6 from agreement g
    where g.service_id in (1, 3) order by g.id`
  await sql.run`
    insert into verification (meter_id, from_day, until_day, recorded_at)
    select id, '2024-01-01', '2034-01-01', ${now()} from meter`
  await sql.run`
    insert into register (meter_id, zone, initial_e8)
    select m.id, z.zone, 0
    from meter m join agreement g on g.id = m.agreement_id
    join (values (1, 0), (3, 1), (3, 2)) as z (service_id, zone) on z.service_id = g.service_id
    order by m.id, z.zone`
}

// As they came: month after month, each dial once. Who was not read used more than was estimated.
async function seedReadings({ sql }: Context): Promise<void> {
  const months = Array.from({ length: READ_MONTHS }, (_, index) =>
    addMonths(MEASURED_MONTH, index + 1 - READ_MONTHS),
  )
  await sql.run`
    insert into reading (register_id, taken_on, value_e8, period, source, state, recorded_at)
    select r.id, m.day, (r.id % 500 + m.place * used.units + late.units) * 100000000, m.period,
      'bot', 'accepted', m.day + time '18:00'
    from unnest(${months}::int4[], ${months.map(lastDay)}::date[])
      with ordinality as m (period, day, place)
    cross join register r
    join meter on meter.id = r.meter_id
    join agreement g on g.id = meter.agreement_id
    cross join lateral (
      select case r.zone when 0 then 3 + g.account_id % 5 when 1 then 100 + g.account_id % 60
        else 40 + g.account_id % 30 end as units) used
    cross join lateral (
      select case when g.account_id % 10 = 4 and m.period = ${MEASURED_MONTH} then 9 else 0 end
        as units) late
    where not (m.period = ${FIRST_MONTH} and g.account_id % 10 = 4)
    order by m.place, r.id`
}

async function bookUsualCharges(ctx: Context, month: Period): Promise<void> {
  await book(ctx, month, async (tx, { head, postingId }) => {
    await tx.sql.run`
      insert into entry (posting_id, ordinal, kind, from_id, to_id, amount, effective_on, period,
        booked_at, source_kind, source_id, line)
      select ${postingId}, row_number() over (order by g.id), ${KINDS.accrual.code}::int2,
        ${providerPlace(PROVIDER_ID, 'charges')}::int4, g.id, u.amount + g.account_id % 50 * 100,
        ${lastDay(month)}::date, ${month}::int4, ${head.booked_at}, ${SOURCES.charge}::int2, g.id, 1
      from agreement g
      join unnest(${SERVICES.map(({ usual }) => usual)}::int8[]) with ordinality as u (amount, place)
        on u.place = g.service_id
      order by g.id`
  })
  await ctx.sql.run`
    insert into billing_period (provider_id, period, state, issued_at)
    values (${PROVIDER_ID}, ${month}, 'issued', ${ctx.now()})`
}

type Booking = { head: Head; postingId: bigint }

function book(
  ctx: Context,
  period: Period,
  insert: (tx: Context, booking: Booking) => Promise<void>,
) {
  return transaction(ctx, async (tx) => {
    const head = await lockJournal(tx, PROVIDER_ID)
    const postingId = await reservePosting(tx)
    await insert(tx, { head, postingId })
    await sealPosting(tx, { postingId, providerId: PROVIDER_ID, period, author: 'bench', head })
  })
}
