import { accept, type Accepted, refuse, type Refused } from '../../result.ts'
import { cleanCells, hasControls, withoutControls } from './control-characters.ts'
import { type Delimiter, detectDelimiter } from './delimiter.ts'
import { detectEncoding, detectUtf16 } from './detect-encoding.ts'
import { decoder, type Decoder, type Encoding, isUtf16, readMark, utf16AsUtf8 } from './encoding.ts'
import { duplicateHeading, type DuplicateHeading } from './heading.ts'
import { type Line, LINE_BYTES_MAX, type LineQueue, queueLines, splitLines } from './lines.ts'
import { openSource, type OpenSource } from './source.ts'
import { splitRecord } from './split-record.ts'
import { type ReadRow, type RowError, storable, type Table, type TableRow } from './table.ts'

export type CsvOptions = {
  /** The operator's setting: wins over the content and over a byte order mark. */
  encoding?: Encoding
  delimiter?: Delimiter
  /**
   * Physical line of the heading when titles stand above it; otherwise the first line with text.
   */
  headingLine?: number
}

/** `lines` are those in another encoding than the first text of the file, at most 100. */
type MixedLines = Refused<'mixed-encodings', { lines: number[] }>
export type CsvRefusal =
  Refused<'empty-file' | 'unknown-encoding' | 'bad-heading'> | MixedLines | DuplicateHeading

const DELIMITER_LINES = 50

/**
 * A text table (`;`, comma, tab or `|`; quotes; cells of several lines) as a stream of rows.
 *
 * A quote that never closes spoils its own line only: the following lines are read as if it were
 * not there. Lines without any text, or with delimiters only, are passed over.
 * Refuses: `empty-file` (nothing but blank lines), `bad-heading` (a quote in it never closes),
 * `duplicate-heading`, `mixed-encodings`, `unknown-encoding`. Encodings that change beyond the
 * first 256 KB are errors of the rows (`wrong-encoding`).
 */
export async function readCsv(
  opened: OpenSource,
  options: CsvOptions,
): Promise<Accepted<Table> | CsvRefusal> {
  const found = chooseEncoding(opened, options.encoding)
  if (!found.ok) return found
  const encoding = found.value
  const mark = readMark(opened.head)
  const from = mark?.encoding === encoding ? mark.length : 0
  const text = isUtf16(encoding)
    ? await openSource(utf16AsUtf8(opened.blocks(from), encoding))
    : { head: opened.head.subarray(from), blocks: () => opened.blocks(from) }
  const decode = decoder(isUtf16(encoding) ? 'utf-8' : encoding)
  const headingLine = options.headingLine ?? firstTextLine(text.head)
  const delimiter = options.delimiter ?? delimiterOf(text.head, headingLine, decode)

  const lines = queueLines(text.blocks(), text.head)
  const columns = await readHeading(lines, { decode, delimiter }, headingLine)
  if (!columns.ok) {
    await lines.close()
    return columns
  }
  const shape = { decode, delimiter, expected: columns.value.length }
  return accept<Table>({
    type: 'csv',
    encoding,
    delimiter,
    decimal: null,
    columns: columns.value,
    rows: readRows(lines, shape),
    deleted: () => 0,
  })
}

function chooseEncoding(opened: OpenSource, chosen: Encoding | undefined) {
  const known = chosen ?? readMark(opened.head)?.encoding ?? detectUtf16(opened.head)
  if (known) return accept(known)
  const lines = splitLines(opened.head)
  // a line cut by the end of the head may be cut inside a letter
  if (!opened.whole && lines.length > 1) lines.pop()
  const found = detectEncoding(lines)
  if (found.ok) return accept(found.value ?? 'utf-8')
  if (found.code === 'unknown-encoding') return found
  return refuse('mixed-encodings', { lines: found.pieces.map((index) => index + 1) })
}

function firstTextLine(head: Buffer): number {
  return splitLines(head).findIndex((line) => !isBlank(line.toString('latin1'))) + 1
}

function delimiterOf(head: Buffer, headingLine: number, decode: Decoder): Delimiter {
  const lines = splitLines(head).slice(Math.max(headingLine - 1, 0))
  return detectDelimiter(lines.slice(0, DELIMITER_LINES).map((line) => decode(line) ?? ''))
}

