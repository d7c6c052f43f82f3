import { METHODS, type Method } from '../billing/charge/method.ts'
import { type Context } from '../context.ts'
import { SOURCES } from '../ledger/entry.ts'
import { KINDS } from '../ledger/entry-kind.ts'
import { type Period } from '../period.ts'
import { type Quantity, quantity } from '../quantity.ts'
import { readPostedRuns } from './posted-runs.ts'
import { type Column, type Report, type Scope } from './report.ts'

export type ConsumptionRow = {
  provider: string
  service: string
  serviceName: string
  unit: string
  /** 0 single, 1 day, 2 night, 3 peak, 4 semi-peak */
  zone: number
  month: Period
  /** How the volume was found. */
  method: Method
  agreements: number
  volume: Quantity
}

const COLUMNS: readonly Column<keyof ConsumptionRow>[] = [
  { name: 'provider', unit: 'text' },
  { name: 'service', unit: 'text' },
  { name: 'serviceName', unit: 'text' },
  { name: 'unit', unit: 'text' },
  { name: 'zone', unit: 'count' },
  { name: 'month', unit: 'month' },
  { name: 'method', unit: 'text' },
  { name: 'agreements', unit: 'count' },
  { name: 'volume', unit: 'quantity' },
]

/** Their volumes are no consumption: a load or area of the fixed part, work outside the tariff. */
const NOT_CONSUMED: readonly string[] = ['fixed', 'extra'] satisfies Method[]

/**
 * Charged volumes by service, zone, month and the way they were found, whether charges were imported
 * or calculated here. A re-rated volume belongs to the month it is about. One row of totals a unit.
 */
export async function readConsumption(ctx: Context, scope: Scope): Promise<Report<ConsumptionRow>> {
  const rows = await readRows(ctx, scope)
  const volumes = new Map<string, bigint>()
  for (const { unit, volume } of rows) volumes.set(unit, (volumes.get(unit) ?? 0n) + volume)
  const totals = [...volumes].map(([unit, volume]) => ({ unit, volume: quantity(volume) }))
  return { columns: COLUMNS, rows, totals }
}

async function readRows(ctx: Context, scope: Scope): Promise<ConsumptionRow[]> {
  const { asOf, from, providerIds, to } = scope
  const runIds = await readPostedRuns(ctx, scope)
  const methods = Object.entries(METHODS).filter(([name]) => !NOT_CONSUMED.includes(name))
  return ctx.sql.many<ConsumptionRow>`
    with used as (
      select c.agreement_id, c.period as month, v.zone, c.method, v.volume
      from entry e
      join charge c on c.id = e.source_id
      cross join lateral (values
        (case when c.price2_e8 = 0 and c.volume2_e8 = 0 then 0 else 1 end, c.volume1_e8),
        (2, c.volume2_e8)) v (zone, volume)
      where e.source_kind = ${SOURCES.charge}::int2 and e.kind = ${KINDS.accrual.code}::int2
        and e.booked_at <= ${asOf} and c.period between ${from} and ${to} and v.volume <> 0
        and not exists (
          select 1 from entry r where r.reverses_id = e.id and r.booked_at <= ${asOf})
      union all
      select l.agreement_id, coalesce(l.about_period, r.period), l.zone, m.name, l.volume_e8
      from run_line l
      join run r on r.id = l.run_id
      join unnest(${methods.map(([name]) => name)}::text[], ${methods.map(([, code]) => code)}::int2[])
        as m (name, code) on m.code = l.method
      where l.run_id = any(${runIds}::int4[]) and l.posted and l.volume_e8 <> 0
        and l.kind in (${KINDS.accrual.code}::int2, ${KINDS.recalculation.code}::int2)
        and coalesce(l.about_period, r.period) between ${from} and ${to}
    )
    select p.code as provider, s.code as service, s.name as "serviceName", s.unit,
      u.zone::int4 as zone, u.month, u.method, count(distinct g.id)::int4 as agreements,
      sum(u.volume)::int8 as volume
    from used u
    join agreement g on g.id = u.agreement_id
    join service s on s.id = g.service_id
    join provider p on p.id = s.provider_id
    where p.id = any(${providerIds}::int4[])
    group by p.code, s.code, s.name, s.unit, u.zone, u.month, u.method
    order by p.code, s.code, u.month, u.zone, u.method`
}
