import { type Context } from '../context.ts'
import { type Period } from '../period.ts'
import { computeStatements } from './compute-statements.ts'
import { type Statement } from './statement.ts'

/**
 * The months of an agreement that hold entries, newest first, at most `limit`.
 * With `asOf` they are computed from what was booked up to that instant (after `settleAsOf`).
 */
export async function readStatements(
  ctx: Context,
  agreementId: number,
  options: { before?: Period; limit: number; asOf?: Date },
): Promise<Statement[]> {
  const before = options.before ?? 999_999
  if (options.asOf) {
    const computed = await computeStatements(ctx, {
      agreementIds: [agreementId],
      asOf: options.asOf,
    })
    return computed
      .filter((row) => row.period < before)
      .sort((a, b) => b.period - a.period)
      .slice(0, options.limit)
      .map(({ agreement_id: _agreement, ...statement }) => statement)
  }
  return ctx.sql.many<Statement>`
    select period, opening, accrued, subscription, penalty, correction, benefit, subsidy, paid,
      closing
    from statement where agreement_id = ${agreementId} and period < ${before}
    order by period desc limit ${options.limit}`
}
