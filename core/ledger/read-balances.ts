import { type Context } from '../context.ts'
import { type Kopecks } from '../money.ts'
import { type Period, type PlainDate } from '../period.ts'

/** Where an agreement stands now. `balance` in kopecks, owed is positive. */
export type AgreementBalance = {
  agreementId: number
  accountId: number
  serviceName: string
  balance: Kopecks
  /** The latest month with entries; null before the first. */
  lastPeriod: Period | null
  /** The latest day anything of this provider counts on: the balance is known up to it. */
  knownUntil: PlainDate | null
}

/** Balances of every agreement of the accounts, in the order of accounts and service codes. */
export function readBalances(
  ctx: Context,
  accountIds: readonly number[],
): Promise<AgreementBalance[]> {
  return ctx.sql.many<AgreementBalance>`
    select g.id as "agreementId", g.account_id as "accountId", s.name as "serviceName",
      coalesce(l.closing, 0) as balance, l.period as "lastPeriod", j.known_until as "knownUntil"
    from agreement g
    join service s on s.id = g.service_id
    left join journal j on j.provider_id = s.provider_id
    left join lateral (
      select closing, period from statement t
      where t.agreement_id = g.id order by t.period desc limit 1) l on true
    where g.account_id = any(${accountIds}::int4[])
    order by g.account_id, s.code`
}
