import { type Context } from '../../context.ts'
import { type PlainDate } from '../../period.ts'

/**
 * How many persons of an account count into a household's entitlement on a day: those registered, but
 * nobody whose status is in `excluded`. While no person is recorded by status, it is the number of the
 * account's card.
 *
 * Source: Указ № 322: people on the list of not employed get none, members of their family may.
 */
export async function countHousehold(
  ctx: Context,
  input: { accountId: number; on: PlainDate; excluded: readonly string[] },
): Promise<number> {
  const { accountId, excluded, on } = input
  const { persons } = await ctx.sql.one<{ persons: number }>`
    select case when count(o.id) > 0
        then count(o.id) filter (where not o.status = any(${excluded}::text[]))
        else coalesce((
          select h.occupants from household h
          where h.account_id = ${accountId} and h.retired_at is null and h.from_day <= ${on}
          order by h.from_day desc limit 1), 0) end::int4 as persons
    from occupant o
    where o.account_id = ${accountId} and o.retired_at is null
      and o.from_day <= ${on} and (o.to_day is null or o.to_day > ${on})`
  return persons
}
