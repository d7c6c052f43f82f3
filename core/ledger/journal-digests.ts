import { type Context } from '../context.ts'
import { SOURCES } from './entry.ts'

/** What a provider's month holds, in any database the same when the entries are. */
export type MonthDigest = { providerId: number; period: number; entries: number; sha256: string }

/**
 * SHA-256 of the canonical entries of every provider and month, and of its statements, oldest first.
 * Numbers a database gives by itself (ids of entries, instants of booking) are not in it: an entry that
 * takes another one back names it by its key.
 */
export function readJournalDigests(ctx: Context): Promise<MonthDigest[]> {
  return ctx.sql.many<MonthDigest>`
    with keyed as (
      select e.id, p.provider_id, e.period,
        e.source_kind || '.' || case when e.source_kind = ${SOURCES.reversal}::int2 then
          coalesce(o.source_kind || '/' || case when o.source_kind = ${SOURCES.reversal}::int2
            then coalesce(oo.source_kind || '/' || oo.source_id || '/' || oo.line || '/' || oo.period, '?')
            else o.source_id::text end || '/' || o.line || '/' || o.period, '?')
          else e.source_id::text end || '.' || e.line || '.' || e.period as key,
        concat_ws('|', e.kind, e.from_id, e.to_id, e.amount, to_char(e.effective_on, 'YYYY-MM-DD'),
          coalesce(e.about_period::text, ''),
          coalesce(t.source_kind || '/' || t.source_id || '/' || t.line || '/' || t.period, ''),
          coalesce(e.reason, '')) as body
      from entry e
      join posting p on p.id = e.posting_id
      left join entry o on e.source_kind = ${SOURCES.reversal}::int2 and o.id = e.source_id
      left join entry oo on o.source_kind = ${SOURCES.reversal}::int2 and oo.id = o.source_id
      left join entry t on t.id = e.reverses_id and t.source_kind <> ${SOURCES.reversal}::int2
    ), entries as (
      select provider_id, period, count(*)::int4 as entries,
        encode(sha256(convert_to(string_agg(key || '|' || body, E'\n'
          order by key collate "C", body collate "C"), 'UTF8')), 'hex') as sha256
      from keyed group by provider_id, period
    ), statements as (
      select a.provider_id, s.period,
        encode(sha256(convert_to(string_agg(concat_ws('|', s.agreement_id, s.opening, s.accrued,
          s.subscription, s.penalty, s.correction, s.benefit, s.subsidy, s.paid, s.closing), E'\n'
          order by s.agreement_id), 'UTF8')), 'hex') as sha256
      from statement s join agreement g on g.id = s.agreement_id join account a on a.id = g.account_id
      group by a.provider_id, s.period
    )
    select provider_id as "providerId", period, coalesce(e.entries, 0) as entries,
      coalesce(e.sha256, '') || coalesce(s.sha256, '') as sha256
    from entries e full join statements s using (provider_id, period)
    order by provider_id, period`
}
