import { bulkInsert } from '../../db/bulk-insert.ts'
import { type Period } from '../../period.ts'
import { type Quantity, wholeQuantity } from '../../quantity.ts'
import { readDirectory } from '../../registry/read-directory.ts'
import { type Cells } from '../cells.ts'
import { compareRows } from '../compare-rows.ts'
import { defineKind, type FileRow, type Job } from '../kind.ts'
import { type Layout } from '../layout.ts'
import { resolveProvider } from '../resolve.ts'

type HouseName = { streetType: string; street: string; house: string }
/** What a house meter measured in a month, and the heated area it is shared by; 10⁻⁸. */
type Volume = {
  houseId: number
  serviceId: number
  period: Period
  volume: Quantity
  area: Quantity
  source: string
}
type VolumeRow = FileRow &
  HouseName &
  Omit<Volume, 'houseId' | 'serviceId'> & { provider: string; service: string }
type FoundRow = FileRow & Volume

const LAYOUTS: readonly Layout[] = [
  {
    name: 'town',
    columns: {
      streetType: { headings: ['Тип вулиці', 'Тип улицы', 'TVUL'] },
      street: { headings: ['Вулиця', 'Улица', 'VUL'] },
      house: { headings: ['Будинок', 'Дом', 'BUD'] },
      provider: { headings: ['ЄДРПОУ', 'УНП', 'EDRPOU'], optional: true },
      service: { headings: ['Код послуги', 'Код услуги', 'POSL'] },
      period: { headings: ['Період', 'Период', 'PERIOD'] },
      volume: { headings: ["Об'єм", 'Обʼєм', 'Объём', 'OBS'] },
      area: { headings: ['Площа', 'Площадь', 'PL'] },
      source: { headings: ['Джерело', 'Источник'], optional: true },
    },
  },
]

const UNIT_E8 = wholeQuantity(1)

/**
 * Volumes of house meters by month, to be shared by heated area. Another value for a month takes the
 * place of the first one, which stays for whoever asks how an old bill was made.
 */
export const houseVolumes = defineKind<VolumeRow>({
  layouts: LAYOUTS,
  totals: { units: { volume: (row) => row.volume / UNIT_E8 } },
  read: readRow,
  async plan(job, rows) {
    const found = await resolveHouses(job, rows)
    const { fresh, changed } = await compareRows(job.findings, found, {
      key: volumeKey,
      content,
      stored: await readStored(job, found),
      contradiction: { role: 'period', code: 'duplicate-volume' },
    })
    return {
      fresh,
      changed,
      apply: (batchId) => store(job, batchId, { fresh, changed }),
    }
  },
})

function readRow(cells: Cells): VolumeRow {
  const volume = cells.quantity('volume')
  if (volume < 0n) cells.refuse('volume', 'volume-negative')
  const area = cells.quantity('area')
  if (area <= 0n) cells.refuse('area', 'area-not-positive')
  return {
    line: cells.line,
    streetType: cells.text('streetType', 20),
    street: cells.words('street', 100),
    house: cells.words('house', 20),
    provider: cells.text('provider', 12),
    service: cells.words('service', 12),
    period: cells.pastMonth('period'),
    volume,
    area,
    source: cells.text('source'),
  }
}

async function resolveHouses(job: Job, rows: readonly VolumeRow[]): Promise<FoundRow[]> {
  const directory = await readDirectory(job.tx)
  const houses = await readHouses(job, rows)
  return rows.flatMap((row): FoundRow[] => {
    const { area, line, period, source, volume } = row
    const providerId = resolveProvider(job, directory, row)
    if (providerId === null) return []
    const service = directory.service(providerId, row.service)
    if (!service) job.findings.refuse(line, 'service', 'unknown-service', row.service)
    const houseId = houses.get(houseName(row))
    if (houseId === undefined) job.findings.refuse(line, 'house', 'unknown-house', row.house)
    if (!service || houseId === undefined) return []
    return [{ line, houseId, serviceId: service.id, period, volume, area, source }]
  })
}

async function readHouses({ tx }: Job, rows: readonly VolumeRow[]): Promise<Map<string, number>> {
  const houses = await tx.sql.many<HouseName & { id: number }>`
    select id, street_type as "streetType", street, number as house
    from house where street = any(${[...new Set(rows.map((row) => row.street))]}::text[])`
  return new Map(houses.map((one) => [houseName(one), one.id]))
}

function houseName({ house, street, streetType }: HouseName): string {
  return JSON.stringify([streetType, street, house])
}

function volumeKey({ houseId, period, serviceId }: Volume): string {
  return `${houseId}/${serviceId}/${period}`
}

function content({ area, source, volume }: Volume) {
  return [volume, area, source]
}

async function readStored({ tx }: Job, rows: readonly FoundRow[]) {
  const stored = await tx.sql.many<Volume>`
    select house_id as "houseId", service_id as "serviceId", period, volume_e8 as volume,
      area_e8 as area, source
    from house_volume
    where house_id = any(${rows.map((row) => row.houseId)}::int4[]) and retired_at is null`
  return new Map(stored.map((row) => [volumeKey(row), content(row)]))
}

async function store(
  { tx }: Job,
  batchId: number,
  { changed, fresh }: { fresh: readonly FoundRow[]; changed: readonly FoundRow[] },
): Promise<void> {
  await tx.sql.run`
    update house_volume v set retired_at = ${tx.now()}
    from unnest(${changed.map((row) => row.houseId)}::int4[],
      ${changed.map((row) => row.serviceId)}::int4[], ${changed.map((row) => row.period)}::int4[])
      as w (house_id, service_id, period)
    where (v.house_id, v.service_id, v.period) = (w.house_id, w.service_id, w.period)
      and v.retired_at is null`
  const columns = {
    house_id: 'int4',
    service_id: 'int4',
    period: 'int4',
    volume_e8: 'int8',
    area_e8: 'int8',
    source: 'text',
    batch_id: 'int4',
    recorded_at: 'timestamptz',
  }
  const values = [...fresh, ...changed].map((row) => [
    ...[row.houseId, row.serviceId, row.period, row.volume, row.area, row.source],
    ...[batchId, tx.now()],
  ])
  await bulkInsert(tx.sql, 'house_volume', columns, values)
}
