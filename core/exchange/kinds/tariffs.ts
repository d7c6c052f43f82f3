import { bulkInsert } from '../../db/bulk-insert.ts'
import { type Kopecks } from '../../money.ts'
import { addDays, type PlainDate } from '../../period.ts'
import { type Directory, readDirectory } from '../../registry/read-directory.ts'
import { type Cells } from '../cells.ts'
import { compareRows } from '../compare-rows.ts'
import { defineKind, type FileRow, type Job } from '../kind.ts'
import { type Layout } from '../layout.ts'

type TariffRow = FileRow & {
  service: string
  zone: number
  part: string
  plan: string
  aboveE8: bigint
  fromDay: PlainDate
  /** First day it is no longer valid. */
  toDay: PlainDate | null
  priceE8: bigint
  subscription: Kopecks
  normE8: bigint | null
  source: string
}
type Version = Omit<TariffRow, 'line' | 'service'> & { serviceId: number }
type NewVersion = Version & FileRow

const LAYOUTS: readonly Layout[] = [
  {
    name: 'town',
    columns: {
      service: { headings: ['Код послуги', 'Код услуги', 'POSL'] },
      zone: { headings: ['Зона', 'ZON'], optional: true },
      part: { headings: ['Частина', 'Часть'], optional: true },
      plan: { headings: ['Вид тарифу', 'Вид тарифа'], optional: true },
      above: { headings: ['Понад обсяг', 'Сверх объёма'], optional: true },
      fromDay: { headings: ['Діє з', 'Действует с', 'DATAZ'] },
      toDay: { headings: ['Діє до', 'Действует до', 'DATAPO'], optional: true },
      price: { headings: ['Тариф, грн', 'Тариф, руб', 'Тариф', 'TARYF'] },
      subscription: { headings: ['Абонплата, грн', 'Абонплата', 'ABON'], optional: true },
      norm: { headings: ['Норма', 'NORMA'], optional: true },
      source: { headings: ['Рішення', 'Решение'], optional: true },
    },
  },
]

const ZONES: ReadonlyMap<string, number> = new Map([
  ['', 0],
  ['0', 0],
  ['1', 1],
  ['2', 2],
  ['день', 1],
  ['ніч', 2],
  ['3', 3],
  ['пік', 3],
  ['4', 4],
  ['напівпік', 4],
  ['ночь', 2],
  ['пик', 3],
  ['полупик', 4],
])

/** Parts of a two-part tariff and plans of price, as files name them. */
const PARTS: ReadonlyMap<string, string> = new Map([
  ['', 'volume'],
  ['змінна', 'volume'],
  ['переменная', 'volume'],
  ['volume', 'volume'],
  ['постійна', 'fixed'],
  ['постоянная', 'fixed'],
  ['fixed', 'fixed'],
])
const PLANS: ReadonlyMap<string, string> = new Map([
  ['', 'standard'],
  ['standard', 'standard'],
  ['субсидований', 'standard'],
  ['субсидируемый', 'standard'],
  ['full', 'full'],
  ['повний', 'full'],
  ['полный', 'full'],
])

/**
 * Dated tariffs. The last day a file names is the last day of validity. A new version ends an earlier
 * one that had no end; versions that overlap otherwise are refused, `tariff-overlaps`.
 */
export const tariffs = defineKind<TariffRow>({
  layouts: LAYOUTS,
  totals: {},
  read: readRow,
  async plan(job, rows) {
    const directory = await readDirectory(job.tx)
    const versions = rows.flatMap((row): NewVersion[] => {
      const serviceId = findService(job, directory, row)
      return serviceId === null ? [] : [{ ...row, serviceId }]
    })
    const stored = await readStored(job, versions)
    const { fresh, changed } = await compareRows(job.findings, versions, {
      key: versionKey,
      content,
      stored: new Map(stored.map((version) => [versionKey(version), content(version)])),
      contradiction: { role: 'fromDay', code: 'duplicate-tariff' },
    })
    const written = [...fresh, ...changed]
    refuseOverlaps(job, written, stored)
    return {
      fresh,
      changed,
      apply: async () => store(job, written, stored),
    }
  },
})

function readRow(cells: Cells): TariffRow {
  const zone = ZONES.get(cells.text('zone', 10).toLowerCase())
  if (zone === undefined) cells.refuse('zone', 'zone-unknown')
  const part = PARTS.get(cells.text('part', 20).toLowerCase())
  if (part === undefined) cells.refuse('part', 'part-unknown')
  const plan = PLANS.get(cells.text('plan', 20).toLowerCase())
  if (plan === undefined) cells.refuse('plan', 'plan-unknown')
  const fromDay = cells.day('fromDay')
  const lastDay = cells.dayOrNull('toDay')
  if (lastDay !== null && lastDay < fromDay) cells.refuse('toDay', 'range-ends-before-start')
  const priceE8 = cells.quantity('price')
  if (priceE8 < 0n) cells.refuse('price', 'price-negative')
  return {
    line: cells.line,
    service: cells.words('service', 12),
    zone: zone ?? 0,
    part: part ?? 'volume',
    plan: plan ?? 'standard',
    aboveE8: cells.quantityOrNull('above') ?? 0n,
    fromDay,
    toDay: lastDay && addDays(lastDay, 1),
    priceE8,
    subscription: cells.amountOrZero('subscription'),
    normE8: cells.quantityOrNull('norm'),
    source: cells.text('source', 200),
  }
}

