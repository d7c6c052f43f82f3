import { type Finding, type Findings } from './findings.ts'
import { type Delimiter } from './formats/delimiter.ts'
import { type Encoding } from './formats/encoding.ts'
import { type Table } from './formats/table.ts'
import { type FileRow, type ImportKind, type Intake, type Plan, type TotalUnit } from './kind.ts'
import { type Match } from './layout.ts'

/** What the sender is told. JSON as it is. */
export type ImportReport = {
  /** Null in a dry run, and when rows are refused. */
  batchId: number | null
  /** This file was applied before: nothing was done now, and this is the report of then. */
  replayed: boolean
  kind: ImportKind
  type: Table['type']
  encoding: Encoding
  delimiter: Delimiter | null
  /** Data rows of the file, without those marked as deleted. */
  rows: number
  accepted: number
  refused: number
  new: number
  changed: number
  unchanged: number
  /** Records marked as deleted (dbf), passed over. */
  deleted: number
  /** Control totals over accepted rows by the file's headings. */
  sums: Record<string, string>
  /** What each sum counts. */
  units: Record<string, TotalUnit>
  /** At most 1000 of each, by line; the heading is line 1. */
  errors: Finding[]
  warnings: Finding[]
  /**
   * Charges and payments applied: charged months of the file's span whose statement does not close as
   * the provider said; 0 when both are complete.
   */
  unreconciled?: number
}

/** The report of a file that was read and compared, before anything is applied. */
export function makeReport(
  kind: ImportKind,
  table: Table,
  { places }: Match,
  outcome: { rows: number; findings: Findings; intake: Intake; plan: Plan },
): ImportReport {
  const { findings, intake, plan, rows } = outcome
  const refused = findings.refused()
  const accepted = rows - refused
  const fresh = countLines(plan.fresh, findings)
  const changed = countLines(plan.changed, findings)
  const totals = intake.totals(findings).flatMap(({ role, ...total }) => {
    const heading = places.get(role)?.heading
    return heading === undefined ? [] : [{ heading, ...total }]
  })
  return {
    batchId: null,
    replayed: false,
    kind,
    type: table.type,
    encoding: table.encoding,
    delimiter: table.delimiter,
    rows,
    accepted,
    refused,
    new: fresh,
    changed,
    unchanged: accepted - fresh - changed,
    deleted: table.deleted(),
    sums: Object.fromEntries(totals.map(({ heading, total }) => [heading, String(total)])),
    units: Object.fromEntries(totals.map(({ heading, unit }) => [heading, unit])),
    errors: findings.errors(),
    warnings: findings.warnings(),
  }
}

// One line of a file may bring several facts.
function countLines(rows: readonly FileRow[], findings: Findings): number {
  const lines = new Set<number>()
  for (const { line } of rows) if (!findings.isRefused(line)) lines.add(line)
  return lines.size
}
