import { type Context } from '../../context.ts'
import { type PlainDate } from '../../period.ts'

/** An account that staff work with. */
export type LiveAccount = {
  accountId: number
  providerId: number
  number: string
  openedOn: PlainDate | null
  /** First day nothing is delivered any more. */
  closedOn: PlainDate | null
}

/** An agreement with whose it is. */
export type LiveAgreement = {
  agreementId: number
  accountId: number
  serviceId: number
  providerId: number
  accountClosedOn: PlainDate | null
}

/** The account, held until the transaction ends so that its life goes one step at a time; or null. */
export function lockAccount(ctx: Context, accountId: number): Promise<LiveAccount | null> {
  return ctx.sql.maybe<LiveAccount>`
    select id as "accountId", provider_id as "providerId", number, opened_on as "openedOn",
      closed_on as "closedOn"
    from account where id = ${accountId} for update`
}

/** The agreements of these ids that exist, in no order. */
export function findAgreements(ctx: Context, ids: readonly number[]): Promise<LiveAgreement[]> {
  return ctx.sql.many<LiveAgreement>`
    select g.id as "agreementId", g.account_id as "accountId", g.service_id as "serviceId",
      a.provider_id as "providerId", a.closed_on as "accountClosedOn"
    from agreement g join account a on a.id = g.account_id
    where g.id = any(${ids}::int4[])`
}

/** Every agreement of these accounts, by account and id. */
export function findAgreementsOf(
  ctx: Context,
  accountIds: readonly number[],
): Promise<LiveAgreement[]> {
  return ctx.sql.many<LiveAgreement>`
    select g.id as "agreementId", g.account_id as "accountId", g.service_id as "serviceId",
      a.provider_id as "providerId", a.closed_on as "accountClosedOn"
    from agreement g join account a on a.id = g.account_id
    where g.account_id = any(${accountIds}::int4[]) order by g.account_id, g.id`
}
