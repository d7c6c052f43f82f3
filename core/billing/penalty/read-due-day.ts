import { type Context } from '../../context.ts'
import { type Period, type PlainDate } from '../../period.ts'
import { RULE_KINDS } from '../../tariffs/rule-kinds.ts'
import { dueDay } from './due-date.ts'
import { readDayExceptions } from './read-day-exceptions.ts'

/** The last day to pay a provider's bill of a month, by its own term or the country's; null without one. */
export async function readDueDay(
  ctx: Context,
  { month, providerId }: { month: Period; providerId: number },
): Promise<PlainDate | null> {
  const rule = await ctx.sql.maybe<{ value: unknown }>`
    select value from rule
    where kind = 'payment-term' and key = '' and retired_at is null
      and (provider_id is null or provider_id = ${providerId})
      and service_id is null and house_id is null and account_id is null
      and yyyymm(from_day) <= ${month} and (to_day is null or yyyymm(to_day - 1) >= ${month})
    order by provider_id nulls last, from_day desc limit 1`
  if (!rule) return null
  const exceptions = await readDayExceptions(ctx)
  return dueDay(month, RULE_KINDS['payment-term'].parse(rule.value), exceptions)
}
