import { type Context } from '../../context.ts'
import { firstDay, type Period, type PlainDate } from '../../period.ts'
import { rate, type Rate } from '../../quantity.ts'
import { accept, refuse } from '../../result.ts'
import { type Supposition } from '../../tariffs/read-rulebook.ts'
import { type TariffVersion } from '../../tariffs/rulebook.ts'

/** A price to try; what is not named is the single zone of the standard price per unit. */
export type SupposedPrice = {
  /** Code of the service. */
  service: string
  /** 0 single, 1 day, 2 night, 3 peak, 4 semi-peak. */
  zone?: number
  part?: TariffVersion['part']
  plan?: TariffVersion['plan']
  /** Currency per unit in 10⁻⁸. */
  price: Rate
}

/**
 * What a trial supposes of a provider's prices from `fromDay` (without it, the month's first day) on.
 * The subscription and the norm stay those of the version in force on that day, tiers too.
 * Refuses: `provider-not-found`; `service-not-found` with the first `service` the provider does not
 * have; `price-twice` when one price is given two values; `price-negative`.
 */
export async function supposePrices(
  ctx: Context,
  input: {
    providerCode: string
    month: Period
    prices: readonly SupposedPrice[]
    fromDay?: PlainDate | undefined
  },
) {
  const { fromDay = firstDay(input.month), prices, providerCode } = input
  const provider = await ctx.sql.maybe<{ id: number }>`
    select id from provider where code = ${providerCode}`
  if (!provider) return refuse('provider-not-found')
  const services = await ctx.sql.many<{ id: number; code: string }>`
    select id, code from service where provider_id = ${provider.id}`
  const tariffs: TariffVersion[] = []
  for (const { part = 'volume', plan = 'standard', price, service, zone = 0 } of prices) {
    const known = services.find(({ code }) => code === service)
    if (!known) return refuse('service-not-found', { service })
    if (price < 0n) return refuse('price-negative', { service })
    const what = { serviceId: known.id, zone, part, plan }
    if (tariffs.some((one) => isSame(one, what))) return refuse('price-twice', { service })
    const kept = await readKept(ctx, what, fromDay)
    tariffs.push({
      ...{ id: 0, ...what, aboveE8: 0n, fromDay, toDay: null, priceE8: rate(price) },
      ...(kept ?? { subscription: 0n, normE8: null }),
    })
  }
  return accept<Supposition>({ tariffs, rules: [] })
}

type What = Pick<TariffVersion, 'serviceId' | 'zone' | 'part' | 'plan'>

function isSame(one: What, other: What): boolean {
  const { part, plan, serviceId, zone } = other
  return one.serviceId === serviceId && one.zone === zone && one.part === part && one.plan === plan
}

/** Of a zone that had no price of its own the single price tells. */
function readKept(ctx: Context, { part, plan, serviceId, zone }: What, day: PlainDate) {
  return ctx.sql.maybe<Pick<TariffVersion, 'subscription' | 'normE8'>>`
    select subscription, norm_e8 as "normE8" from tariff
    where service_id = ${serviceId} and zone in (${zone}, 0) and part = ${part} and plan = ${plan}
      and above_e8 = 0 and retired_at is null
      and from_day <= ${day} and (to_day is null or to_day > ${day})
    order by zone desc limit 1`
}
