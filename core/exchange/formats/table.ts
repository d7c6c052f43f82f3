import { type Delimiter } from './delimiter.ts'
import { type Encoding } from './encoding.ts'

/** A file read as rows under one heading, whatever its format was. */
export type Table = {
  type: 'csv' | 'dbf'
  /** What the text was in: found by content, or the operator's setting. */
  encoding: Encoding
  /** Null in files that have no delimiter (dbf). */
  delimiter: Delimiter | null
  /**
   * The decimal sign when the format itself fixes it (dbf: a dot); null when the profile must say.
   */
  decimal: '.' | null
  /** Headings as in the file, trimmed; upper case in dbf, where case means nothing. */
  columns: readonly string[]
  /** One pass. Take it to the end or break out of the loop: both close the source. */
  rows: AsyncIterable<TableRow>
  /** Records marked as deleted that were passed over so far; final when the rows have ended. */
  deleted: () => number
}

export type TableRow = ReadRow | RowError

/** A row with as many cells as there are columns. */
export type ReadRow = {
  ok: true
  /** Physical line where the row begins (dbf: record number + 1); the heading is line 1. */
  line: number
  cells: readonly string[]
  /**
   * The row as its sender wrote it, for reports; NUL shown as ␀. In dbf the cells joined by `;`.
   */
  raw: string
  /** Columns (from 0) whose cells lost invisible control characters: a warning. */
  cleaned: readonly number[]
  /** Cells that have no value: their text is what could be read and must not be used as data. */
  broken: readonly BrokenCell[]
}

/**
 * `overflowed-number` (asterisks), `not-a-number`, `not-a-day`, `not-a-time`, `memo-missing` (no
 * memo file, or no such block in it), `wrong-encoding`.
 */
export type BrokenCell = { column: number; code: CellFault }
export type CellFault =
  | 'overflowed-number'
  | 'not-a-number'
  | 'not-a-day'
  | 'not-a-time'
  | 'memo-missing'
  | 'wrong-encoding'

/** A row that could not be read; the rows after it are not affected. */
export type RowError = { ok: false; line: number; raw: string } & (
  | { code: 'unbalanced-quotes' | 'line-too-long' | 'wrong-encoding' | 'bad-record' }
  | { code: 'ragged-row'; fields: number; expected: number }
  /** The file ended before the records its heading announces: the last thing in the stream. */
  | { code: 'file-cut'; present: number; expected: number }
  /** Whole records follow those the heading announces: the last thing in the stream. */
  | { code: 'extra-records'; expected: number }
)

/** Text that PostgreSQL can store: a NUL is shown as its symbol. */
export function storable(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '␀') : text
}
