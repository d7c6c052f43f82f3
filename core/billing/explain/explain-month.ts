import { type Context } from '../../context.ts'
import { readStatements } from '../../ledger/read-statements.ts'
import { type Statement } from '../../ledger/statement.ts'
import { addMonths, type Period } from '../../period.ts'
import { accept, refuse } from '../../result.ts'
import { type Difference, differenceBetween } from './difference.ts'
import { type FormulaInput, formulaInputs, plainFormula } from './formula-inputs.ts'
import { type ChargedLine, readLines } from './read-lines.ts'
import { describeSources, type SourceDetails } from './describe-sources.ts'

/** A line with every number of its formula told. */
export type ExplainedLine = ChargedLine & {
  /** The formula without sources. */
  plain: string
  inputs: (FormulaInput & { details: SourceDetails | null })[]
}

export type ExplainedMonth = {
  agreementId: number
  month: Period
  unit: string
  statement: Statement
  lines: ExplainedLine[]
  /** Against the month before; null when there is none. */
  difference: Difference | null
}

/**
 * Every line of an agreement's month with its formula, the source of each number, and why the month
 * differs from the one before.
 * Refuses: `agreement-not-found`; `month-not-charged` without a statement of the month.
 */
export async function explainMonth(ctx: Context, input: { agreementId: number; month: Period }) {
  const { agreementId, month } = input
  const agreement = await ctx.sql.maybe<{ unit: string }>`
    select s.unit from agreement g join service s on s.id = g.service_id where g.id = ${agreementId}`
  if (!agreement) return refuse('agreement-not-found')
  const found = await readStatements(ctx, agreementId, { before: addMonths(month, 1), limit: 2 })
  const [statement, previous] = found
  if (statement?.period !== month) return refuse('month-not-charged')
  const lines = await readLines(ctx, agreementId, month)
  const before =
    previous?.period === addMonths(month, -1)
      ? { statement: previous, lines: await readLines(ctx, agreementId, previous.period) }
      : null
  const told = await describeSources(
    ctx,
    lines.flatMap((line) => formulaInputs(line.formula)),
  )
  const explained = lines.map((line) => ({
    ...line,
    plain: plainFormula(line.formula),
    inputs: formulaInputs(line.formula).map((one) => ({
      ...one,
      details: told.get(`${one.source}:${one.id}`) ?? null,
    })),
  }))
  const difference = before && differenceBetween({ statement, lines }, before)
  const { unit } = agreement
  return accept<ExplainedMonth>({
    agreementId,
    month,
    unit,
    statement,
    lines: explained,
    difference,
  })
}