type Shape = { decode: Decoder; delimiter: Delimiter; expected?: number }

async function readHeading(lines: LineQueue, shape: Shape, headingLine: number) {
  for (let line = await lines.peek(0); line; line = await lines.peek(0)) {
    if (headingLine === 0 || line.number < headingLine) {
      lines.drop(1)
      continue
    }
    const row = await readRow(lines, line, shape)
    if (!row?.ok) return refuse('bad-heading')
    const columns = row.cells.map((cell) => cell.normalize('NFC').replace(/\s+/g, ' ').trim())
    return duplicateHeading(columns) ?? accept(columns)
  }
  return refuse('empty-file')
}

async function* readRows(lines: LineQueue, shape: Shape): AsyncGenerator<TableRow> {
  try {
    for (let line = await lines.peek(0); line; line = await lines.peek(0)) {
      const row = await readRow(lines, line, shape)
      if (row) yield row
    }
  } finally {
    await lines.close()
  }
}

/** The row that begins on the line; null when the line is blank. Drops what it has read. */
async function readRow(lines: LineQueue, line: Line, shape: Shape): Promise<TableRow | null> {
  const text = line.bytes && shape.decode(line.bytes)
  if (text === null || !text.includes('"')) {
    lines.drop(1)
    return text === null
      ? unreadable(line)
      : finishRow(line, text, text.split(shape.delimiter), shape)
  }
  const record = await readQuoted(lines, text, shape)
  lines.drop(record?.lines ?? 1)
  if (!record)
    return { ok: false, line: line.number, raw: storable(text), code: 'unbalanced-quotes' }
  return finishRow(line, record.text, record.cells, shape)
}

/**
 * The record whose first line is `first`, with the lines its quoted cells go on to. Null when a
 * quote does not close, or closes so that the row does not fit the heading: then it was not meant
 * to open.
 */
async function readQuoted(lines: LineQueue, first: string, shape: Shape) {
  let cells = splitRecord(first, shape.delimiter)
  if (cells === 'broken') return null
  if (cells !== 'open') return { text: first, cells, lines: 1 }
  const parts = [first]
  for (let bytes = first.length; bytes <= LINE_BYTES_MAX;) {
    const line = await lines.peek(parts.length)
    const text = line?.bytes && shape.decode(line.bytes)
    if (text === null || text === undefined) return null
    parts.push(text)
    bytes += text.length
    // an even number of quotes leaves the cell open: nothing to split yet
    if (countQuotes(text) % 2 === 0) continue
    const record = parts.join('\n')
    cells = splitRecord(record, shape.delimiter)
    if (typeof cells === 'string' || !isOneRow(cells, shape)) return null
    return { text: record, cells, lines: parts.length }
  }
  return null
}

// A cell that holds the rest of one row and the beginning of another holds as many delimiters as a
// row, or twice as many: its quotes belong to two rows.
function isOneRow(cells: readonly string[], { expected, delimiter }: Shape): boolean {
  if (expected === undefined) return true
  if (cells.length !== expected) return false
  return !cells.some((cell) => {
    const delimiters = cell.includes('\n') ? cell.split(delimiter).length - 1 : 0
    return delimiters > 0 && delimiters % (expected - 1) === 0
  })
}

const NONE: readonly never[] = []

function finishRow(line: Line, text: string, cells: string[], shape: Shape): TableRow | null {
  if (isBlank(text) || cells.every(isBlank)) return null
  const raw = storable(text)
  const expected = shape.expected ?? cells.length
  if (cells.length !== expected) {
    const fields = cells.length
    return { ok: false, line: line.number, raw, code: 'ragged-row', fields, expected }
  }
  const cleaned = hasControls(text) ? cleanCells(cells) : NONE
  return { ok: true, line: line.number, raw, cells, cleaned, broken: NONE } satisfies ReadRow
}

function unreadable({ number, bytes }: Line): RowError {
  if (bytes === null) return { ok: false, line: number, raw: '', code: 'line-too-long' }
  const raw = storable(bytes.toString('utf8'))
  return { ok: false, line: number, raw, code: 'wrong-encoding' }
}

function isBlank(text: string): boolean {
  return text.trim() === '' || (hasControls(text) && withoutControls(text).trim() === '')
}

function countQuotes(text: string): number {
  let count = 0
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) count++
  return count
}
