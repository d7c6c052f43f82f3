import { fitsDial } from '../../metering/dial.ts'
import { judgeReading } from '../../metering/judge-reading.ts'
import { monthsBetween, type Period, periodOf, type PlainDate } from '../../period.ts'
import { type Quantity, quantity, wholeQuantity } from '../../quantity.ts'
import { accountKey } from '../../registry/account-number.ts'
import { readDirectory } from '../../registry/read-directory.ts'
import { type AccountNumber, type Cells } from '../cells.ts'
import { compareRows } from '../compare-rows.ts'
import { defineKind, type FileRow, type Job } from '../kind.ts'
import { type Layout } from '../layout.ts'
import { resolveAccounts } from '../resolve.ts'
import {
  type Dial,
  type DialRow,
  readDials,
  readLastBefore,
  readSameDay,
  storeReadings,
} from './reading-store.ts'

type ReadingRow = FileRow & {
  provider: string
  account: AccountNumber
  /** '' when the file leaves it to the serial. */
  service: string
  serial: string
  zone: number
  period: Period
  takenOn: PlainDate
  value: Quantity
  rejectReason: string | null
}

const LAYOUTS: readonly Layout[] = [
  {
    name: 'town',
    columns: {
      account: { headings: ['Особовий рахунок', 'Лицевой счёт', 'RAH'] },
      provider: { headings: ['ЄДРПОУ', 'УНП', 'EDRPOU'], optional: true },
      service: { headings: ['Код послуги', 'Послуга', 'Код услуги', 'POSL'], optional: true },
      serial: { headings: ['№ лічильника', '№ счётчика', 'NOMER'] },
      zone: { headings: ['Зона', 'ZON'], optional: true },
      period: { headings: ['Період', 'Период', 'PERIOD'], optional: true },
      takenOn: { headings: ['Дата показання', 'Дата показания', 'DATPOK'] },
      value: { headings: ['Показання', 'Показание', 'POKAZ'] },
      state: { headings: ['Стан', 'STAN'], optional: true },
    },
  },
]

const REJECTED = 'відхилено'
/** Why a provider did not accept a reading; unknown words keep the reading out all the same. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ['прострочена повірка', 'verification-expired'],
])
const OTHER_REASON = 'rejected-by-provider'
/** Longer is no number at all; what the dial itself can show is checked against the meter. */
const DIAL_DIGITS = 15
const UNIT_E8 = wholeQuantity(1)

/**
 * Readings as the provider judged them. The same dial, day, value and state again is known; another
 * value for the same day takes the place of the stored one, and both stay.
 */
export const readings = defineKind<ReadingRow>({
  layouts: LAYOUTS,
  totals: { units: { value: (row) => row.value / UNIT_E8 } },
  read: readRow,
  async plan(job, rows) {
    const dialRows = await findDials(job, rows)
    const stored = await readSameDay(job.tx, dialRows)
    const { fresh, changed } = await compareRows(job.findings, dialRows, {
      key: dayKey,
      content: ({ rejectReason, value }) => [value, rejectReason],
      stored: new Map(stored.map((row) => [dayKey(row), [row.value, row.rejectReason]])),
      contradiction: { role: 'value', code: 'duplicate-reading' },
    })
    const unknown = new Set([...fresh, ...changed])
    await judge(job, dialRows, unknown)
    return {
      fresh,
      changed,
      apply: (batchId) => storeReadings(job.tx, batchId, fresh, changed),
    }
  },
})

function readRow(cells: Cells): ReadingRow {
  const zone = cells.integerOrNull('zone') ?? 0
  if (zone > 2) cells.refuse('zone', 'zone-unknown')
  const takenOn = cells.pastDay('takenOn')
  return {
    line: cells.line,
    provider: cells.text('provider', 12),
    account: cells.account('account'),
    service: cells.text('service', 12),
    serial: cells.words('serial', 40),
    zone,
    period: cells.monthOrNull('period') ?? periodOf(takenOn),
    takenOn,
    value: wholeQuantity(cells.integer('value', DIAL_DIGITS)),
    rejectReason: readReason(cells),
  }
}

