import { type Context } from '../../context.ts'
import { bulkInsert } from '../../db/bulk-insert.ts'
import { KINDS } from '../../ledger/entry-kind.ts'
import { type Period } from '../../period.ts'
import { type Line } from '../charge/line.ts'
import { type LintCode } from '../charge/lint.ts'
import { METHODS } from '../charge/method.ts'

export type Lint = {
  agreementId: number | null
  code: LintCode
  blocks: boolean
  details: Readonly<Record<string, string | number>>
  sincePeriod: Period
}

/** What a run made of an account: lines by agreement, and what is wrong with it. */
export type ChargedAccount = {
  accountId: number
  lines: ReadonlyMap<number, readonly Line[]>
  lints: readonly Lint[]
}

const LINE_COLUMNS = {
  run_id: 'int4',
  agreement_id: 'int4',
  line: 'int2',
  kind: 'int2',
  method: 'int2',
  amount: 'int8',
  volume_e8: 'int8',
  price_e8: 'int8',
  zone: 'int2',
  full_price: 'bool',
  posted: 'bool',
  about_period: 'int4',
  reason: 'text',
  reverses_id: 'int8',
  formula: 'text',
}
const LINT_COLUMNS = {
  run_id: 'int4',
  chunk_no: 'int4',
  account_id: 'int4',
  agreement_id: 'int4',
  code: 'text',
  blocks: 'bool',
  details: 'jsonb',
  since_period: 'int4',
}

/** Writes the lines and lints of a chunk and gives how many lines. */
export async function storeLines(
  tx: Context,
  given: { runId: number; chunkNo: number; charged: readonly ChargedAccount[] },
): Promise<number> {
  const { charged, chunkNo, runId } = given
  const rows = charged.flatMap(({ lines }) =>
    [...lines].flatMap(([agreementId, mine]) =>
      mine.map((line, index) => lineRow(runId, agreementId, index + 1, line)),
    ),
  )
  await bulkInsert(tx.sql, 'run_line', LINE_COLUMNS, rows)
  const lints = charged.flatMap(({ accountId, lints: mine }) =>
    mine.map(({ agreementId, blocks, code, details, sincePeriod }) => [
      ...[runId, chunkNo, accountId, agreementId, code, blocks, details, sincePeriod],
    ]),
  )
  await bulkInsert(tx.sql, 'run_lint', LINT_COLUMNS, lints)
  return rows.length
}

function lineRow(runId: number, agreementId: number, place: number, line: Line) {
  return [
    runId,
    agreementId,
    place,
    KINDS[line.kind].code,
    METHODS[line.method],
    line.amount,
    line.volume,
    line.price,
    line.zone,
    line.isFullPrice,
    line.isPosted,
    line.about,
    line.reason,
    line.reversesId,
    line.term.text,
  ]
}
