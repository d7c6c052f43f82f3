import { type Context } from '../../context.ts'
import { type PlainDate } from '../../period.ts'
import { type CaseState } from './case-state.ts'

/** A case under its lock. */
export type LockedCase = {
  id: number
  accountId: number
  providerId: number
  state: CaseState
  appliedOn: PlainDate
  decideBy: PlainDate
  renewsId: number | null
  fromDay: PlainDate | null
  toDay: PlainDate | null
}

/**
 * The case, or null. Until the transaction ends nobody else decides on it or opens another one for its
 * account: the account's row is locked first, always in this order.
 */
export async function lockCase(ctx: Context, caseId: number): Promise<LockedCase | null> {
  const locked = await ctx.sql.run`
    select 1 from account where id = (select account_id from subsidy_case where id = ${caseId})
    for no key update`
  if (locked === 0) return null
  return ctx.sql.maybe<LockedCase>`
    select c.id, c.account_id as "accountId", a.provider_id as "providerId", c.state,
      c.applied_on as "appliedOn", c.decide_by as "decideBy", c.renews_id as "renewsId",
      c.from_day as "fromDay", c.to_day as "toDay"
    from subsidy_case c join account a on a.id = c.account_id
    where c.id = ${caseId}`
}
