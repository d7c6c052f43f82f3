import { type Context } from '../context.ts'
import { type Cells } from './cells.ts'
import { type Findings } from './findings.ts'
import { type Layout } from './layout.ts'

/** The kinds of files there are, in the order a new town needs them. */
export const IMPORT_KINDS = [
  'providers',
  'services',
  'tariffs',
  'accounts',
  'rules',
  'calendar',
  'meters',
  'charges',
  'payments',
  'readings',
  'volumes',
  'house-volumes',
  'subsidies',
  'benefits',
] as const
export type ImportKind = (typeof IMPORT_KINDS)[number]

/** A row read into domain types; `line` is where it stands in the file. */
export type FileRow = { line: number }

/** Who sent the file: rows that do not name a provider are this one's. */
export type Sender = { id: number; code: string }

/** An import while it decides: `tx` is the one transaction that decides and applies. */
export type Job = {
  tx: Context
  findings: Findings
  sender: Sender | null
  /** Rows of other providers are refused. */
  ownOnly: boolean
  author: string
}

/** What an import would do; the accepted rows that are in neither list are known already. */
export type Plan = {
  fresh: readonly FileRow[]
  changed: readonly FileRow[]
  /** Writes it all. Called once, in the transaction of the plan, only when no row is refused. */
  apply: (batchId: number) => Promise<void>
  /** Months of agreements in the file's span whose statement does not close as the file says. */
  unreconciled?: () => Promise<number>
}

/** What a control total counts: `hundredths` of a square metre; `units` are people or dials' units. */
export type TotalUnit = 'kopecks' | 'hundredths' | 'units'

/** Control totals by role, by what they count. */
type Totals<Row> = Partial<Record<TotalUnit, Readonly<Record<string, (row: Row) => bigint>>>>

type Total = { role: string; unit: TotalUnit; total: bigint }

type KindSpec<Row extends FileRow> = {
  layouts: readonly Layout[]
  totals: Totals<Row>
  read: (cells: Cells, layout: string) => Row
  /** Compares the rows with each other and with the town. Refuses rows by findings; writes nothing. */
  plan: (job: Job, rows: readonly Row[]) => Promise<Plan>
}

/** Rows of one file on their way in. */
export type Intake = {
  take: (cells: Cells) => void
  /** Call when all rows are taken. Rows already refused are left out. */
  plan: (job: Job) => Promise<Plan>
  /** Sums over the rows that are not refused. */
  totals: (findings: Findings) => Total[]
}

/** A kind of file: how its columns are called, what its rows mean, what they do to the town. */
export type Kind = {
  layouts: readonly Layout[]
  open: (layout: string, findings: Findings) => Intake
}

/** Hides the row type, so that one pipeline serves all kinds. */
export function defineKind<Row extends FileRow>(spec: KindSpec<Row>): Kind {
  return {
    layouts: spec.layouts,
    open(layout, findings) {
      const rows: Row[] = []
      return {
        take(cells) {
          const row = spec.read(cells, layout)
          if (!findings.isRefused(row.line)) rows.push(row)
        },
        plan: (job) => spec.plan(job, rows),
        totals: (found) => sumUp(spec.totals, rows, found),
      }
    },
  }
}

function sumUp<Row extends FileRow>(
  totals: Totals<Row>,
  rows: readonly Row[],
  findings: Findings,
): Total[] {
  const accepted = rows.filter((row) => !findings.isRefused(row.line))
  return Object.entries(totals).flatMap(([unit, amounts]) =>
    Object.entries(amounts).map(([role, amount]) => ({
      role,
      unit: unit as TotalUnit,
      total: accepted.reduce((total, row) => total + amount(row), 0n),
    })),
  )
}
