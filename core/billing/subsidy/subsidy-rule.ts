import { type Context } from '../../context.ts'
import { type PlainDate } from '../../period.ts'
import { accept, refuse } from '../../result.ts'
import { RULE_KINDS, type RuleValue } from '../../tariffs/rule-kinds.ts'

export type SubsidyTerms = RuleValue<'subsidy'>
export type DiscoveryTerms = RuleValue<'subsidy-discovery'>

type Asked = { providerId: number; on: PlainDate }

/**
 * The terms of non-cash subsidies on a day: the provider's own row, else the country's. Gives the row's
 * id, its legal source and its value, shares in 10⁻⁸.
 * Refuses: `rule-not-set`; `rule-invalid` (with `ruleId`) when the value is not of this shape.
 */
export function readSubsidyRule(ctx: Context, asked: Asked) {
  return readRule(ctx, 'subsidy', asked)
}

/**
 * Which statuses make a household likely entitled on a day: the provider's own row, else the country's.
 * Refuses: `rule-not-set`; `rule-invalid` (with `ruleId`).
 */
export function readDiscoveryRule(ctx: Context, asked: Asked) {
  return readRule(ctx, 'subsidy-discovery', asked)
}

async function readRule<K extends 'subsidy' | 'subsidy-discovery'>(
  ctx: Context,
  kind: K,
  { on, providerId }: Asked,
) {
  const row = await ctx.sql.maybe<{ id: number; source: string; value: unknown }>`
    select id, source, value from rule
    where kind = ${kind} and key = '' and retired_at is null
      and (provider_id is null or provider_id = ${providerId})
      and service_id is null and house_id is null and account_id is null
      and from_day <= ${on} and (to_day is null or to_day > ${on})
    order by provider_id nulls last, from_day desc, id desc limit 1`
  if (!row) return refuse('rule-not-set')
  const parsed = RULE_KINDS[kind].safeParse(row.value)
  if (!parsed.success) return refuse('rule-invalid', { ruleId: row.id })
  return accept({ id: row.id, source: row.source, value: parsed.data as RuleValue<K> })
}