function readReason(cells: Cells): string | null {
  const state = cells.text('state').toLowerCase()
  if (state === '' || state === 'прийнято') return null
  const [verdict, reason = ''] = state.split(':').map((part) => part.trim())
  if (verdict !== REJECTED) cells.refuse('state', 'state-unknown')
  return REASONS.get(reason) ?? OTHER_REASON
}

function dayKey({ registerId, takenOn }: { registerId: number; takenOn: PlainDate }): string {
  return `${registerId}/${takenOn}`
}

async function findDials(job: Job, rows: readonly ReadingRow[]): Promise<DialRow[]> {
  const { findings, tx } = job
  const directory = await readDirectory(tx)
  const resolved = await resolveAccounts(job, directory, rows)
  const dials = await readDials(
    tx,
    resolved.map(({ account }) => account.id),
  )
  return resolved.flatMap(({ account, providerId, row }) => {
    const service = row.service === '' ? null : directory.service(providerId, row.service)
    if (row.service !== '' && !service) {
      findings.refuse(row.line, 'service', 'unknown-service', row.service)
      return []
    }
    const ofSerial = dials.get(`${account.id}/${accountKey(row.serial)}/${row.zone}`) ?? []
    const found = service ? ofSerial.filter((dial) => dial.serviceId === service.id) : ofSerial
    const [dial, ...others] = found
    if (!dial || others.length > 0) {
      findings.refuse(row.line, 'serial', dial ? 'ambiguous-meter' : 'unknown-meter', row.serial)
      return []
    }
    return [dialRow(row, dial)]
  })
}

function dialRow(row: ReadingRow, dial: Dial): DialRow {
  const { line, period, rejectReason, takenOn, value } = row
  const { digits, initial, registerId } = dial
  return {
    ...{ line, period, rejectReason, takenOn, value },
    ...{ digits, initial, registerId },
    rolledOver: false,
  }
}

/** The way of one dial through the file. */
type Trail = { previous: Quantity; period: Period | null; volume: bigint; months: number }

/**
 * Walks every dial by days: a value below the one before is either past the dial's zero (marked) or
 * refused, `reading-below-previous`. Values the provider rejected are kept out of the walk.
 */
async function judge(
  job: Job,
  rows: readonly DialRow[],
  unknown: ReadonlySet<DialRow>,
): Promise<void> {
  const last = await readLastBefore(job.tx, rows)
  const trails = new Map<number, Trail>()
  const ordered = rows.toSorted((a, b) =>
    a.takenOn < b.takenOn ? -1 : a.takenOn > b.takenOn ? 1 : a.line - b.line,
  )
  for (const row of ordered) {
    if (!fitsDial(row.value, row.digits)) {
      job.findings.refuse(row.line, 'value', 'too-many-digits', String(row.value / UNIT_E8))
      continue
    }
    if (row.rejectReason !== null) continue
    const before = last.get(row.registerId)
    const start = { previous: before?.value ?? row.initial, period: before?.period ?? null }
    const trail = trails.get(row.registerId) ?? { ...start, volume: 0n, months: 0 }
    trails.set(row.registerId, step(job, row, trail, unknown.has(row)))
  }
}

function step({ findings }: Job, row: DialRow, trail: Trail, isUnknown: boolean): Trail {
  const months = Math.max(1, trail.period === null ? 1 : monthsBetween(trail.period, row.period))
  const average = trail.months === 0 ? null : quantity(trail.volume / BigInt(trail.months))
  const { digits } = row
  const { previous } = trail
  const judged = judgeReading(row.value, { digits, previous, months, average, norm: null })
  if (!('volume' in judged)) {
    if (!isUnknown) return { ...trail, previous: row.value, period: row.period }
    findings.refuse(row.line, 'value', 'reading-below-previous', String(row.value / UNIT_E8))
    return trail
  }
  row.rolledOver = judged.verdict === 'rollover'
  if (judged.verdict === 'unusual' && average !== null && isUnknown)
    findings.warn(row.line, 'value', 'reading-unusual', String(row.value / UNIT_E8))
  return {
    previous: row.value,
    period: row.period,
    volume: trail.volume + judged.volume,
    months: trail.months + months,
  }
}
