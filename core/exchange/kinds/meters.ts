import { bulkInsert } from '../../db/bulk-insert.ts'
import { type PlainDate } from '../../period.ts'
import { wholeQuantity } from '../../quantity.ts'
import { accountKey } from '../../registry/account-number.ts'
import { type AccountNumber, type Cells } from '../cells.ts'
import { compareRows } from '../compare-rows.ts'
import { defineKind, type FileRow, type Job } from '../kind.ts'
import { type Layout } from '../layout.ts'
import { resolveAgreements } from '../resolve.ts'

/** A dial of a meter; a meter of two zones has a row for each. */
type Dial = {
  serial: string
  model: string
  place: string
  digits: number
  verifiedOn: PlainDate | null
  verifiedUntil: PlainDate | null
  installedOn: PlainDate | null
  removedOn: PlainDate | null
  seal: string | null
  zone: number
  initialE8: bigint
}
type MeterRow = FileRow & Dial & { provider: string; account: AccountNumber; service: string }
type AgreedDial = Dial & { agreementId: number }
type AgreedRow = FileRow & AgreedDial

const LAYOUTS: readonly Layout[] = [
  {
    name: 'town',
    columns: {
      account: { headings: ['Особовий рахунок', 'Лицевой счёт', 'RAH'] },
      provider: { headings: ['ЄДРПОУ', 'УНП', 'EDRPOU'], optional: true },
      service: { headings: ['Код послуги', 'Код услуги', 'POSL'] },
      serial: { headings: ['№ лічильника', '№ счётчика', 'NOMER'] },
      model: { headings: ['Модель', 'MODEL'], optional: true },
      place: { headings: ['Місце', 'Место', 'MISCE'], optional: true },
      zone: { headings: ['Зона', 'ZON'], optional: true },
      digits: { headings: ['Розрядність', 'Разрядность', 'ROZR'] },
      verifiedOn: { headings: ['Дата повірки', 'Дата поверки', 'DPOVIR'], optional: true },
      verifiedUntil: {
        headings: ['Наступна повірка', 'Следующая поверка', 'DNASTUP'],
        optional: true,
      },
      installedOn: { headings: ['Встановлено', 'Установлен', 'DVSTAN'], optional: true },
      removedOn: { headings: ['Знято', 'Снят', 'DZNYAT'], optional: true },
      initial: { headings: ['Початкове показання', 'Начальное показание', 'POKPOCH'] },
      seal: { headings: ['Пломба', 'PLOMBA'], optional: true },
    },
  },
]

/** A longer dial does not exist, and its values would not fit into the database. */
const DIGITS_MAX = 10
const UNIT_E8 = wholeQuantity(1)

/** Meters with their dials; a known serial (folded) of an agreement is changed where the file differs. */
export const meters = defineKind<MeterRow>({
  layouts: LAYOUTS,
  totals: { units: { initial: (row) => row.initialE8 / UNIT_E8 } },
  read: readRow,
  async plan(job, rows) {
    const resolved = await resolveAgreements(job, rows)
    const dials = resolved.map(({ row, agreementId }): AgreedRow => ({ ...row, agreementId }))
    refuseContradictions(job, dials)
    const stored = await readStored(job, dials)
    const { fresh, changed } = await compareRows(job.findings, dials, {
      key: dialKey,
      content: (dial) => [...meterContent(dial), dial.initialE8],
      stored: new Map(
        stored.map((dial) => [dialKey(dial), [...meterContent(dial), dial.initialE8]]),
      ),
      contradiction: { role: 'serial', code: 'duplicate-meter' },
    })
    return {
      fresh,
      changed,
      apply: () => store(job, [...fresh, ...changed]),
    }
  },
})

function readRow(cells: Cells): MeterRow {
  const zone = cells.integerOrNull('zone') ?? 0
  if (zone > 2) cells.refuse('zone', 'zone-unknown')
  const digits = cells.integer('digits')
  if (digits < 1 || digits > DIGITS_MAX) cells.refuse('digits', 'digits-out-of-range')
  const initial = cells.integer('initial', DIGITS_MAX)
  if (String(initial).length > digits) cells.refuse('initial', 'too-many-digits')
  return {
    line: cells.line,
    provider: cells.text('provider', 12),
    account: cells.account('account'),
    service: cells.words('service', 12),
    serial: cells.words('serial', 40),
    model: cells.text('model', 60),
    place: cells.text('place', 60),
    zone,
    digits,
    verifiedOn: cells.dayOrNull('verifiedOn'),
    verifiedUntil: cells.dayOrNull('verifiedUntil'),
    installedOn: cells.dayOrNull('installedOn'),
    removedOn: cells.dayOrNull('removedOn'),
    seal: cells.text('seal', 40) || null,
    initialE8: wholeQuantity(initial),
  }
}

