import { type Context } from '../../context.ts'
import { accountKey } from '../../registry/account-number.ts'
import { accept, refuse } from '../../result.ts'

/** An agreement by what people call it. */
export type NamedAgreement = { id: number; service: string; serviceName: string }

/**
 * The account of a provider by its number, and its agreements, or the one of `service`.
 * Refuses: `provider-not-found`; `account-not-found`; `service-not-found` when the account does not
 * have it.
 */
export async function findAgreementsOf(
  ctx: Context,
  input: { providerCode: string; number: string; service?: string | undefined },
) {
  const { number, providerCode, service } = input
  const provider = await ctx.sql.maybe<{ id: number }>`
    select id from provider where code = ${providerCode}`
  if (!provider) return refuse('provider-not-found')
  const account = await ctx.sql.maybe<{ id: number }>`
    select id from account where provider_id = ${provider.id} and number_key = ${accountKey(number)}`
  if (!account) return refuse('account-not-found')
  const all = await ctx.sql.many<NamedAgreement>`
    select g.id, s.code as service, s.name as "serviceName"
    from agreement g join service s on s.id = g.service_id
    where g.account_id = ${account.id} order by s.code, g.id`
  const agreements = all.filter((one) => service === undefined || one.service === service)
  if (agreements.length === 0) return refuse('service-not-found')
  return accept({ accountId: account.id, agreements })
}
