import { type Context } from '../context.ts'
import { addMonths, dayIn, periodOf } from '../period.ts'
import { CODE_VALID_MONTHS } from './bill-code.ts'

/** A link that ended, to tell its consumer of. */
export type EndedLink = { consumerId: number; accountId: number; number: string }

/**
 * Ends every link of accounts whose holder changed, and voids the codes printed for the old one.
 * Gives the links ended.
 */
export async function endLinksOfOldHolders(
  ctx: Context,
  accountIds: readonly number[],
): Promise<EndedLink[]> {
  const thisMonth = periodOf(dayIn(ctx.now(), ctx.zone))
  const months = Array.from({ length: CODE_VALID_MONTHS + 1 }, (_, age) =>
    addMonths(thisMonth, -age),
  )
  await ctx.sql.run`
    insert into used_bill_code (account_id, period, used_at)
    select a, m, ${ctx.now()}
    from unnest(${accountIds}::int4[]) a cross join unnest(${months}::int4[]) m
    on conflict do nothing`
  return ctx.sql.many<EndedLink>`
    update link l set ended_at = ${ctx.now()}, end_reason = 'holder-changed'
    from account a
    where a.id = l.account_id and a.id = any(${accountIds}::int4[]) and l.ended_at is null
    returning l.consumer_id as "consumerId", a.id as "accountId", a.number`
}

/** How many links to the same account are newer than this running one of the consumer. */
export async function countLaterLinks(
  ctx: Context,
  input: { consumerId: number; linkId: number },
): Promise<number> {
  const { count } = await ctx.sql.one<{ count: number }>`
    select count(l.id)::int4 as count from link own
    join link l on l.account_id = own.account_id and l.id > own.id and l.ended_at is null
    where own.id = ${input.linkId} and own.consumer_id = ${input.consumerId}
      and own.ended_at is null`
  return count
}

/**
 * Revokes the links to the account that came after the consumer's own: whoever proved it first may
 * end the others, never the other way round. Gives the links ended.
 */
export function endLaterLinks(
  ctx: Context,
  input: { consumerId: number; linkId: number },
): Promise<EndedLink[]> {
  return ctx.sql.many<EndedLink>`
    update link l set ended_at = ${ctx.now()}, end_reason = 'revoked'
    from link own join account a on a.id = own.account_id
    where own.id = ${input.linkId} and own.consumer_id = ${input.consumerId}
      and own.ended_at is null and l.account_id = own.account_id and l.id > own.id
      and l.ended_at is null
    returning l.consumer_id as "consumerId", a.id as "accountId", a.number`
}
