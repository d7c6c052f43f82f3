import { type Context } from '../../context.ts'
import { bulkInsert } from '../../db/bulk-insert.ts'
import { type Kopecks } from '../../money.ts'
import { addMonths, type Period } from '../../period.ts'
import { type Quantity } from '../../quantity.ts'

/** What a charge of one month says; `opening`, `paid` and `closing` are the sender's claims. */
export type ChargeSums = {
  method: string
  price1: Quantity
  volume1: Quantity
  price2: Quantity
  volume2: Quantity
  opening: Kopecks
  accrued: Kopecks
  subscription: Kopecks
  penalty: Kopecks
  correction: Kopecks
  benefit: Kopecks
  subsidy: Kopecks
  paid: Kopecks
  closing: Kopecks
}
type Month = { agreementId: number; period: Period }

const AGREEMENTS_A_PIECE = 5000

/** One text for one agreement and month. */
export function chargeKey({ agreementId, period }: Month): string {
  return `${agreementId}/${period}`
}

/** Charges known of the agreements, from the month before the first one given to the month after the last. */
export async function readCharges(
  ctx: Context,
  months: readonly Month[],
): Promise<Map<string, ChargeSums & Month>> {
  const spans = [...spansOf(months)]
  const charges = new Map<string, ChargeSums & Month>()
  for (let start = 0; start < spans.length; start += AGREEMENTS_A_PIECE) {
    const piece = spans.slice(start, start + AGREEMENTS_A_PIECE)
    const rows = await ctx.sql.many<ChargeSums & Month>`
      select c.agreement_id as "agreementId", c.period, c.method, c.price1_e8 as price1,
        c.volume1_e8 as volume1, c.price2_e8 as price2, c.volume2_e8 as volume2,
        c.asserted_opening as opening, c.accrued, c.subscription, c.penalty, c.correction,
        c.benefit, c.subsidy, c.asserted_paid as paid, c.asserted_closing as closing
      from unnest(${piece.map(([id]) => id)}::int4[],
        ${piece.map(([, span]) => addMonths(span.first, -1))}::int4[],
        ${piece.map(([, span]) => addMonths(span.last, 1))}::int4[])
        as w (agreement_id, first, last)
      join charge c on c.agreement_id = w.agreement_id and c.period between w.first and w.last
      where not c.reversed`
    for (const row of rows) charges.set(chargeKey(row), row)
  }
  return charges
}

function spansOf(months: readonly Month[]): Map<number, { first: Period; last: Period }> {
  const spans = new Map<number, { first: Period; last: Period }>()
  for (const { agreementId, period } of months) {
    const span = spans.get(agreementId)
    if (!span) spans.set(agreementId, { first: period, last: period })
    else if (period < span.first) span.first = period
    else if (period > span.last) span.last = period
  }
  return spans
}

const COLUMNS = {
  id: 'int8',
  agreement_id: 'int4',
  period: 'int4',
  method: 'text',
  price1_e8: 'int8',
  volume1_e8: 'int8',
  price2_e8: 'int8',
  volume2_e8: 'int8',
  accrued: 'int8',
  subscription: 'int8',
  penalty: 'int8',
  correction: 'int8',
  benefit: 'int8',
  subsidy: 'int8',
  asserted_opening: 'int8',
  asserted_paid: 'int8',
  asserted_closing: 'int8',
  batch_id: 'int4',
}
const ROWS_A_PIECE = 10_000

/** Stores charges under the given ids, which come in the order of the rows. */
export async function insertCharges(
  ctx: Context,
  batchId: number,
  rows: readonly (ChargeSums & Month)[],
  ids: readonly bigint[],
): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_A_PIECE) {
    const piece = rows.slice(start, start + ROWS_A_PIECE)
    const values = piece.map((row, index) => [
      ids[start + index] ?? null,
      row.agreementId,
      row.period,
      row.method,
      row.price1,
      row.volume1,
      row.price2,
      row.volume2,
      row.accrued,
      row.subscription,
      row.penalty,
      row.correction,
      row.benefit,
      row.subsidy,
      row.opening,
      row.paid,
      row.closing,
      batchId,
    ])
    await bulkInsert(ctx.sql, 'charge', COLUMNS, values)
  }
}
