import { bulkInsert } from '../../db/bulk-insert.ts'
import { type Period } from '../../period.ts'
import { type Quantity, wholeQuantity } from '../../quantity.ts'
import { type AccountNumber, type Cells } from '../cells.ts'
import { compareRows } from '../compare-rows.ts'
import { defineKind, type FileRow, type Job } from '../kind.ts'
import { type Layout } from '../layout.ts'
import { resolveAgreements } from '../resolve.ts'

/** What an agreement used in a month, in 10⁻⁸ units, as somebody else found it. */
type Volume = { agreementId: number; period: Period; volume: Quantity; source: string }
type VolumeRow = FileRow &
  Omit<Volume, 'agreementId'> & { provider: string; account: AccountNumber; service: string }
type AgreedRow = FileRow & Volume

const LAYOUTS: readonly Layout[] = [
  {
    name: 'town',
    columns: {
      account: { headings: ['Особовий рахунок', 'Лицевой счёт', 'RAH'] },
      provider: { headings: ['ЄДРПОУ', 'УНП', 'EDRPOU'], optional: true },
      service: { headings: ['Код послуги', 'Код услуги', 'POSL'] },
      period: { headings: ['Період', 'Период', 'PERIOD'] },
      volume: { headings: ["Об'єм", 'Обʼєм', 'Объём', 'OBS'] },
      source: { headings: ['Джерело', 'Источник'], optional: true },
    },
  },
]

const UNIT_E8 = wholeQuantity(1)

/**
 * Volumes of months that were found elsewhere, as a flat's share of the heat of its house. Another value
 * for a month takes the place of the first one, which stays for whoever asks how an old bill was made.
 */
export const volumes = defineKind<VolumeRow>({
  layouts: LAYOUTS,
  totals: { units: { volume: (row) => row.volume / UNIT_E8 } },
  read: readRow,
  async plan(job, rows) {
    const resolved = await resolveAgreements(job, rows)
    const agreed = resolved.map(({ agreementId, row }): AgreedRow => {
      const { line, period, source, volume } = row
      return { line, agreementId, period, volume, source }
    })
    const { fresh, changed } = await compareRows(job.findings, agreed, {
      key: volumeKey,
      content,
      stored: await readStored(job, agreed),
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
  return {
    line: cells.line,
    provider: cells.text('provider', 12),
    account: cells.account('account'),
    service: cells.words('service', 12),
    period: cells.pastMonth('period'),
    volume,
    source: cells.text('source'),
  }
}

function volumeKey({ agreementId, period }: Volume): string {
  return `${agreementId}/${period}`
}

function content({ source, volume }: Volume) {
  return [volume, source]
}

async function readStored({ tx }: Job, rows: readonly AgreedRow[]) {
  const stored = await tx.sql.many<Volume>`
    select agreement_id as "agreementId", period, volume_e8 as volume, source
    from imported_volume
    where agreement_id = any(${rows.map((row) => row.agreementId)}::int4[])
      and period = any(${[...new Set(rows.map((row) => row.period))]}::int4[])
      and retired_at is null`
  return new Map(stored.map((row) => [volumeKey(row), content(row)]))
}

async function store(
  { tx }: Job,
  batchId: number,
  { changed, fresh }: { fresh: readonly AgreedRow[]; changed: readonly AgreedRow[] },
): Promise<void> {
  await tx.sql.run`
    update imported_volume v set retired_at = ${tx.now()}
    from unnest(${changed.map((row) => row.agreementId)}::int4[],
      ${changed.map((row) => row.period)}::int4[]) as w (agreement_id, period)
    where (v.agreement_id, v.period) = (w.agreement_id, w.period) and v.retired_at is null`
  const columns = {
    agreement_id: 'int4',
    period: 'int4',
    volume_e8: 'int8',
    source: 'text',
    batch_id: 'int4',
    recorded_at: 'timestamptz',
  }
  const values = [...fresh, ...changed].map((row) => [
    ...[row.agreementId, row.period, row.volume, row.source, batchId, tx.now()],
  ])
  await bulkInsert(tx.sql, 'imported_volume', columns, values)
}
