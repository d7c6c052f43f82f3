import { type Context } from '../context.ts'
import { type PlainDate } from '../period.ts'
import { RULE_KINDS } from '../tariffs/rule-kinds.ts'

/** A participation with what the rule says of its end. */
export type NoticeTerm = {
  /** Code of the organisation. */
  provider: string
  /** Days from the notice to the end; null when no rule is in force. */
  noticeDays: number | null
}

/**
 * How long a participant stays after its notice on a day: the rule of the organisation, else the
 * town's. Null for an unknown participation.
 */
export async function readNoticeTerm(
  ctx: Context,
  { on, participationId }: { participationId: number; on: PlainDate },
): Promise<NoticeTerm | null> {
  const row = await ctx.sql.maybe<{ provider: string; value: unknown }>`
    select p.code as provider, t.value
    from provider_role r join provider p on p.id = r.provider_id
    left join lateral (
      select value from rule
      where kind = 'participation-notice' and key = '' and retired_at is null
        and (provider_id is null or provider_id = p.id)
        and service_id is null and house_id is null and account_id is null
        and from_day <= ${on} and (to_day is null or to_day > ${on})
      order by provider_id nulls last, from_day desc limit 1) t on true
    where r.id = ${participationId}`
  if (!row) return null
  const { provider, value } = row
  if (value === null) return { provider, noticeDays: null }
  return { provider, noticeDays: RULE_KINDS['participation-notice'].parse(value).days }
}
