import { type Context } from '../context.ts'
import { addMonths, firstDay, monthsBetween, type Period } from '../period.ts'
import { type Quantity, quantity } from '../quantity.ts'
import { type Knowledge } from './judge-reading.ts'
import { type MeterState, type RegisterState } from './read-meters.ts'

/** Real readings this many months back make the average. */
const BASE_MONTHS = 12

/** What `judgeReading` needs to know of a dial, for a reading that counts for the meter's month. */
export async function readKnowledge(
  ctx: Context,
  meter: MeterState,
  register: RegisterState,
): Promise<Knowledge> {
  const { month } = meter
  const since = firstDay(addMonths(month, -BASE_MONTHS))
  const base = await ctx.sql.maybe<{ value: bigint; period: Period }>`
    select value_e8 as value, period from reading
    where register_id = ${register.registerId} and state = 'accepted' and taken_on >= ${since}
      and period < ${month}
    order by taken_on, id limit 1`
  const last = register.previousPeriod
  return {
    digits: meter.digits,
    previous: register.previous,
    months: Math.max(1, last === null ? 1 : monthsBetween(last, month)),
    average: base && last !== null ? average(base, register.previous, last) : null,
    norm: await readNorm(ctx, meter, register.zone),
  }
}

function average(
  base: { value: bigint; period: Period },
  previous: Quantity,
  last: Period,
): Quantity | null {
  const months = monthsBetween(base.period, last)
  if (months < 1 || previous < base.value) return null
  return quantity((previous - base.value) / BigInt(months))
}

async function readNorm(ctx: Context, meter: MeterState, zone: number): Promise<Quantity | null> {
  const on = firstDay(meter.month)
  const row = await ctx.sql.maybe<{ norm: bigint | null }>`
    select norm_e8 as norm from tariff
    where service_id = ${meter.serviceId} and zone = ${zone} and retired_at is null
      and part = 'volume' and plan = 'standard' and above_e8 = 0
      and from_day <= ${on} and (to_day is null or to_day > ${on})
    order by from_day desc limit 1`
  return row?.norm == null ? null : quantity(row.norm * BigInt(Math.max(1, meter.occupants)))
}
