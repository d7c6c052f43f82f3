import { type Context } from '../../../../core/context.ts'
import { type Period } from '../../../../core/period.ts'
import { type Rate, type Quantity, wholeQuantity } from '../../../../core/quantity.ts'
import { draft } from '../../../support/calculated-town.ts'
import {
  addAccount,
  addAgreement,
  addMeter,
  addProvider,
  addService,
} from '../../../support/world.ts'
import { units } from '../charge/facts.ts'

/** Something said of a service from a day on. */
type Said = { fromDay?: string; toDay?: string | null }

export type Charged = {
  providerCode: string
  providerId: number
  /** By the name given. */
  services: Record<string, { id: number; code: string }>
}

/** A provider that is charged here from a month on, with services and how each is charged. */
export async function chargedProvider(
  ctx: Context,
  given: {
    code: string
    from: number
    services: Record<string, { charging: object; price: string; norm?: string }>
  },
): Promise<Charged> {
  const { code, from, services } = given
  const providerId = await addProvider(ctx, { code })
  await ctx.sql.run`
    update provider set charged_from = ${from}, iban = 'UA213223130000026007233566001'
    where id = ${providerId}`
  const made: Charged = { providerCode: code, providerId, services: {} }
  for (const [name, { charging, norm, price }] of Object.entries(services)) {
    const id = await addService(ctx, {
      providerId,
      code: `${code}-${name}`,
      name: `Service ${name}`,
    })
    made.services[name] = { id, code: `${code}-${name}` }
    await sayPrice(
      ctx,
      id,
      units(price) as unknown as Rate,
      norm === undefined ? null : units(norm),
    )
    await sayRule(ctx, 'charging', charging, { serviceId: id })
  }
  return made
}

/** Records a price; the versions it takes the place of are retired and cut. */
export async function sayPrice(
  ctx: Context,
  serviceId: number,
  price: Rate,
  norm: Quantity | null = null,
  { fromDay = '2020-01-01' }: Said = {},
): Promise<void> {
  await ctx.sql.run`
    with old as (
      update tariff set retired_at = ${ctx.now()}
      where service_id = ${serviceId} and retired_at is null and to_day is null returning *
    )
    insert into tariff (service_id, from_day, to_day, price_e8, norm_e8, recorded_at)
    select service_id, from_day, ${fromDay}::date, price_e8, norm_e8, ${ctx.now()}::timestamptz from old
    union all
    select ${serviceId}::int4, ${fromDay}::date, null, ${price}::int8, ${norm}::int8, ${ctx.now()}::timestamptz`
}

export async function sayRule(
  ctx: Context,
  kind: string,
  value: object,
  given: Said & { serviceId?: number; key?: string; accountId?: number } = {},
): Promise<void> {
  const {
    accountId = null,
    fromDay = '1900-01-01',
    key = '',
    serviceId = null,
    toDay = null,
  } = given
  await ctx.sql.run`
    insert into rule (kind, key, service_id, account_id, from_day, to_day, value, source, recorded_at)
    values (${kind}, ${key}, ${serviceId}, ${accountId}, ${fromDay}, ${toDay}, ${value}, 'рішення',
      ${ctx.now()})`
}

/** Says how many live there, and on what area, from a day on. */
export async function sayHousehold(
  ctx: Context,
  accountId: number,
  given: { fromDay?: string; occupants: number; area?: string | null },
): Promise<void> {
  const { area = '50', fromDay = '1900-01-01', occupants } = given
  await ctx.sql.run`
    update household set retired_at = ${ctx.now()}
    where account_id = ${accountId} and from_day = ${fromDay} and retired_at is null`
  await ctx.sql.run`
    insert into household (account_id, from_day, occupants, total_area_e8, heated_area_e8, recorded_at)
    values (${accountId}, ${fromDay}, ${occupants}, ${area === null ? null : units(area)},
      ${area === null ? null : units(area)}, ${ctx.now()})`
}

export type ChargedAccount = { accountId: number; agreements: Record<string, number> }

/** An account with an agreement of every service, and its household. */
export async function chargedAccount(
  ctx: Context,
  { providerId, services }: Charged,
  given: { occupants?: number; area?: string | null } = {},
): Promise<ChargedAccount> {
  const accountId = await addAccount(ctx, { providerId })
  await ctx.sql.run`delete from household where account_id = ${accountId}`
  await sayHousehold(ctx, accountId, { occupants: 2, ...given })
  const agreements: Record<string, number> = {}
  for (const [name, { id: serviceId }] of Object.entries(services))
    agreements[name] = await addAgreement(ctx, { providerId, accountId, serviceId })
  return { accountId, agreements }
}

/** A meter of whole units and its dial. */
export async function meterOf(ctx: Context, agreementId: number, initial = 0) {
  const { meterId, registerIds } = await addMeter(ctx, {
    agreementId,
    initial: wholeQuantity(initial),
  })
  const [registerId] = registerIds
  if (registerId === undefined) throw new RangeError('a meter without a dial')
  return { meterId, registerId }
}

/** The clock on the fifth day of the month after. */
export function after(month: Period): string {
  const [year, number] = [Math.floor(month / 100), month % 100]
  const next = number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`
  return `${next}-05T09:00:00Z`
}

/** What a month's draft has: kind, amount and month it is about, by agreement. */
export async function draftLines(ctx: Context, of: { providerCode: string; month: Period }) {
  const runId = await draft(ctx, of)
  return ctx.sql.many<{ agreementId: number; kind: number; amount: bigint; about: Period | null }>`
    select agreement_id as "agreementId", kind, amount, about_period as about from run_line
    where run_id = ${runId} order by agreement_id, line`
}
