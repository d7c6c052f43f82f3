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
  fromDay: PlainDate
  /** First day it is no longer valid. */
  toDay: PlainDate | null
  priceE8: bigint
  subscription: Kopecks
  normE8: bigint | null
}
type Version = Omit<TariffRow, 'line' | 'service'> & { serviceId: number }
type NewVersion = Version & FileRow

const LAYOUTS: readonly Layout[] = [
  {
    name: 'town',
    columns: {
      service: { headings: ['Код послуги', 'POSL'] },
      zone: { headings: ['Зона', 'ZON'], optional: true },
      fromDay: { headings: ['Діє з', 'DATAZ'] },
      toDay: { headings: ['Діє до', 'DATAPO'], optional: true },
      price: { headings: ['Тариф, грн', 'Тариф', 'TARYF'] },
      subscription: { headings: ['Абонплата, грн', 'Абонплата', 'ABON'], optional: true },
      norm: { headings: ['Норма', 'NORMA'], optional: true },
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
      apply: async () => store(job, written),
    }
  },
})

function readRow(cells: Cells): TariffRow {
  const zone = ZONES.get(cells.text('zone', 10).toLowerCase())
  if (zone === undefined) cells.refuse('zone', 'zone-unknown')
  const fromDay = cells.day('fromDay')
  const lastDay = cells.dayOrNull('toDay')
  if (lastDay !== null && lastDay < fromDay) cells.refuse('toDay', 'range-ends-before-start')
  const priceE8 = cells.quantity('price')
  if (priceE8 < 0n) cells.refuse('price', 'price-negative')
  return {
    line: cells.line,
    service: cells.words('service', 12),
    zone: zone ?? 0,
    fromDay,
    toDay: lastDay && addDays(lastDay, 1),
    priceE8,
    subscription: cells.amountOrZero('subscription'),
    normE8: cells.quantityOrNull('norm'),
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

function versionKey({ fromDay, serviceId, zone }: Version): string {
  return `${serviceId}/${zone}/${fromDay}`
}

function content(version: Version) {
  const { fromDay, normE8, priceE8, serviceId, subscription, toDay, zone } = version
  return [serviceId, zone, fromDay, toDay, priceE8, subscription, normE8]
}

async function readStored({ tx }: Job, rows: readonly Version[]): Promise<Version[]> {
  return tx.sql.many<Version>`
    select service_id as "serviceId", zone, from_day as "fromDay", to_day as "toDay",
      price_e8 as "priceE8", subscription, norm_e8 as "normE8"
    from tariff where service_id = any(${rows.map((row) => row.serviceId)}::int4[])`
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
  if (earlier.serviceId !== later.serviceId || earlier.zone !== later.zone) return false
  return earlier.fromDay < later.fromDay && earlier.toDay !== null && earlier.toDay > later.fromDay
}

async function store({ tx }: Job, rows: readonly NewVersion[]): Promise<void> {
  const columns = {
    service_id: 'int4',
    zone: 'int2',
    from_day: 'date',
    to_day: 'date',
    price_e8: 'int8',
    subscription: 'int8',
    norm_e8: 'int8',
  }
  await bulkInsert(tx.sql, 'tariff', columns, rows.map(content), {
    onConflict: {
      columns: ['service_id', 'zone', 'from_day'],
      update: ['to_day', 'price_e8', 'subscription', 'norm_e8'],
    },
  })
  await tx.sql.run`
    update tariff t set to_day = next.from_day
    from tariff next
    where t.service_id = any(${rows.map((row) => row.serviceId)}::int4[]) and t.to_day is null
      and next.service_id = t.service_id and next.zone = t.zone and next.from_day > t.from_day
      and not exists (
        select 1 from tariff between_them
        where between_them.service_id = t.service_id and between_them.zone = t.zone
          and between_them.from_day > t.from_day and between_them.from_day < next.from_day)`
}
