import { accept, type Accepted, refuse, type Refused } from '../../result.ts'
import { cleanCells, hasControls } from './control-characters.ts'
import { cellReader, type CellReader, trimPadding } from './dbf-cells.ts'
import { type DbfHeader, type HeaderRefusal, readDbfHeader } from './dbf-header.ts'
import { memoReader } from './dbf-memo.ts'
import { detectEncoding, encodingsOfLanguageByte } from './detect-encoding.ts'
import { decoder, decodeSingleByte, type Encoding, isUtf16, type SingleByte } from './encoding.ts'
import { duplicateHeading, type DuplicateHeading } from './heading.ts'
import { type OpenSource } from './source.ts'
import { type BrokenCell, storable, type Table, type TableRow } from './table.ts'

export type DbfOptions = {
  /** The operator's setting; utf-16 does not occur in dbf and is ignored. */
  encoding?: Encoding
  /** The memo file (`.dbt`, `.fpt`) that goes with the table. */
  memo?: Buffer
  /**
   * Bytes of the whole file when it comes as a stream: lets a cut file be refused before its first
   * row.
   */
  size?: number
}

export type DbfRefusal =
  | HeaderRefusal
  | DuplicateHeading
  | Refused<'unknown-encoding'>
  | Refused<'mixed-encodings', { lines: number[] }>
  | Refused<'file-cut', { present: number; expected: number }>

const LIVE = 0x20
const DELETED = 0x2a
/** Records whose texts the encoding is decided by. */
const SAMPLED_RECORDS = 2000

/**
 * A dBASE III, IV or Visual FoxPro table as a stream of rows; deleted records are passed over.
 *
 * Refuses: `bad-header`, `record-length-mismatch`, `unsupported-column-type`, `duplicate-heading`,
 * `mixed-encodings`, `unknown-encoding`, and `file-cut` when fewer whole records are there than
 * announced. In a stream of unknown size the last one is an error at the end of the rows instead.
 */
export function readDbf(opened: OpenSource, options: DbfOptions): Accepted<Table> | DbfRefusal {
  const parsed = readDbfHeader(opened.head)
  if (!parsed.ok) return parsed
  const header = parsed.value
  const size = opened.whole ? opened.head.length : options.size
  if (size !== undefined) {
    const present = Math.max(Math.floor((size - header.headerLength) / header.recordLength), 0)
    const expected = header.records
    if (present < expected) return refuse('file-cut', { present, expected })
  }
  const found = chooseEncoding(opened.head, header, options.encoding)
  if (!found.ok) return found
  const encoding = found.value
  const columns = header.columns.map(({ name }) => nameText(name, encoding))
  const repeated = duplicateHeading(columns)
  if (repeated) return repeated

  const memo = options.memo ? memoReader(options.memo, header.version) : null
  const decode = decoder(encoding)
  const around = { decode, isTextDecoded: encoding !== 'utf-8', memo }
  const readers = header.columns.map((column) => cellReader(column, around))
  const counts = { deleted: 0 }
  const rows = readRows(opened, { header, encoding, readers, counts })
  const deleted = () => counts.deleted
  const told = { encoding, delimiter: null, decimal: '.', columns } as const
  return accept<Table>({ type: 'dbf', ...told, rows, deleted })
}

function chooseEncoding(head: Buffer, header: DbfHeader, chosen: Encoding | undefined) {
  if (chosen && !isUtf16(chosen)) return accept(chosen)
  const declared = encodingsOfLanguageByte(header.language)
  const texts = sampleTexts(head, header)
  const found = detectEncoding(
    texts.map(({ bytes }) => bytes),
    declared,
  )
  if (found.ok) return accept(found.value ?? declared[0] ?? 'windows-1251')
  if (found.code === 'unknown-encoding') return found
  const lines = found.pieces.map((index) => texts[index]?.line ?? 0)
  return refuse('mixed-encodings', { lines: [...new Set(lines)] })
}

function sampleTexts(head: Buffer, { headerLength, recordLength, columns, records }: DbfHeader) {
  const texts: { bytes: Buffer; line: number }[] = []
  const inHead = Math.floor((head.length - headerLength) / recordLength)
  for (let index = 0; index < Math.min(inHead, records, SAMPLED_RECORDS); index++) {
    const at = headerLength + index * recordLength
    for (const { type, offset, length } of columns) {
      const bytes = head.subarray(at + offset, at + offset + length)
      if (type === 'C') texts.push({ bytes, line: index + 2 })
    }
  }
  return texts
}

function nameText(name: Buffer, encoding: 'utf-8' | SingleByte): string {
  const text = encoding === 'utf-8' ? name.toString('utf8') : decodeSingleByte(name, encoding)
  return trimPadding(text).toUpperCase()
}

type Reading = {
  header: DbfHeader
  encoding: 'utf-8' | SingleByte
  readers: readonly CellReader[]
  counts: { deleted: number }
}

async function* readRows(opened: OpenSource, reading: Reading): AsyncGenerator<TableRow> {
  const { recordLength, headerLength, records } = reading.header
  let present = 0
  let carry: Buffer = Buffer.alloc(0)
  for await (const block of opened.blocks(headerLength)) {
    const bytes = carry.length > 0 ? Buffer.concat([carry, block]) : block
    let at = 0
    for (; present < records && at + recordLength <= bytes.length; at += recordLength) {
      const row = readRecord(bytes.subarray(at, at + recordLength), ++present + 1, reading)
      if (row) yield row
    }
    carry = bytes.subarray(at)
    if (present === records && carry.length >= recordLength) break
  }
  const line = present + 2
  const expected = records
  if (present < records) yield { ok: false, line, raw: '', code: 'file-cut', present, expected }
  else if (carry.length >= recordLength && (carry[0] === LIVE || carry[0] === DELETED))
    yield { ok: false, line, raw: '', code: 'extra-records', expected }
}

const NONE: readonly never[] = []

/** Null for a deleted record. */
function readRecord(record: Buffer, line: number, reading: Reading): TableRow | null {
  if (record[0] === DELETED) {
    reading.counts.deleted++
    return null
  }
  const { encoding, readers } = reading
  const text = encoding === 'utf-8' ? record.toString('latin1') : decodeSingleByte(record, encoding)
  if (record[0] !== LIVE) return { ok: false, line, raw: storable(text), code: 'bad-record' }

  const cells: string[] = []
  const broken: BrokenCell[] = []
  for (const read of readers) {
    const cell = read(record, text)
    if (typeof cell === 'string') cells.push(cell)
    else {
      broken.push({ column: cells.length, code: cell.fault })
      cells.push(shown(text, reading.header, cells.length))
    }
  }
  const raw = cells.join(';')
  const cleaned = hasControls(raw) ? cleanCells(cells) : NONE
  return { ok: true, line, cells, raw: storable(raw), cleaned, broken }
}

/** What stands in a cell that has no value: for a person to look at. */
function shown(text: string, header: DbfHeader, column: number): string {
  const { offset = 0, length = 0 } = header.columns[column] ?? {}
  return trimPadding(text.slice(offset, offset + length))
}
