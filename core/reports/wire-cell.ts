import { formatDecimal } from '../quantity.ts'
import { type AnyRow, type Cell, type Column, type Unit } from './report.ts'

const KOPECKS_IN_ONE = 100n
const HUNDREDTH_E8 = 1_000_000n

/**
 * A cell as text for people and spreadsheets, decimals with a dot: kopecks `-12.50`, quantities `3.6`,
 * months `2026-10`, percents `98.53`; nothing is empty.
 */
export function cellText(cell: Cell | undefined, unit: Unit): string {
  if (cell === null || cell === undefined) return ''
  switch (unit) {
    case 'kopecks':
      return hundredths(BigInt(cell))
    case 'percent':
      return formatDecimal(BigInt(cell) * HUNDREDTH_E8)
    case 'quantity':
      return formatDecimal(BigInt(cell))
    case 'month': {
      const text = String(cell)
      return `${text.slice(0, 4)}-${text.slice(4)}`
    }
    case 'text':
    case 'count':
      return String(cell)
  }
}

/**
 * A row as programs get it: kopecks as decimal text of kopecks (`"126470"`), quantities and percents
 * as decimal text, months and counts as numbers. Cells a row of totals does not have are left out.
 */
export function wireRow(
  columns: readonly Column[],
  row: AnyRow,
): Record<string, string | number | null> {
  const cells: Record<string, string | number | null> = {}
  for (const { name, unit } of columns) {
    const cell = row[name]
    if (cell !== undefined) cells[name] = wireCell(cell, unit)
  }
  return cells
}

function wireCell(cell: Cell, unit: Unit): string | number | null {
  if (unit === 'kopecks') return cell === null ? null : String(cell)
  return typeof cell === 'bigint' ? cellText(cell, unit) : cell
}

function hundredths(amount: bigint): string {
  const positive = amount < 0n ? -amount : amount
  const fraction = String(positive % KOPECKS_IN_ONE).padStart(2, '0')
  return `${amount < 0n ? '-' : ''}${positive / KOPECKS_IN_ONE}.${fraction}`
}
