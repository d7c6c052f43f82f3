import { existsSync, readFileSync } from 'node:fs'
import { kopecks, type Kopecks, sum } from '../../../../core/money.ts'
import { readTable, type TableOptions } from '../../../../core/exchange/formats/read-table.ts'
import { type ReadRow, type RowError } from '../../../../core/exchange/formats/table.ts'
import { parseAmount } from '../../../../core/exchange/formats/fields.ts'

/** Files only tests need, and those of the demo town. */
const folders = ['../../../fixtures/', '../../../../scripts/demo/'].map(
  (folder) => new URL(folder, import.meta.url),
)

/** Bytes of a file of the small invented town, or of a broken one. */
export function fixture(name: string): Buffer {
  const found = folders.map((folder) => new URL(name, folder)).find((file) => existsSync(file))
  if (!found) throw new Error(`no fixture ${name}`)
  return readFileSync(found)
}

export type Totals = {
  rows: number
  sums?: Record<string, number>
  first?: string
  last?: string
  deleted?: number
}

/** What each file must come to: rows, sums in hundredths, first and last value. */
export const totals = JSON.parse(fixture('totals.json').toString()) as Record<string, Totals>

/** The whole table at once: good rows and errors apart. */
export async function readAll(source: Buffer | AsyncIterable<Buffer>, options: TableOptions = {}) {
  const table = await readTable(source, options)
  if (!table.ok) throw new Error(`refused: ${JSON.stringify(table)}`)
  const rows: ReadRow[] = []
  const errors: RowError[] = []
  for await (const row of table.value.rows) {
    if (row.ok) rows.push(row)
    else errors.push(row)
  }
  return { ...table.value, rows, errors, deleted: table.value.deleted() }
}

type Read = Awaited<ReturnType<typeof readAll>>

/** The cells of a column. */
export function column(table: Read, name: string): string[] {
  const index = table.columns.indexOf(name)
  if (index === -1) throw new Error(`no column ${name} among ${table.columns.join(', ')}`)
  return table.rows.map((row) => row.cells[index] ?? '')
}

/** The sum of a column of amounts; empty cells are zero. */
export function total(table: Read, name: string): Kopecks {
  return sum(
    column(table, name).map((text) => {
      const amount = parseAmount(text || '0', table.decimal ?? ',')
      if (!amount.ok) throw new Error(`${text}: ${amount.code}`)
      return kopecks(amount.value)
    }),
  )
}

/** The same bytes as they come from a socket: in pieces of that many bytes. */
export async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