/** Without a sender a code must be the only one of the town. */
function findService({ findings, sender }: Job, directory: Directory, row: TariffRow) {
  const [found, ...others] = directory.services.filter(
    ({ code, providerId }) => code === row.service && (!sender || providerId === sender.id),
  )
  if (found && others.length === 0) return found.id
  findings.refuse(row.line, 'service', found ? 'ambiguous-service' : 'unknown-service', row.service)
  return null
}

/** What a version is a price of. */
function priceKey({ aboveE8, part, plan, serviceId, zone }: Version): string {
  return [serviceId, zone, part, plan, aboveE8].join('/')
}

function versionKey(version: Version): string {
  return `${priceKey(version)}/${version.fromDay}`
}

function content(version: Version) {
  const { aboveE8, fromDay, normE8, part, plan, priceE8 } = version
  const { serviceId, source, subscription, toDay, zone } = version
  return [
    ...[serviceId, zone, part, plan, aboveE8, fromDay, toDay],
    ...[priceE8, subscription, normE8, source],
  ]
}

async function readStored({ tx }: Job, rows: readonly Version[]): Promise<Version[]> {
  return tx.sql.many<Version>`
    select service_id as "serviceId", zone, part, plan, above_e8 as "aboveE8",
      from_day as "fromDay", to_day as "toDay", price_e8 as "priceE8", subscription,
      norm_e8 as "normE8", source
    from tariff where service_id = any(${rows.map((row) => row.serviceId)}::int4[])
      and retired_at is null`
}

/** Of two versions in the file the later one is refused. */
function refuseOverlaps(job: Job, written: readonly NewVersion[], stored: readonly Version[]) {
  const replaced = new Set(written.map(versionKey))
  const kept = stored.filter((version) => !replaced.has(versionKey(version)))
  for (const row of written) {
    const overlaps =
      [...written, ...kept].some((other) => runsInto(other, row)) ||
      kept.some((other) => runsInto(row, other))
    if (overlaps) job.findings.refuse(row.line, 'fromDay', 'tariff-overlaps', row.fromDay)
  }
}

function runsInto(earlier: Version, later: Version): boolean {
  if (priceKey(earlier) !== priceKey(later)) return false
  return earlier.fromDay < later.fromDay && earlier.toDay !== null && earlier.toDay > later.fromDay
}

// A version is never edited: what it was stays for whoever asks how an old bill was made.
async function store({ tx }: Job, rows: readonly NewVersion[], stored: readonly Version[]) {
  const written = new Set(rows.map(versionKey))
  const open = stored.filter((one) => one.toDay === null && !written.has(versionKey(one)))
  const ended = open.map((one) => endBefore(rows, one)).filter((one) => one.toDay !== null)
  const versions = [...rows.map((row) => endBefore(rows, row)), ...ended]
  await tx.sql.run`
    update tariff t set retired_at = ${tx.now()}
    from unnest(${versions.map((one) => one.serviceId)}::int4[],
      ${versions.map((one) => one.zone)}::int2[], ${versions.map((one) => one.part)}::text[],
      ${versions.map((one) => one.plan)}::text[], ${versions.map((one) => one.aboveE8)}::int8[],
      ${versions.map((one) => one.fromDay)}::date[])
      as w (service_id, zone, part, plan, above_e8, from_day)
    where (t.service_id, t.zone, t.part, t.plan, t.above_e8, t.from_day)
      = (w.service_id, w.zone, w.part, w.plan, w.above_e8, w.from_day) and t.retired_at is null`
  const columns = {
    service_id: 'int4',
    zone: 'int2',
    part: 'text',
    plan: 'text',
    above_e8: 'int8',
    from_day: 'date',
    to_day: 'date',
    price_e8: 'int8',
    subscription: 'int8',
    norm_e8: 'int8',
    source: 'text',
    recorded_at: 'timestamptz',
  }
  const stamped = versions.map((one) => [...content(one), tx.now()])
  await bulkInsert(tx.sql, 'tariff', columns, stamped)
}

/** A version without an end is ended by the next one that starts. */
function endBefore(rows: readonly Version[], version: Version): Version {
  if (version.toDay !== null) return version
  const starts = rows
    .filter((row) => priceKey(row) === priceKey(version) && row.fromDay > version.fromDay)
    .map((row) => row.fromDay)
  return { ...version, toDay: starts.sort()[0] ?? null }
}
