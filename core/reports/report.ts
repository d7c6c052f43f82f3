import { type Period } from '../period.ts'

/** What stands in one place of a report. */
export type Cell = string | number | bigint | null

/**
 * How a column is to be read: `kopecks` and `quantity` (10⁻⁸ of the row's unit) are bigints, `percent`
 * is a bigint of hundredths of a percent (98.53 % is 9853n), `month` a yyyymm number, `count` a number.
 */
export type Unit = 'text' | 'month' | 'count' | 'kopecks' | 'quantity' | 'percent'

/** A column of a report: the name of its cell in a row. */
export type Column<Name extends string = string> = { name: Name; unit: Unit }

/** A row of whatever report. */
export type AnyRow = Record<string, Cell | undefined>

/**
 * A report as data. Rows that are not grouped come piece by piece, so that any number of them passes
 * through the same memory: read `rows` once. A row of `totals` holds the cells that add up; there are
 * several where units differ.
 */
export type Report<Row = AnyRow> = {
  columns: readonly Column[]
  rows: Iterable<Row> | AsyncIterable<Row>
  totals: readonly Partial<Row>[]
}

/** What rows are gathered by. */
export const GRAINS = ['provider', 'service', 'street'] as const
export type Grain = (typeof GRAINS)[number]

/**
 * The name of a grouped row: `provider` and `code` are empty where they say nothing (a street has
 * neither, a provider has no `code`).
 */
export type Group = { provider: string; code: string; name: string }

export const GROUP_COLUMNS = [
  { name: 'provider', unit: 'text' },
  { name: 'code', unit: 'text' },
  { name: 'name', unit: 'text' },
] as const satisfies readonly Column<keyof Group>[]

/** Columns of one unit. */
export function columnsOf<Name extends string>(unit: Unit, names: readonly Name[]): Column<Name>[] {
  return names.map((name) => ({ name, unit }))
}

/** What a report is about, after it was found sound. */
export type Scope = {
  providerIds: readonly number[]
  from: Period
  to: Period
  grain: Grain
  /** Only what was booked up to this instant. */
  asOf: Date
}
