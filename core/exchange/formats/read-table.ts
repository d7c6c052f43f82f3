import { type Accepted, refuse, type Refused } from '../../result.ts'
import { type CsvOptions, type CsvRefusal, readCsv } from './csv.ts'
import { type DbfOptions, type DbfRefusal, readDbf } from './dbf.ts'
import { detectType, type OtherType } from './detect.ts'
import { openSource, type Source } from './source.ts'
import { type Table } from './table.ts'

export type TableOptions = CsvOptions & DbfOptions

export type TableRefusal =
  | Refused<'empty-file'>
  | Refused<'unsupported-type', { found: OtherType }>
  | CsvRefusal
  | DbfRefusal

/**
 * Opens a file as a table: type, encoding and delimiter are found in its first 256 KB, the rows
 * come one by one. Memory does not grow with the file. What was found can be overruled by
 * `options`.
 *
 * Refuses: `empty-file`; `unsupported-type` with what the file is; for text `bad-heading`,
 * `duplicate-heading`, `mixed-encodings`, `unknown-encoding`; for dbf also `bad-header`,
 * `record-length-mismatch`, `unsupported-column-type`, `file-cut`.
 */
export async function readTable(
  source: Source,
  options: TableOptions = {},
): Promise<Accepted<Table> | TableRefusal> {
  const opened = await openSource(source)
  const type = detectType(opened.head)
  const size = Buffer.isBuffer(source) ? source.length : options.size
  const table = await openTable()
  if (!table.ok) await opened.close()
  return table

  async function openTable(): Promise<Accepted<Table> | TableRefusal> {
    if (type === 'empty') return refuse('empty-file')
    if (type === 'text') return readCsv(opened, options)
    if (type !== 'dbf') return refuse('unsupported-type', { found: type })
    return readDbf(opened, { ...options, ...(size === undefined ? {} : { size }) })
  }
}
