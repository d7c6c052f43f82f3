import { type Context } from '../context.ts'

/** An account a consumer may see. */
export type LinkedAccount = {
  consumerId: number
  linkId: number
  accountId: number
  number: string
  numberKey: string
  role: string
  providerId: number
  providerName: string
  /** `вул. Боромира, 4, кв. 29` */
  address: string
}

/** The accounts consumers are linked to now, oldest link first. */
export function readLinkedAccounts(
  ctx: Context,
  consumerIds: readonly number[],
): Promise<LinkedAccount[]> {
  return ctx.sql.many<LinkedAccount>`
    select l.id as "linkId", l.consumer_id as "consumerId", a.id as "accountId", a.number, a.number_key as "numberKey", l.role,
      p.id as "providerId", p.name as "providerName",
      concat_ws(', ', nullif(concat_ws(' ', nullif(h.street_type, ''), h.street), ''), h.number,
        nullif('кв. ' || nullif(r.flat, ''), 'кв. ')) as address
    from link l
    join account a on a.id = l.account_id
    join provider p on p.id = a.provider_id
    join premise r on r.id = a.premise_id
    join house h on h.id = r.house_id
    where l.consumer_id = any(${consumerIds}::int4[]) and l.ended_at is null
    order by l.id`
}

/**
 * Ends a link of this consumer; the account is no longer shown. Returns false when there is no
 * such running link.
 */
export async function endLink(
  ctx: Context,
  input: { consumerId: number; linkId: number; reason: string },
): Promise<boolean> {
  const ended = await ctx.sql.run`
    update link set ended_at = ${ctx.now()}, end_reason = ${input.reason}
    where id = ${input.linkId} and consumer_id = ${input.consumerId} and ended_at is null`
  return ended === 1
}
