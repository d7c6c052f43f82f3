import { type Context } from '../context.ts'
import { type Period } from '../period.ts'
import { type Quantity, type Rate } from '../quantity.ts'

/** How a volume was found. */
type ChargeMethod = 'meter' | 'average' | 'norm' | 'house' | 'area' | 'persons' | 'none'

/** The inputs behind a month's accrual: volume × price of each zone. */
export type ChargeInputs = {
  period: Period
  method: ChargeMethod
  unit: string
  parts: { volume: Quantity; price: Rate }[]
}

type Row = {
  period: Period
  method: ChargeMethod
  unit: string
  price1: Rate
  volume1: Quantity
  price2: Rate
  volume2: Quantity
}

/** What an agreement was charged by in these months; months without a charge are left out. */
export async function readCharges(
  ctx: Context,
  agreementId: number,
  periods: readonly Period[],
): Promise<ChargeInputs[]> {
  const rows = await ctx.sql.many<Row>`
    select c.period, c.method, s.unit, c.price1_e8 as price1, c.volume1_e8 as volume1,
      c.price2_e8 as price2, c.volume2_e8 as volume2
    from charge c
    join agreement g on g.id = c.agreement_id
    join service s on s.id = g.service_id
    where c.agreement_id = ${agreementId} and c.period = any(${periods}::int4[])
      and not c.reversed`
  return rows.map(({ method, period, price1, price2, unit, volume1, volume2 }) => ({
    period,
    method,
    unit,
    parts: [
      { volume: volume1, price: price1 },
      { volume: volume2, price: price2 },
    ].filter(({ price, volume }) => price !== 0n && volume !== 0n),
  }))
}
