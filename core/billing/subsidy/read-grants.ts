import { type Context } from '../../context.ts'
import { type Kopecks } from '../../money.ts'
import { type PlainDate } from '../../period.ts'

/** A granted subsidy: what a month's amount is computed from. */
export type SubsidyGrant = {
  id: number
  accountId: number
  fromDay: PlainDate
  /** First day without. */
  toDay: PlainDate
  /** Kopecks: the household's average month. */
  income: Kopecks
  isVillage: boolean
}

/**
 * Subsidies granted to accounts, by account and day, as known at an instant: decided until then, and
 * with the end granted where it was stopped only later.
 */
export function readGrants(
  ctx: Context,
  input: { accountIds: readonly number[]; asOf: Date },
): Promise<SubsidyGrant[]> {
  const { accountIds, asOf } = input
  return ctx.sql.many<SubsidyGrant>`
    select * from (
      select c.id, c.account_id as "accountId", c.from_day as "fromDay",
        case when c.ended_at > ${asOf} then (
          select (e.details ->> 'grantedToDay')::date from account_event e
          where e.account_id = c.account_id and e.kind = 'subsidy-ended'
            and (e.details ->> 'caseId')::int4 = c.id)
        else c.to_day end as "toDay",
        c.income, c.is_village as "isVillage"
      from subsidy_case c
      where c.account_id = any(${accountIds}::int4[]) and c.state in ('granted', 'ended')
        and c.decided_at <= ${asOf}) g
    where g."fromDay" < g."toDay"
    order by g."accountId", g."fromDay"`
}
