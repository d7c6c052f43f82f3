import { type Context } from '../../context.ts'
import { addMonths, firstDay, type Period } from '../../period.ts'
import { LOOK_BACK_MONTHS } from './wanted.ts'

/** Kinds of rules that say how much is charged; the others change nothing of a past month. */
const CHARGING_KINDS = [
  'charging',
  'zone-coefficient',
  'limit',
  'full-price',
  'benefit',
  'benefit-norm',
  'benefit-payment',
  'benefit-with-subsidy',
  'absence',
  'quality',
  'subsidy',
]

/**
 * A fact has its instant before its transaction ends: one recorded so long before the last run may not
 * have been there for it to see. Rating a month again for nothing changes nothing.
 */
const COMMITS_WITHIN_MINUTES = 10

type Asked = { runId: number; providerId: number; month: Period }

/**
 * Notes which accounts have facts about past months that came after those were charged, from which
 * month and of what kind; the run charges these months again. Without an issued month charged here
 * there is nothing to charge again.
 */
export async function findReratings(
  tx: Context,
  { month, providerId, runId }: Asked,
): Promise<void> {
  const last = await tx.sql.maybe<{ id: number; since: Date; until: Date; first: Period }>`
    select r.id, r.as_of - make_interval(mins => ${COMMITS_WITHIN_MINUTES}::int4) as since,
      n.as_of as until, p.charged_from as first
    from run n
    join provider p on p.id = n.provider_id
    join run r on r.provider_id = n.provider_id and r.state = 'posted' and r.period < ${month}
    where n.id = ${runId} order by r.period desc limit 1`
  if (!last) return
  const oldest = addMonths(month, -LOOK_BACK_MONTHS)
  const first = last.first > oldest ? last.first : oldest
  const { since, until } = last
  const day = firstDay(month)
  await tx.sql.run`
    insert into run_rerating (run_id, account_id, from_period, reason)
    select ${runId}, account_id, greatest(min(from_period), ${first}::int4),
      string_agg(distinct reason, ',' order by reason)
    from (
      select g.account_id, r.period as from_period, 'late-reading' as reason
      from reading r join register d on d.id = r.register_id join meter m on m.id = d.meter_id
      join agreement g on g.id = m.agreement_id
      where ((r.recorded_at > ${since} and r.recorded_at <= ${until})
        or (r.ended_at > ${since} and r.ended_at <= ${until})) and r.period < ${month}
      union all
      select g.account_id, yyyymm(t.from_day), 'tariff'
      from tariff t join agreement g on g.service_id = t.service_id
      where ((t.recorded_at > ${since} and t.recorded_at <= ${until})
        or (t.retired_at > ${since} and t.retired_at <= ${until})) and t.from_day < ${day}::date
      union all
      select a.id, yyyymm(u.from_day), 'rules'
      from rule u
      join account a on (u.account_id is null or u.account_id = a.id)
        and (u.provider_id is null or u.provider_id = a.provider_id)
      join premise p on p.id = a.premise_id and (u.house_id is null or u.house_id = p.house_id)
      where a.provider_id = ${providerId} and u.kind = any(${CHARGING_KINDS}::text[])
        and ((u.recorded_at > ${since} and u.recorded_at <= ${until})
        or (u.retired_at > ${since} and u.retired_at <= ${until})) and u.from_day < ${day}::date
      union all
      select h.account_id, yyyymm(h.from_day), 'household'
      from household h
      where ((h.recorded_at > ${since} and h.recorded_at <= ${until})
        or (h.retired_at > ${since} and h.retired_at <= ${until})) and h.from_day < ${day}::date
      union all
      select g.account_id, yyyymm(coalesce(v.from_day, v.until_day)), 'verification'
      from verification v join meter m on m.id = v.meter_id
      join agreement g on g.id = m.agreement_id
      where v.recorded_at > ${since} and v.recorded_at <= ${until}
        and coalesce(v.from_day, v.until_day) < ${day}::date
      union all
      select g.account_id, yyyymm(e.day), 'meter'
      from meter_event e join meter m on m.id = e.meter_id
      join agreement g on g.id = m.agreement_id
      where e.at > ${since} and e.at <= ${until} and e.day < ${day}::date
        and e.kind in ('installed', 'removed')
      union all
      select a.account_id, yyyymm(a.left_on), 'absence' from absence a
      where ((a.recorded_at > ${since} and a.recorded_at <= ${until})
        or (a.retired_at > ${since} and a.retired_at <= ${until})) and a.left_on < ${day}::date
      union all
      select a.id, yyyymm(q.from_day), 'quality'
      from quality_defect q
      join agreement g on g.service_id = q.service_id
      join account a on a.id = g.account_id
      join premise p on p.id = a.premise_id
      where (q.account_id = a.id or (q.account_id is null and q.house_id = p.house_id))
        and ((q.recorded_at > ${since} and q.recorded_at <= ${until})
        or (q.retired_at > ${since} and q.retired_at <= ${until})) and q.from_day < ${day}::date
      union all
      select g.account_id, yyyymm(x.day), 'extra'
      from extra_charge x join agreement g on g.id = x.agreement_id
      where ((x.recorded_at > ${since} and x.recorded_at <= ${until})
        or (x.retired_at > ${since} and x.retired_at <= ${until})) and x.day < ${day}::date
      union all
      select b.account_id, yyyymm(b.from_day), 'benefit' from beneficiary b
      where ((b.recorded_at > ${since} and b.recorded_at <= ${until})
        or (b.retired_at > ${since} and b.retired_at <= ${until})) and b.from_day < ${day}::date
      union all
      select g.account_id, v.period, 'volume'
      from imported_volume v join agreement g on g.id = v.agreement_id
      where ((v.recorded_at > ${since} and v.recorded_at <= ${until})
        or (v.retired_at > ${since} and v.retired_at <= ${until})) and v.period < ${month}
      union all
      select a.id, v.period, 'volume'
      from house_volume v
      join premise p on p.house_id = v.house_id
      join account a on a.premise_id = p.id
      join agreement g on g.account_id = a.id and g.service_id = v.service_id
      where ((v.recorded_at > ${since} and v.recorded_at <= ${until})
        or (v.retired_at > ${since} and v.retired_at <= ${until})) and v.period < ${month}
      union all
      select g.account_id, yyyymm(w.from_day), 'subsidy'
      from subsidy_award w join import_batch b on b.id = w.batch_id
      join agreement g on g.id = w.agreement_id
      where ((b.applied_at > ${since} and b.applied_at <= ${until})
        or (b.undone_at > ${since} and b.undone_at <= ${until})) and w.from_day < ${day}::date
      union all
      select c.account_id, yyyymm(c.from_day), 'subsidy' from subsidy_case c
      where ((c.decided_at > ${since} and c.decided_at <= ${until})
        or (c.ended_at > ${since} and c.ended_at <= ${until})) and c.from_day < ${day}::date
      union all
      select g.account_id, yyyymm(g.to_day), 'agreement' from agreement g
      where g.ended_at > ${since} and g.ended_at <= ${until} and g.to_day < ${day}::date
      union all
      select e.account_id, yyyymm(e.day), 'agreement' from account_event e
      where e.at > ${since} and e.at <= ${until} and e.kind = 'opened' and e.day < ${day}::date
      union all
      select l.account_id, l.since_period, 'not-charged' from run_lint l
      where l.run_id = ${last.id} and l.blocks
    ) news
    join account a on a.id = news.account_id and a.provider_id = ${providerId}
    group by account_id`
}
