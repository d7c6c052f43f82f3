import { type Context } from '../../../core/context.ts'
import { firstDay, lastDay, type Period } from '../../../core/period.ts'

export const PROVIDER_CODE = '12345678'
/** The only provider of the town: ids start at 1. */
export const PROVIDER_ID = 1

/** Of so many accounts one has no area: nobody can charge it, and the rest must not wait for it. */
const UNCHARGEABLE_EVERY = 97
const BENEFIT_EVERY = 20
const FLATS_A_HOUSE = 100
/** Known before the first month: the country's rules and the town itself. */
const LONG_AGO = '2000-01-01'

/**
 * Fills an empty town with one provider that charges `accounts` accounts by itself from `month` on:
 * water by meter, sewage by the water's volume, housing by area, some with benefits. Equal towns get
 * equal ids.
 */
export async function seedMonthTown(ctx: Context, accounts: number, month: Period): Promise<void> {
  await ctx.sql.transaction(async (sql) => {
    const tx = { ...ctx, sql }
    await addServices(tx, month)
    await addHomes(tx, accounts)
    await addMeters(tx, month)
    // What a first start adds is of its own day, which is later than the months charged here.
    await sql.run`update rule set recorded_at = ${LONG_AGO}`
  })
  await ctx.sql.unsafe('analyze')
}

async function addServices({ sql }: Context, month: Period): Promise<void> {
  await sql.run`
    insert into provider (code, name, iban, bank_name, bank_code, address, phone, email, charged_from)
    values (${PROVIDER_CODE}, 'КП «Міськводоканал»', 'UA183052990000026009990000101', 'Банк',
      '305299', 'вул. Перша, 1', '+38 (000) 555-00-01', 'water@example.org', ${month})`
  await sql.run`
    insert into service (provider_id, code, name, unit, purpose)
    values (1, '11', 'Водопостачання', 'куб.м', 'за водопостачання'),
      (1, '12', 'Водовідведення', 'куб.м', 'за водовідведення'),
      (1, '31', 'Утримання будинків', 'кв.м', 'за утримання')`
  await sql.run`
    insert into tariff (service_id, from_day, price_e8, subscription, norm_e8, recorded_at)
    select id, '2020-01-01', price, subscription, norm, ${LONG_AGO}
    from service join (values ('11', 3217000000, 1819, 300000000), ('12', 2804000000, 0, 300000000),
      ('31', 617000000, 0, null::int8)) as t (code, price, subscription, norm) using (code)`
  const estimate = { method: 'avg-monthly', baseMonths: 12, step: '1' }
  await sql.run`
    insert into rule (kind, service_id, from_day, value, source, recorded_at)
    select 'charging', id, '1900-01-01', value, 'рішення', ${LONG_AGO}
    from service join (values
      ('11', ${{ base: 'meter', estimate, lateReading: 'at-once' }}::jsonb),
      ('12', ${{ base: 'volume-of', volumeOf: ['11'] }}::jsonb),
      ('31', ${{ base: 'area' }}::jsonb)) as c (code, value) using (code)`
}

async function addHomes({ sql }: Context, accounts: number): Promise<void> {
  await sql.run`
    insert into house (street_type, street, number)
    select 'вул.', 'Боромира', n::text
    from generate_series(1, ${accounts}::int4 / ${FLATS_A_HOUSE} + 1) n order by n`
  await sql.run`
    insert into premise (house_id, flat)
    select n / ${FLATS_A_HOUSE} + 1, n::text from generate_series(1, ${accounts}::int4) n order by n`
  await sql.run`
    insert into account (provider_id, number, number_key, premise_id, holder_name)
    select 1, p.id::text, p.id::text, p.id, 'Тестова Особа' from premise p order by p.id`
  await sql.run`
    insert into household (account_id, from_day, occupants, total_area_e8, recorded_at)
    select id, '1900-01-01', 1 + id % 4,
      case when id % ${UNCHARGEABLE_EVERY} > 0 then (30 + id % 50) * 100000000::int8 end, ${LONG_AGO}
    from account order by id`
  await sql.run`
    insert into agreement (account_id, service_id)
    select a.id, s.id from account a cross join service s order by a.id, s.id`
  await sql.run`
    insert into beneficiary (account_id, category, persons, from_day, document, recorded_at)
    select id, 'combat-veteran', 1, '2020-01-01', '', ${LONG_AGO}
    from account where id % ${BENEFIT_EVERY} = 0 order by id`
}

async function addMeters({ sql }: Context, month: Period): Promise<void> {
  await sql.run`
    insert into meter (agreement_id, serial, serial_key, model, place, digits, installed_on)
    select g.id, g.id::text, g.id::text, '', '', 5, '2020-01-01'
    from agreement g join service s on s.id = g.service_id and s.code = '11' order by g.id`
  await sql.run`
    insert into register (meter_id, zone, initial_e8) select id, 0, 0 from meter order by id`
  await sql.run`
    insert into reading (register_id, taken_on, value_e8, period, source, state, recorded_at)
    select id, ${firstDay(month)}::date - 1, 100 * 100000000::int8,
      yyyymm(${firstDay(month)}::date - 1), 'import', 'accepted', ${`${firstDay(month)}T00:00:00Z`}
    from register order by id`
}

const METRE_E8 = 100_000_000
const MISSING_EVERY = 7
const MOVED_EVERY = 50
const PRICE_CHANGED_EVERY = 4

/**
 * What becomes known about a month when it is over: most readings, some of last month that were
 * missing, households and prices changed backdated. `index` counts months from 1.
 */
export async function addMonthFacts(ctx: Context, month: Period, index: number): Promise<void> {
  await ctx.sql.transaction(async (sql) => {
    await sql.run`
      insert into reading (register_id, taken_on, value_e8, period, source, state, recorded_at)
      select id, ${lastDay(month)}, (100 + ${index}::int4 * (3 + id % 5)) * ${METRE_E8}::int8,
        ${month}, 'import', 'accepted', ${ctx.now()}
      from register where (id + ${index}::int4) % ${MISSING_EVERY} > 0 order by id`
    await sql.run`
      insert into household (account_id, from_day, occupants, total_area_e8, recorded_at)
      select id, ${firstDay(month)}::date - 10, 2 + id % 3, (40 + id % 30) * 100000000::int8,
        ${ctx.now()}
      from account where (id + ${index}::int4) % ${MOVED_EVERY} = 0 order by id`
    if (index % PRICE_CHANGED_EVERY === 0) await changePrice({ ...ctx, sql }, month)
  })
}

/** The price of water has risen since the middle of the month before. */
async function changePrice({ now, sql }: Context, month: Period): Promise<void> {
  const day = `${firstDay(month)}`
  const old = await sql.one<{ id: number }>`
    update tariff set retired_at = ${now()}
    where service_id = 1 and to_day is null and retired_at is null returning id`
  await sql.run`
    insert into tariff (service_id, from_day, to_day, price_e8, subscription, norm_e8, recorded_at)
    select service_id, from_day, ${day}::date - 15, price_e8, subscription, norm_e8,
      ${now()}::timestamptz
    from tariff where id = ${old.id}
    union all
    select service_id, ${day}::date - 15, null, price_e8 + 50000000, subscription, norm_e8,
      ${now()}::timestamptz
    from tariff where id = ${old.id}`
}
