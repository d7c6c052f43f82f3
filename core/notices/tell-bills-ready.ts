import { type Context } from '../context.ts'
import { LANES } from '../outbox/enqueue.ts'
import { type Period } from '../period.ts'
import { type NoticeKind } from './tell.ts'

const KIND: NoticeKind = 'bill-ready'

/**
 * Tells everybody linked to an account of the provider that its bill for the month is ready, in the
 * messenger used last that can be reached, unless they switched this off. Once for a person, account
 * and month, however often it is called. Gives how many were told now.
 */
export async function tellBillsReady(
  ctx: Context,
  input: { providerCode: string; month: Period },
): Promise<number> {
  const { month, providerCode } = input
  return ctx.sql.run`
    with target as (
      select distinct on (c.id, a.id) c.id as consumer_id, a.id as account_id, i.channel,
        i.external_id, c.language,
        jsonb_build_array(jsonb_build_object('key', 'notice:bill-ready', 'params',
          jsonb_build_object('month', jsonb_build_object('month', ${month}::int4),
            'provider', p.name, 'number', a.number))) as lines,
        format('bill-ready %s %s to %s', a.id, ${month}::int4, c.id) as dedupe_key
      from provider p
      join account a on a.provider_id = p.id
      join link l on l.account_id = a.id and l.ended_at is null
      join consumer c on c.id = l.consumer_id
      join identity i on i.consumer_id = c.id and i.reachable
      where p.code = ${providerCode}
        and exists (select 1 from agreement g join statement s on s.agreement_id = g.id
          where g.account_id = a.id and s.period = ${month}::int4)
        and not exists (select 1 from notice_preference n
          where n.consumer_id = c.id and n.kind = ${KIND}::text and not n.enabled)
      order by c.id, a.id, i.last_seen_at desc, i.id desc
    ), told as (
      insert into notice (kind, consumer_id, account_id, params, dedupe_key, created_at)
      select ${KIND}::text, consumer_id, account_id, lines, dedupe_key, ${ctx.now()}::timestamptz
      from target
      on conflict (dedupe_key) do nothing
      returning dedupe_key
    )
    insert into outbox
      (channel, external_id, lane, language, message, dedupe_key, not_before, created_at)
    select channel, external_id, ${LANES.notice}::int2, language,
      jsonb_build_object('lines', lines), dedupe_key, ${ctx.now()}::timestamptz,
      ${ctx.now()}::timestamptz
    from target join told using (dedupe_key)
    on conflict (dedupe_key) do nothing`
}
