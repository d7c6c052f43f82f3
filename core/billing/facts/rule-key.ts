import { type Context } from '../../context.ts'
import { type PlainDate } from '../../period.ts'
import { type RuleKind } from '../../tariffs/rule-kinds.ts'

/**
 * Whether a rule of this kind and key is in force for a provider on some day of a range (the end not
 * included; null: open). Rules of one service, house or account count too: which fits is asked when
 * the month is charged.
 */
export async function isRuleKey(
  ctx: Context,
  input: {
    kind: RuleKind
    key: string
    providerId: number
    fromDay: PlainDate
    toDay: PlainDate | null
  },
): Promise<boolean> {
  const { fromDay, key, kind, providerId, toDay } = input
  const row = await ctx.sql.maybe`
    select 1 from rule where kind = ${kind} and key = ${key} and retired_at is null
      and (provider_id is null or provider_id = ${providerId})
      and (${toDay}::date is null or from_day < ${toDay}::date)
      and (to_day is null or to_day > ${fromDay}) limit 1`
  return row !== null
}
