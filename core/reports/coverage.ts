import { METHODS } from '../billing/charge/method.ts'
import { type Context } from '../context.ts'
import { SOURCES } from '../ledger/entry.ts'
import { KINDS } from '../ledger/entry-kind.ts'
import { divideRounded } from '../money.ts'
import { addMonths, lastDay, monthsBetween, type Period } from '../period.ts'
import { readPostedRuns } from './posted-runs.ts'
import { columnsOf, type Group, GROUP_COLUMNS, type Report, type Scope } from './report.ts'

const COUNTS = ['registers', 'read', 'average', 'norm', 'other'] as const
type Counts = Record<(typeof COUNTS)[number], number>
export type CoverageRow = Group & Counts & { month: Period; share: bigint }

const WHOLE_PERCENT = 10_000n

/**
 * How many dials have an accepted reading for a month, by month and provider, service or street. A
 * dial counts when its meter and agreement are there at the end of the month. Those without a reading
 * are split by how their agreement was charged: by its average, by the norm, or otherwise (not at all
 * included). `share` = read / registers in hundredths of a percent.
 */
export async function readCoverage(ctx: Context, scope: Scope): Promise<Report<CoverageRow>> {
  const counted = await countRegisters(ctx, scope)
  const rows = counted.map((row) => ({ ...row, share: shareOf(row) }))
  const total = Object.fromEntries(
    COUNTS.map((name) => [name, rows.reduce((count, row) => count + row[name], 0)]),
  ) as Counts
  const columns = [
    ...columnsOf('month', ['month']),
    ...GROUP_COLUMNS,
    ...columnsOf('count', COUNTS),
    ...columnsOf('percent', ['share']),
  ]
  return { columns, rows, totals: [{ ...total, share: shareOf(total) }] }
}

function shareOf({ read, registers }: Counts): bigint {
  return registers === 0 ? 0n : divideRounded(BigInt(read) * WHOLE_PERCENT, BigInt(registers))
}

async function countRegisters(ctx: Context, scope: Scope) {
  const { asOf, from, grain, providerIds, to } = scope
  const months = Array.from({ length: monthsBetween(from, to) + 1 }, (_, n) => addMonths(from, n))
  const runIds = await readPostedRuns(ctx, scope)
  return ctx.sql.many<Omit<CoverageRow, 'share'>>`
    with dial as (
      select w.month, r.id, g.id as agreement_id, p.code as provider_code, p.name as provider_name,
        s.code as service_code, s.name as service_name, h.street_type || ' ' || h.street as street
      from unnest(${months}::int4[], ${months.map(lastDay)}::date[]) as w (month, last_day)
      cross join agreement g
      join account a on a.id = g.account_id
      join provider p on p.id = a.provider_id
      join service s on s.id = g.service_id
      join premise b on b.id = a.premise_id
      join house h on h.id = b.house_id
      join meter m on m.agreement_id = g.id
      join register r on r.meter_id = m.id
      where a.provider_id = any(${providerIds}::int4[])
        and (g.from_day is null or g.from_day <= w.last_day)
        and (g.to_day is null or g.to_day > w.last_day or g.ended_at > ${asOf})
        and (m.installed_on is null or m.installed_on <= w.last_day)
        and (m.removed_on is null or m.removed_on > w.last_day or m.removed_at > ${asOf})
    ), judged as (
      select d.*, exists (
          select 1 from reading v where v.register_id = d.id and v.period = d.month
            and v.recorded_at <= ${asOf} and (v.state = 'accepted' or v.ended_at > ${asOf})
        ) as is_read, coalesce(charged.method, calculated.method) as method
      from dial d
      left join lateral (
        select c.method from charge c
        where c.agreement_id = d.agreement_id and c.period = d.month and exists (
          select 1 from entry e
          where e.source_kind = ${SOURCES.charge}::int2 and e.source_id = c.id
            and e.booked_at <= ${asOf} and not exists (
              select 1 from entry r where r.reverses_id = e.id and r.booked_at <= ${asOf}))
        limit 1
      ) charged on true
      left join lateral (
        select case l.method when ${METHODS.average}::int2 then 'average' else 'norm' end as method
        from run_line l join run r on r.id = l.run_id and r.period = d.month
        where l.run_id = any(${runIds}::int4[]) and l.agreement_id = d.agreement_id
          and l.kind = ${KINDS.accrual.code}::int2
          and l.method in (${METHODS.average}::int2, ${METHODS.norm}::int2)
        order by l.line limit 1
      ) calculated on true
    )
    select month, case when ${grain} = 'street' then '' else provider_code end as provider,
      case when ${grain} = 'service' then service_code else '' end as code,
      case ${grain} when 'service' then service_name when 'street' then street
        else provider_name end as name,
      count(*)::int4 as registers,
      count(*) filter (where is_read)::int4 as read,
      count(*) filter (where not is_read and method = 'average')::int4 as average,
      count(*) filter (where not is_read and method = 'norm')::int4 as norm,
      count(*) filter (where not is_read
        and method is distinct from 'average' and method is distinct from 'norm')::int4 as other
    from judged group by 1, 2, 3, 4 order by 1, 2, 3, 4`
}
