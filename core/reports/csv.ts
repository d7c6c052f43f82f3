import { type AnyRow, type Column, type Report } from './report.ts'
import { cellText } from './wire-cell.ts'

const BYTE_ORDER_MARK = '\uFEFF'
const LINE_END = '\r\n'
/** What makes a spreadsheet run a text, wide forms of the signs included. */
const FORMULA = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/
const NEEDS_QUOTES = /[;"\r\n]/
const TOTAL = 'total'

/**
 * A report as csv, line by line: utf-8 with a byte order mark, `;`, decimals with a dot, CRLF; the
 * heading, the rows, then the totals, which have `total` in the first column. A text that a spreadsheet
 * would run as a formula (`=`, `+`, `-`, `@`, a tab first) gets an apostrophe before it.
 */
export async function* csvLines({ columns, rows, totals }: Report): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + joined(columns.map(({ name }) => name))
  for await (const row of rows) yield joined(cellsOf(columns, row))
  for (const total of totals) yield joined([TOTAL, ...cellsOf(columns, total).slice(1)])
}

function cellsOf(columns: readonly Column[], row: AnyRow): string[] {
  return columns.map(({ name, unit }) => {
    const text = cellText(row[name], unit)
    return unit === 'text' && FORMULA.test(text) ? `'${text}` : text
  })
}

function joined(cells: readonly string[]): string {
  const quoted = cells.map((text) =>
    NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text,
  )
  return quoted.join(';') + LINE_END
}
