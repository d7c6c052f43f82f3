import { type Context } from '../context.ts'
import { accept } from '../result.ts'
import { readClaimLines } from './claim-lines.ts'
import { readClaims } from './claims.ts'
import { readConsumption } from './consumption.ts'
import { readCoverage } from './coverage.ts'
import { readDebtAge } from './debt-age.ts'
import { openScope, type ReportInput } from './open-scope.ts'
import { type Report, type Scope } from './report.ts'
import { readTurnover } from './turnover.ts'

export const REPORT_NAMES = [
  'turnover',
  'debt-age',
  'coverage',
  'consumption',
  'claims',
  'claim-lines',
] as const
export type ReportName = (typeof REPORT_NAMES)[number]

/**
 * A report by its name, with the scope it was made for. `debt-age` looks at the end of the last month,
 * the others at all of them; `consumption` and the claims are always by service.
 *
 * Refuses: `provider-not-found`; `range-ends-before-start`; `too-many-months`; `as-of-in-future`;
 * `as-of-unfinished`.
 */
export async function readReport(ctx: Context, name: ReportName, input: ReportInput) {
  const scope = await openScope(ctx, input)
  if (!scope.ok) return scope
  return accept({ scope: scope.value, report: await make(ctx, name, scope.value) })
}

function make(ctx: Context, name: ReportName, scope: Scope): Promise<Report> {
  switch (name) {
    case 'turnover':
      return readTurnover(ctx, scope)
    case 'debt-age':
      return readDebtAge(ctx, scope)
    case 'coverage':
      return readCoverage(ctx, scope)
    case 'consumption':
      return readConsumption(ctx, scope)
    case 'claims':
      return readClaims(ctx, scope)
    case 'claim-lines':
      return readClaimLines(ctx, scope)
  }
}
