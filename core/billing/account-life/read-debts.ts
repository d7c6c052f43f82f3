import { type Context } from '../../context.ts'
import { codesOf } from '../../ledger/entry-kind.ts'
import { lockJournal } from '../../ledger/lock-journal.ts'
import { type Kopecks, kopecks, sum } from '../../money.ts'
import { addMonths, type Period } from '../../period.ts'
import { debtByMonth, type MonthDebt } from './debt-months.ts'

/** Where an agreement stands: kopecks, owed is positive, and the months a debt is made of. */
export type Debt = { balance: Kopecks; months: MonthDebt[] }

type Row = { agreementId: number; month: Period; kind: number; amount: bigint }

/**
 * What agreements of one provider owe, by agreement. Takes the provider's posting lock until the
 * transaction ends: nobody books between this question and the entries made of its answer.
 * `month` is what a debt without charges is owed for.
 */
export async function lockDebts(
  ctx: Context,
  input: { providerId: number; agreementIds: readonly number[]; month: Period },
): Promise<Map<number, Debt>> {
  const { agreementIds, month, providerId } = input
  await lockJournal(ctx, providerId)
  const rows = await readMovements(ctx, agreementIds)
  return new Map(
    agreementIds.map((id) => {
      const own = rows.filter((row) => row.agreementId === id)
      const balance = sum(own.map((row) => kopecks(row.amount)))
      return [id, { balance, months: debtByMonth(chargesOf(own), balance, month) }]
    }),
  )
}

function readMovements(ctx: Context, agreementIds: readonly number[]): Promise<Row[]> {
  return ctx.sql.many<Row>`
    select "agreementId", month, kind, sum(amount)::int8 as amount
    from (
      select to_id as "agreementId", coalesce(about_period, period) as month, kind, amount
      from entry where to_id = any(${agreementIds}::int4[])
      union all
      select from_id, coalesce(about_period, period), kind, -amount
      from entry where from_id = any(${agreementIds}::int4[])
    ) e
    group by "agreementId", month, kind`
}

// What stood open at the start is owed for the month before it; payments belong to no month.
function chargesOf(rows: readonly Row[]): MonthDebt[] {
  const opens = codesOf('opening')
  const pays = codesOf('paid')
  const charges = new Map<Period, bigint>()
  for (const { amount, kind, month } of rows) {
    if (pays.includes(kind)) continue
    const about = opens.includes(kind) ? addMonths(month, -1) : month
    charges.set(about, (charges.get(about) ?? 0n) + amount)
  }
  return [...charges].map(([month, amount]) => ({ month, amount: kopecks(amount) }))
}
