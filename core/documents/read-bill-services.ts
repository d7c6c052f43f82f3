import { type Context } from '../context.ts'
import { kopecks, type Kopecks } from '../money.ts'
import { type Period, type PlainDate } from '../period.ts'
import { cost, quantity, rate } from '../quantity.ts'
import {
  type BillCharge,
  type BillReading,
  type BillService,
  type BillSums,
  type VolumeBasis,
} from './bill-document.ts'

type Row = BillSums & {
  agreementId: number
  serviceName: string
  unit: string
  method: string | null
  price1: bigint | null
  volume1: bigint | null
  price2: bigint | null
  volume2: bigint | null
  obligatory: Kopecks | null
  /** Since when the (first zone's) price holds. */
  rateFrom: PlainDate | null
}

type ReadingRow = BillReading & { agreementId: number; zone: number }

/** The services of an account's bill for a month: sums, how each was found, corrections. */
export async function readBillServices(
  ctx: Context,
  accountId: number,
  month: Period,
): Promise<BillService[]> {
  const rows = await readRows(ctx, accountId, month)
  const readings = await readReadings(ctx, accountId, month)
  return rows.map((row) => ({
    name: row.serviceName,
    sums: sumsOf(row),
    charges: chargesOf(
      row,
      readings.filter((reading) => reading.agreementId === row.agreementId),
    ),
    corrections: row.correction === 0n ? [] : [{ amount: row.correction }],
    obligatoryPayment: row.subsidy === 0n ? undefined : (row.obligatory ?? undefined),
  }))
}

// A month without entries keeps the balance of the latest one before it.
function readRows(ctx: Context, accountId: number, month: Period): Promise<Row[]> {
  return ctx.sql.many<Row>`
    select g.id as "agreementId", s.name as "serviceName", s.unit,
      coalesce(t.opening, b.closing, 0) as opening, coalesce(t.accrued, 0) as accrued,
      coalesce(t.subscription, 0) as subscription, coalesce(t.penalty, 0) as penalty,
      coalesce(t.correction, 0) as correction, coalesce(t.benefit, 0) as benefit,
      coalesce(t.subsidy, 0) as subsidy, coalesce(t.paid, 0) as paid,
      coalesce(t.closing, b.closing, 0) as closing, c.method, c.price1_e8 as price1,
      c.volume1_e8 as volume1, c.price2_e8 as price2, c.volume2_e8 as volume2,
      w.obligatory, f.from_day as "rateFrom"
    from agreement g
    join service s on s.id = g.service_id
    left join statement t on t.agreement_id = g.id and t.period = ${month}
    left join lateral (
      select closing from statement e where e.agreement_id = g.id and e.period < ${month}
      order by e.period desc limit 1) b on true
    left join charge c on c.agreement_id = g.id and c.period = ${month} and not c.reversed
    left join lateral (
      select obligatory from subsidy_award w where w.agreement_id = g.id
        and extract(year from w.from_day) * 100 + extract(month from w.from_day) <= ${month}
        and extract(year from w.to_day - 1) * 100 + extract(month from w.to_day - 1) >= ${month}
      order by w.from_day desc limit 1) w on true
    left join lateral (
      select from_day from tariff f where f.service_id = s.id and f.price_e8 = c.price1_e8
        and f.retired_at is null
        and extract(year from f.from_day) * 100 + extract(month from f.from_day) <= ${month}
      order by f.from_day desc limit 1) f on true
    where g.account_id = ${accountId} order by s.code`
}

function readReadings(ctx: Context, accountId: number, month: Period): Promise<ReadingRow[]> {
  return ctx.sql.many<ReadingRow>`
    select g.id as "agreementId", r.zone, m.serial as meter, p.value_e8 as previous,
      p.taken_on as "previousOn", c.value_e8 as current, c.taken_on as "currentOn"
    from agreement g
    join meter m on m.agreement_id = g.id
    join register r on r.meter_id = m.id
    join lateral (
      select value_e8, taken_on from reading
      where register_id = r.id and state = 'accepted' and period = ${month}
      order by taken_on desc, id desc limit 1) c on true
    join lateral (
      select value_e8, taken_on from reading
      where register_id = r.id and state = 'accepted' and period < ${month}
      order by taken_on desc, id desc limit 1) p on true
    where g.account_id = ${accountId} order by g.id, m.id, r.zone`
}

function sumsOf(row: Row): BillService['sums'] {
  const { accrued, benefit, closing, correction, opening, paid, penalty, subscription, subsidy } =
    row
  return { opening, accrued, subscription, penalty, correction, benefit, subsidy, paid, closing }
}

/** A line a zone; the last line takes what rounding left, so that they sum to the accrual. */
function chargesOf(row: Row, readings: readonly ReadingRow[]): BillCharge[] {
  // A program may send the sum alone: then there is no formula to show.
  if (row.method === null || !row.price1 || !row.volume1) return []
  const twoZones = row.volume2 !== null && row.price2 !== null && row.price2 !== 0n
  const day = lineOf(row, readings, row.price1, row.volume1, twoZones ? 1 : null)
  if (!twoZones) return row.accrued === 0n ? [] : [{ ...day, amount: row.accrued }]
  const night = lineOf(row, readings, row.price2 ?? 0n, row.volume2 ?? 0n, 2)
  return [day, { ...night, amount: kopecks(row.accrued - day.amount) }]
}

function lineOf(
  row: Row,
  readings: readonly ReadingRow[],
  price: bigint,
  volume: bigint,
  zone: 1 | 2 | null,
): BillCharge {
  const own = readings.filter((reading) => zone === null || reading.zone === zone)
  return {
    zone: zone === null ? undefined : zone === 1 ? 'day' : 'night',
    volume: quantity(volume),
    unit: row.unit,
    rate: rate(price),
    rateFrom: row.rateFrom ?? undefined,
    amount: cost(quantity(volume), rate(price)),
    basis: basisOf(row.method, own),
  }
}

/** How the program's method is told; what is counted by persons, or not at all, needs no more. */
const BASES: Record<string, Exclude<VolumeBasis, { method: 'meter' }>> = {
  average: { method: 'average' },
  norm: { method: 'norm' },
  house: { method: 'house-share' },
  area: { method: 'area' },
}

function basisOf(method: string | null, readings: readonly ReadingRow[]): VolumeBasis {
  if (method === 'meter') return { method, readings: [...readings] }
  return BASES[method ?? ''] ?? { method: 'residents' }
}
