import { type Context } from '../../context.ts'
import { KINDS } from '../../ledger/entry-kind.ts'
import { type Period } from '../../period.ts'
import { type Quantity, type Rate } from '../../quantity.ts'
import { type Method, METHODS, methodOf } from '../charge/method.ts'

/** The inputs behind a month's accrual: volume × price of each line. */
export type ChargeInputs = {
  period: Period
  /** Of the first line. */
  method: Method
  unit: string
  parts: { volume: Quantity; price: Rate }[]
}

type Row = { period: Period; method: number; unit: string; volume: Quantity; price: Rate }

/**
 * What an agreement was charged by in these months, here or by its provider's program; months without a
 * charge are left out, and parts without a volume.
 */
export async function readCharges(
  ctx: Context,
  agreementId: number,
  periods: readonly Period[],
): Promise<ChargeInputs[]> {
  const rows = await ctx.sql.many<Row>`
    select * from (
      select r.period, l.method::int4 as method, s.unit, l.volume_e8 as volume, l.price_e8 as price,
        l.line::int4 as line
      from agreement g
      join service s on s.id = g.service_id
      join run r on r.provider_id = s.provider_id and r.state = 'posted'
      join run_line l on l.run_id = r.id and l.agreement_id = g.id
      where g.id = ${agreementId} and r.period = any(${periods}::int4[])
        and l.kind = ${KINDS.accrual.code} and l.about_period is null and l.volume_e8 is not null
      union all
      select c.period, (${METHODS}::jsonb ->> c.method)::int4, s.unit, z.volume, z.price, z.line
      from charge c
      join agreement g on g.id = c.agreement_id
      join service s on s.id = g.service_id
      cross join lateral (values (c.volume1_e8, c.price1_e8, 1), (c.volume2_e8, c.price2_e8, 2))
        as z (volume, price, line)
      where c.agreement_id = ${agreementId} and c.period = any(${periods}::int4[])
        and not c.reversed
    ) charged order by period, line`
  const months = new Map<Period, ChargeInputs>()
  for (const { method, period, price, unit, volume } of rows) {
    const month = months.get(period) ?? { period, method: methodOf(method), unit, parts: [] }
    if (price !== 0n && volume !== 0n) month.parts.push({ volume, price })
    months.set(period, month)
  }
  return [...months.values()]
}
