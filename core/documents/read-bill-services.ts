import { readLines, type ChargedLine } from '../billing/explain/read-lines.ts'
import { describeSources, type SourceDetails } from '../billing/explain/describe-sources.ts'
import { formulaInputs, penaltyDays } from '../billing/explain/formula-inputs.ts'
import { type Context } from '../context.ts'
import { type Kopecks, kopecks } from '../money.ts'
import { type Period, type PlainDate, addDays, lastDay } from '../period.ts'
import {
  type BillCharge,
  type BillCorrection,
  type BillReading,
  type BillService,
  type BillSums,
  type VolumeBasis,
} from './bill-document.ts'

type Row = BillSums & {
  agreementId: number
  serviceName: string
  unit: string
  obligatory: Kopecks | null
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
  const services: BillService[] = []
  for (const row of rows) {
    const lines = await readLines(ctx, row.agreementId, month)
    const own = readings.filter((reading) => reading.agreementId === row.agreementId)
    const accruals = lines.filter(({ kind }) => kind === 'accrual')
    const told = await describeSources(
      ctx,
      accruals.flatMap((line) => formulaInputs(line.formula)),
    )
    services.push({
      name: row.serviceName,
      sums: sumsOf(row),
      charges: accruals.flatMap((line) => chargeOf(line, { row, month, readings: own, told })),
      corrections: correctionsOf(row, lines),
      obligatoryPayment: row.subsidy === 0n ? undefined : (row.obligatory ?? undefined),
      penaltyDays: penaltyDaysOf(lines),
    })
  }
  return services
}

// A month without entries keeps the balance of the latest one before it.
function readRows(ctx: Context, accountId: number, month: Period): Promise<Row[]> {
  return ctx.sql.many<Row>`
    select g.id as "agreementId", s.name as "serviceName", s.unit,
      coalesce(t.opening, b.closing, 0) as opening, coalesce(t.accrued, 0) as accrued,
      coalesce(t.subscription, 0) as subscription, coalesce(t.penalty, 0) as penalty,
      coalesce(t.correction, 0) as correction, coalesce(t.benefit, 0) as benefit,
      coalesce(t.subsidy, 0) as subsidy, coalesce(t.paid, 0) as paid,
      coalesce(t.closing, b.closing, 0) as closing, w.obligatory
    from agreement g
    join service s on s.id = g.service_id
    left join statement t on t.agreement_id = g.id and t.period = ${month}
    left join lateral (
      select closing from statement e where e.agreement_id = g.id and e.period < ${month}
      order by e.period desc limit 1) b on true
    left join lateral (
      select obligatory from subsidy_award w where w.agreement_id = g.id
        and yyyymm(w.from_day) <= ${month} and yyyymm(w.to_day - 1) >= ${month}
      order by w.from_day desc limit 1) w on true
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

type Known = {
  row: Row
  month: Period
  readings: readonly ReadingRow[]
  told: ReadonlyMap<string, SourceDetails>
}

const ZONES = [undefined, 'day', 'night', 'peak', 'semi-peak'] as const

/** A line of the accrual; a program may send the sum alone, and zero says nothing. */
function chargeOf(line: ChargedLine, { month, readings, row, told }: Known): BillCharge[] {
  const { amount, price, volume, zone } = line
  if (price === null || volume === null || (amount === 0n && volume === 0n)) return []
  const own = readings.filter((reading) => zone === 0 || reading.zone === zone)
  return [
    {
      zone: ZONES[zone],
      volume,
      unit: row.unit,
      rate: price,
      ...validity(line, month, told),
      amount,
      basis: basisOf(line, own),
    },
  ]
}

/** Since when the price holds, and until when if it changed inside the month. */
function validity({ formula }: ChargedLine, month: Period, told: Known['told']) {
  const price = formulaInputs(formula).find(
    ({ source }) => source === 'tariff' || source === 'charge',
  )
  const details = price && told.get(`${price.source}:${price.id}`)
  const from = (details?.['fromDay'] ?? undefined) as PlainDate | undefined
  const end = details?.['toDay'] as PlainDate | null | undefined
  const last = end ? addDays(end, -1) : null
  return {
    rateFrom: from,
    rateTo: last !== null && last < lastDay(month) ? last : undefined,
  }
}

function basisOf({ method }: ChargedLine, readings: readonly ReadingRow[]): VolumeBasis {
  switch (method) {
    case 'meter':
      return { method, readings: [...readings] }
    case 'average':
    case 'norm':
    case 'area':
      return { method }
    case 'house':
      return { method: 'house-share' }
    case 'none':
    case 'persons':
    case 'fixed':
    case 'extra':
      return { method: 'residents' }
  }
}

/** Past months rated again, each with what it was and is; what has no line is told as a sum. */
function correctionsOf(row: Row, lines: readonly ChargedLine[]): BillCorrection[] {
  const told = lines.flatMap((line): BillCorrection[] => {
    if (line.kind !== 'recalculation') return []
    const { about, amount, reason } = line
    const booked = formulaInputs(line.formula).find(({ source }) => source === 'booked')
    const was = booked && kopecks(booked.value / KOPECK_E8)
    return [
      {
        amount,
        ...(about !== null && { period: about }),
        ...(was !== undefined && { was, now: kopecks(was + amount) }),
        ...(reason !== null && { because: reason.split(',') }),
      },
    ]
  })
  const rest = kopecks(row.correction - told.reduce((sum, { amount }) => sum + amount, 0n))
  return rest === 0n ? told : [...told, { amount: rest }]
}

const KOPECK_E8 = 1_000_000n

/** Days the month's penalty counts. */
function penaltyDaysOf(lines: readonly ChargedLine[]): number | undefined {
  const penalty = lines.find(({ about, kind }) => kind === 'penalty' && about === null)
  return penalty && (penaltyDays(penalty.formula) || undefined)
}
