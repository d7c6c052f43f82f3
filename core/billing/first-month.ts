import { type Context } from '../context.ts'
import { type Period } from '../period.ts'

/**
 * The first month of a provider there is to issue: of one charged here the first charged month, be it by
 * its program before; of another one the first month with entries. Null when there is none.
 */
export async function readFirstMonth(
  ctx: Context,
  provider: { id: number; chargedFrom: Period | null },
): Promise<Period | null> {
  const { chargedFrom, id } = provider
  if (chargedFrom === null) {
    const { first } = await ctx.sql.one<{ first: Period | null }>`
      select min(s.period) as first from statement s
      join agreement g on g.id = s.agreement_id
      join account a on a.id = g.account_id
      where a.provider_id = ${id}`
    return first
  }
  const { first } = await ctx.sql.one<{ first: Period }>`
    select least(min(c.period), ${chargedFrom}::int4) as first from charge c
    join agreement g on g.id = c.agreement_id
    join account a on a.id = g.account_id
    where a.provider_id = ${id} and not c.reversed`
  return first
}
