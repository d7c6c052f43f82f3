import { z } from 'zod'
import { type Context } from '../../context.ts'
import { addMonths, dayIn, firstDay, periodOf, type PlainDate } from '../../period.ts'

const LookBack = z.object({ months: z.int().min(1) })

/**
 * The first day facts may still be told about: the start of the month so many months ago, by the
 * `look-back` rule of the provider, else the town's. Nothing (undefined) without a rule.
 */
export async function readEarliest(
  ctx: Context,
  providerId: number,
): Promise<{ earliest?: PlainDate }> {
  const today = dayIn(ctx.now(), ctx.zone)
  const row = await ctx.sql.maybe<{ value: unknown }>`
    select value from rule
    where kind = 'look-back' and key = '' and retired_at is null
      and (provider_id is null or provider_id = ${providerId})
      and service_id is null and house_id is null and account_id is null
      and from_day <= ${today} and (to_day is null or to_day > ${today})
    order by provider_id nulls last, from_day desc limit 1`
  if (!row) return {}
  const { months } = LookBack.parse(row.value)
  return { earliest: firstDay(addMonths(periodOf(today), -months)) }
}
