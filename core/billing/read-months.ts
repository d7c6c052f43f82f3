import { type Context } from '../context.ts'
import { type Period } from '../period.ts'
import { accept, refuse } from '../result.ts'

/** A month of a provider: `open` until it is issued. */
export type BillingMonth = { month: Period; state: string; issuedAt: Date | null }

/**
 * The months of a provider that hold entries or were issued, newest first.
 * Refuses: `provider-not-found`.
 */
export async function readMonths(ctx: Context, providerCode: string) {
  const provider = await ctx.sql.maybe<{ id: number }>`
    select id from provider where code = ${providerCode}`
  if (!provider) return refuse('provider-not-found')
  const months = await ctx.sql.many<BillingMonth>`
    select month, coalesce(b.state, 'open') as state, b.issued_at as "issuedAt"
    from (
      select s.period as month from statement s
      join agreement g on g.id = s.agreement_id
      join account a on a.id = g.account_id
      where a.provider_id = ${provider.id}
      union
      select period from billing_period where provider_id = ${provider.id}
    ) m
    left join billing_period b on b.provider_id = ${provider.id} and b.period = m.month
    order by month desc`
  return accept(months)
}
