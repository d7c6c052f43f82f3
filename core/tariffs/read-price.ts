import { type Context } from '../context.ts'
import { type PlainDate } from '../period.ts'
import { type Rate } from '../quantity.ts'

/** Price of a service's zone on a day, in 10⁻⁸ of the currency per unit; null when none is valid. */
export async function readPrice(
  ctx: Context,
  input: { serviceId: number; zone: number; on: PlainDate },
): Promise<Rate | null> {
  const row = await ctx.sql.maybe<{ price: Rate }>`
    select price_e8 as price from tariff
    where service_id = ${input.serviceId} and zone = ${input.zone} and retired_at is null
      and part = 'volume' and plan = 'standard' and above_e8 = 0
      and from_day <= ${input.on} and (to_day is null or to_day > ${input.on})`
  return row?.price ?? null
}
