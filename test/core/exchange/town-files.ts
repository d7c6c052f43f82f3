import { importFile, type ImportInput } from '../../../core/exchange/import-file.ts'
import { type ImportKind } from '../../../core/exchange/kind.ts'
import { type ImportReport } from '../../../core/exchange/report.ts'
import { type TestTown } from '../../support/town.ts'
import { fixture } from './formats/fixture.ts'

export const WATER = '55101018'
export const HEAT = '55202042'
export const HOUSING = '55303034'

type Options = Partial<Omit<ImportInput, 'kind' | 'content'>>

/** What the importer answers to bytes. */
export function give(town: TestTown, kind: ImportKind, content: Buffer, options: Options = {}) {
  return importFile(town, {
    kind,
    content,
    fileName: 'file',
    dryRun: false,
    author: 'test',
    ...options,
  })
}

/** The report of bytes that must be taken. */
export async function take(
  town: TestTown,
  kind: ImportKind,
  content: Buffer,
  options: Options = {},
): Promise<ImportReport> {
  const imported = await give(town, kind, content, options)
  if (!imported.ok) throw new Error(JSON.stringify(imported).slice(0, 2000))
  return imported.value
}

/** The report of bytes some rows of which must be refused. */
export async function refused(
  town: TestTown,
  kind: ImportKind,
  content: Buffer,
  options: Options = {},
): Promise<ImportReport> {
  const imported = await give(town, kind, content, options)
  if (imported.ok || imported.code !== 'rows-refused')
    throw new Error(JSON.stringify(imported).slice(0, 2000))
  return imported.report
}

/** `line code` of every error. */
export function faults(report: ImportReport): string[] {
  return report.errors.map(({ code, line }) => `${line} ${code}`)
}

/** A text table: the heading and the rows, cells parted by `;`. */
export function csv(...lines: string[]): Buffer {
  return Buffer.from(`${lines.join('\r\n')}\r\n`)
}

/** Providers, services, tariffs, accounts and meters of the invented town. */
export async function registerTown(town: TestTown): Promise<void> {
  await take(town, 'providers', fixture('isengard/providers.csv'))
  await take(town, 'services', fixture('isengard/services.csv'))
  await take(town, 'tariffs', fixture('isengard/tariffs.csv'))
  await take(town, 'accounts', fixture('isengard/accounts.csv'))
  await take(town, 'meters', fixture('isengard/meters.dbf'))
}

/** Only those records of a dbf file whose text (one character a byte, with the deletion mark) is kept. */
export function pickRecords(dbf: Buffer, keep: (record: string) => boolean): Buffer {
  const headerBytes = dbf.readUInt16LE(8)
  const recordBytes = dbf.readUInt16LE(10)
  const header = Buffer.from(dbf.subarray(0, headerBytes))
  const kept: Buffer[] = []
  for (let index = 0; index < dbf.readUInt32LE(4); index++) {
    const start = headerBytes + index * recordBytes
    const record = dbf.subarray(start, start + recordBytes)
    if (keep(record.toString('latin1'))) kept.push(record)
  }
  header.writeUInt32LE(kept.length, 4)
  return Buffer.concat([header, ...kept, Buffer.from([0x1a])])
}

/** Charges of some months: PERIOD stands behind EDRPOU (8) and RAH (13). */
export function chargesOf(isWanted: (month: number) => boolean): Buffer {
  return pickRecords(fixture('isengard/charges.dbf'), (record) =>
    isWanted(Number(record.slice(22, 28))),
  )
}

/** Payments of some months: DATOPL stands behind EDRPOU (8), RAH (13) and POSL (2). */
export function paymentsOf(isWanted: (month: number) => boolean): Buffer {
  return pickRecords(fixture('isengard/payments.dbf'), (record) =>
    isWanted(Number(record.slice(24, 30))),
  )
}

type Balance = { agreement: string; period: number; opening: bigint; closing: bigint }

/** How every statement of the town stands, in one order. */
export function readTownStatements(town: TestTown): Promise<Balance[]> {
  return town.sql.many<Balance>`
    select (p.code || '/' || a.number || '/' || s.code) collate "C" as agreement, t.period, t.opening, t.accrued,
      t.subscription, t.penalty, t.correction, t.benefit, t.subsidy, t.paid, t.closing
    from statement t join agreement g on g.id = t.agreement_id
    join account a on a.id = g.account_id join service s on s.id = g.service_id
    join provider p on p.id = a.provider_id
    order by 1, 2`
}

/** Rows of every table an import may write, so that a refused file can be seen to leave no trace. */
export async function countRows(town: TestTown): Promise<Record<string, number>> {
  const [counts] = await town.sql.many<Record<string, number>>`
    select (select count(*)::int4 from account) as accounts,
      (select count(*)::int4 from house) as houses, (select count(*)::int4 from premise) as premises,
      (select count(*)::int4 from agreement) as agreements,
      (select count(*)::int4 from meter) as meters, (select count(*)::int4 from reading) as readings,
      (select count(*)::int4 from charge) as charges, (select count(*)::int4 from payment) as payments,
      (select count(*)::int4 from entry) as entries, (select count(*)::int4 from posting) as postings,
      (select count(*)::int4 from statement) as statements,
      (select count(*)::int4 from import_batch) as batches`
  return counts ?? {}
}
