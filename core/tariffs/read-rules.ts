import { type Context } from '../context.ts'
import { type PlainDate } from '../period.ts'

/** A rule as people see it. */
export type ListedRule = {
  id: number
  kind: string
  key: string
  /** Code of the provider; null: every provider. */
  provider: string | null
  service: string | null
  houseId: number | null
  accountId: number | null
  fromDay: PlainDate
  /** First day it is no longer in force. */
  toDay: PlainDate | null
  value: Record<string, unknown>
  /** The law or decision it comes from. */
  source: string
}

/**
 * Rules in force on a day, by id: of the whole town, and those of `providers` (all when not given). With
 * `kind` only that one. `after` is the last id of the page before.
 */
export function readRules(
  ctx: Context,
  input: {
    on: PlainDate
    limit: number
    kind?: string | undefined
    after?: number | undefined
    providers?: readonly string[] | undefined
  },
): Promise<ListedRule[]> {
  const { after = 0, kind = null, limit, on, providers } = input
  return ctx.sql.many<ListedRule>`
    select r.id, r.kind, r.key, p.code as provider, s.code as service, r.house_id as "houseId",
      r.account_id as "accountId", r.from_day as "fromDay", r.to_day as "toDay", r.value, r.source
    from rule r
    left join provider p on p.id = r.provider_id
    left join service s on s.id = r.service_id
    where r.retired_at is null and r.from_day <= ${on} and (r.to_day is null or r.to_day > ${on})
      and r.id > ${after} and (${kind}::text is null or r.kind = ${kind}::text)
      and (${providers === undefined}::bool or p.code is null
        or p.code = any(${[...(providers ?? [])]}::text[]))
    order by r.id limit ${limit}`
}

/** The provider a rule in force is of: its code, '' when it is the town's; null: there is no such rule. */
export async function findRuleOwner(ctx: Context, ruleId: number): Promise<string | null> {
  const row = await ctx.sql.maybe<{ code: string }>`
    select coalesce(p.code, '') as code from rule r left join provider p on p.id = r.provider_id
    where r.id = ${ruleId} and r.retired_at is null`
  return row?.code ?? null
}
