import { type Context } from '../context.ts'
import { type Period } from '../period.ts'

/** The months an account's provider has issued and that hold entries of it, newest first. */
export async function readIssuedMonths(
  ctx: Context,
  accountId: number,
  limit: number,
): Promise<Period[]> {
  const rows = await ctx.sql.many<{ period: Period }>`
    select distinct s.period from statement s
    join agreement g on g.id = s.agreement_id
    join account a on a.id = g.account_id
    join billing_period b on b.provider_id = a.provider_id and b.period = s.period
    where a.id = ${accountId} and b.state in ('issued', 'closed')
    order by s.period desc limit ${limit}`
  return rows.map((row) => row.period)
}