function meterKey({ agreementId, serial }: AgreedDial): string {
  return `${agreementId}/${accountKey(serial)}`
}

function dialKey(dial: AgreedDial): string {
  return `${meterKey(dial)}/${dial.zone}`
}

// Without the serial: look-alike spellings of one serial are one meter.
function meterContent(dial: Dial) {
  const { digits, installedOn, model, place, removedOn, seal, verifiedOn, verifiedUntil } = dial
  return [model, place, digits, verifiedOn, verifiedUntil, installedOn, removedOn, seal]
}

/** Rows of the zones of one meter must say the same of the meter. */
function refuseContradictions({ findings }: Job, dials: readonly AgreedRow[]): void {
  const first = new Map<string, string>()
  for (const dial of dials) {
    const said = meterContent(dial).join('|')
    const earlier = first.get(meterKey(dial)) ?? said
    first.set(meterKey(dial), earlier)
    if (earlier !== said) findings.refuse(dial.line, 'serial', 'duplicate-meter', dial.serial)
  }
}

async function readStored({ tx }: Job, dials: readonly AgreedDial[]): Promise<AgreedDial[]> {
  return tx.sql.many<AgreedDial>`
    select m.agreement_id as "agreementId", m.serial, m.model, m.place, m.digits,
      m.verified_on as "verifiedOn", m.verified_until as "verifiedUntil",
      m.installed_on as "installedOn", m.removed_on as "removedOn", m.seal, r.zone,
      r.initial_e8 as "initialE8"
    from meter m join register r on r.meter_id = m.id
    where m.agreement_id = any(${dials.map((dial) => dial.agreementId)}::int4[])`
}

const METER_COLUMNS = {
  agreement_id: 'int4',
  serial_key: 'text',
  serial: 'text',
  model: 'text',
  place: 'text',
  digits: 'int2',
  verified_on: 'date',
  verified_until: 'date',
  installed_on: 'date',
  removed_on: 'date',
  seal: 'text',
}

async function store({ tx }: Job, dials: readonly AgreedDial[]): Promise<void> {
  const distinct = [...new Map(dials.map((dial) => [meterKey(dial), dial])).values()]
  const rows = distinct.map((dial) => [
    dial.agreementId,
    accountKey(dial.serial),
    dial.serial,
    ...meterContent(dial),
  ])
  const [, , , ...told] = Object.keys(METER_COLUMNS)
  await bulkInsert(tx.sql, 'meter', METER_COLUMNS, rows, {
    onConflict: { columns: ['agreement_id', 'serial_key'], update: told },
  })
  await tx.sql.run`
    update meter m set removed_at = case when m.removed_on is null then null else ${tx.now()}::timestamptz end
    from unnest(${dials.map((dial) => dial.agreementId)}::int4[],
      ${dials.map((dial) => accountKey(dial.serial))}::text[]) as w (agreement_id, serial_key)
    where m.agreement_id = w.agreement_id and m.serial_key = w.serial_key
      and (m.removed_on is null) <> (m.removed_at is null)`
  await tx.sql.run`
    insert into verification (meter_id, from_day, until_day, recorded_at)
    select m.id, m.verified_on, m.verified_until, ${tx.now()}
    from (select distinct * from unnest(${dials.map((dial) => dial.agreementId)}::int4[],
      ${dials.map((dial) => accountKey(dial.serial))}::text[])) as w (agreement_id, serial_key)
    join meter m using (agreement_id, serial_key)
    where m.verified_until is not null and not exists (
      select 1 from verification v where v.meter_id = m.id and v.until_day = m.verified_until
        and v.from_day is not distinct from m.verified_on)`
  await tx.sql.run`
    insert into register (meter_id, zone, initial_e8)
    select m.id, w.zone, w.initial_e8
    from unnest(${dials.map((dial) => dial.agreementId)}::int4[],
      ${dials.map((dial) => accountKey(dial.serial))}::text[],
      ${dials.map((dial) => dial.zone)}::int2[], ${dials.map((dial) => dial.initialE8)}::int8[])
      as w (agreement_id, serial_key, zone, initial_e8)
    join meter m using (agreement_id, serial_key)
    on conflict (meter_id, zone) do update set initial_e8 = excluded.initial_e8`
}
