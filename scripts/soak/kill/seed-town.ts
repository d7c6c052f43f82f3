import { type Context } from '../../../core/context.ts'
import { movement } from '../../../core/ledger/movement.ts'
import { post } from '../../../core/ledger/post.ts'
import { kopecks } from '../../../core/money.ts'
import { addMonths, dayIn, lastDay, type Period, periodOf } from '../../../core/period.ts'
import { wholeQuantity } from '../../../core/quantity.ts'
import { accountKey } from '../../../core/registry/account-number.ts'

/** An account with one water meter, known by what a resident links it with. */
export type Household = { number: string; serial: string }

/** What every meter showed last month. */
export const LAST_MONTH_VALUE = 100

const FIRST_NUMBER = 101
const FIRST_SERIAL = 70_001

/**
 * Fills an empty town with one provider and `count` households, each with a debt in the journal and
 * a reading of last month, and returns them.
 */
export async function seedTown(ctx: Context, count: number): Promise<Household[]> {
  const households = Array.from({ length: count }, (_, index) => ({
    number: String(FIRST_NUMBER + index),
    serial: String(FIRST_SERIAL + index),
  }))
  const lastMonth = addMonths(periodOf(dayIn(ctx.now(), ctx.zone)), -1)
  await ctx.sql.transaction(async (sql) => {
    const tx = { ...ctx, sql }
    const providerId = await addHouseholds(tx, households)
    await addMeters(tx, households, lastMonth)
    await addDebts(tx, providerId, lastMonth)
  })
  return households
}

async function addHouseholds(ctx: Context, households: readonly Household[]): Promise<number> {
  const { sql } = ctx
  const numbers = households.map(({ number }) => number)
  const { id: providerId } = await sql.one<{ id: number }>`
    insert into provider (code, name, iban, bank_name, bank_code, address, phone, email)
    values ('12345678', 'КП «Міськводоканал»', 'UA123000010000026001000000101', 'Банк', '300001',
      'вул. Перша, 1', '+38 (000) 555-00-01', 'water@example.org') returning id`
  const { id: serviceId } = await sql.one<{ id: number }>`
    insert into service (provider_id, code, name, unit, purpose)
    values (${providerId}, '11', 'Водопостачання', 'куб.м', 'за воду') returning id`
  const { id: houseId } = await sql.one<{ id: number }>`
    insert into house (street_type, street, number) values ('вул.', 'Боромира', '4') returning id`
  await sql.run`
    insert into premise (house_id, flat)
    select ${houseId}, number from unnest(${numbers}::text[]) as number`
  await sql.run`
    insert into account (provider_id, number, number_key, premise_id, holder_name)
    select ${providerId}, number, number_key, p.id, 'Тестова Особа'
    from unnest(${numbers}::text[], ${numbers.map(accountKey)}::text[]) as h (number, number_key)
    join premise p on p.flat = h.number`
  await sql.run`
    insert into household (account_id, from_day, occupants) select id, '1900-01-01', 2 from account`
  await sql.run`
    insert into agreement (account_id, service_id) select id, ${serviceId} from account`
  return providerId
}

async function addMeters(
  ctx: Context,
  households: readonly Household[],
  lastMonth: Period,
): Promise<void> {
  const { sql } = ctx
  const serials = households.map(({ serial }) => serial)
  await sql.run`
    insert into meter (agreement_id, serial, serial_key, model, place, digits)
    select g.id, serial, serial_key, '', '', 5
    from unnest(${households.map(({ number }) => number)}::text[], ${serials}::text[],
      ${serials.map(accountKey)}::text[]) as h (number, serial, serial_key)
    join account a on a.number = h.number
    join agreement g on g.account_id = a.id`
  await sql.run`insert into register (meter_id, zone, initial_e8) select id, 0, 0 from meter`
  await sql.run`
    insert into reading (register_id, taken_on, value_e8, period, source, state, recorded_at)
    select id, ${lastDay(lastMonth)}, ${wholeQuantity(LAST_MONTH_VALUE)}, ${lastMonth}::int4,
      'import', 'accepted', ${ctx.now()}
    from register`
}

async function addDebts(ctx: Context, providerId: number, lastMonth: Period): Promise<void> {
  const agreements = await ctx.sql.many<{ id: number }>`select id from agreement order by id`
  const entries = agreements.flatMap(({ id }, index) => {
    const moved = movement('accrual', { agreementId: id, providerId }, kopecks(10_000 + index))
    if (!moved) return []
    const effectiveOn = lastDay(lastMonth)
    const key = { source: 'operator', sourceId: BigInt(index + 1), line: 0 } as const
    return [{ ...moved, ...key, period: lastMonth, effectiveOn }]
  })
  const posted = await post(ctx, { providerId, author: 'soak', entries })
  if (!posted.ok) throw new Error(posted.code)
}
