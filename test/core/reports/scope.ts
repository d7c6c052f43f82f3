import { type Context } from '../../../core/context.ts'
import { openScope, type ReportInput } from '../../../core/reports/open-scope.ts'
import { type Report, type Scope } from '../../../core/reports/report.ts'

/** A scope that must be sound. */
export async function scopeOf(ctx: Context, input: ReportInput): Promise<Scope> {
  const scope = await openScope(ctx, input)
  if (!scope.ok) throw new Error(scope.code)
  return scope.value
}

/** A report with all of its rows at hand. */
export async function taken<Row>(
  made: Promise<Report<Row>>,
): Promise<Omit<Report<Row>, 'rows'> & { rows: Row[] }> {
  const report = await made
  const rows: Row[] = []
  for await (const row of report.rows) rows.push(row)
  return { ...report, rows }
}
