import { type Context } from '../../context.ts'
import { bulkInsert } from '../../db/bulk-insert.ts'
import { SOURCES } from '../../ledger/entry.ts'
import { type Kopecks } from '../../money.ts'
import { type Reversal, type Reversible } from '../../payments/match-reversals.ts'
import { type Period, type PlainDate } from '../../period.ts'

/** What makes a payment known (its source and id there) and the same. */
export type PaymentFact = {
  source: string
  externalId: string
  agreementId: number
  paidOn: PlainDate
  /** Kopecks; negative for a reversal. */
  amount: Kopecks
}
export type NewPayment = PaymentFact & {
  id: bigint
  commission: Kopecks
  method: string
  designatedPeriod: Period | null
  reversesId: bigint | null
}

const PIECE = 10_000

/** One text for one payment. */
export function paymentKey({ externalId, source }: PaymentFact): string {
  return `${source}/${externalId}`
}

/** Payments known by the sources and ids given. */
export async function readPayments(
  ctx: Context,
  wanted: readonly PaymentFact[],
): Promise<PaymentFact[]> {
  const payments: PaymentFact[] = []
  for (let start = 0; start < wanted.length; start += PIECE) {
    const piece = wanted.slice(start, start + PIECE)
    const rows = await ctx.sql.many<PaymentFact>`
      select p.source, p.external_id as "externalId", p.agreement_id as "agreementId",
        p.paid_on as "paidOn", p.amount
      from unnest(${piece.map((one) => one.source)}::text[],
        ${piece.map((one) => one.externalId)}::text[]) as w (source, external_id)
      join payment p using (source, external_id)
      where not p.reversed`
    payments.push(...rows)
  }
  return payments
}

/** Stored payments that the reversals may take back: same agreement and sum, not taken back yet. */
export function readReversible(
  ctx: Context,
  reversals: readonly Reversal<unknown>[],
): Promise<Reversible<bigint>[]> {
  return ctx.sql.many<Reversible<bigint>>`
    select p.id, p.agreement_id as "agreementId", p.amount, p.paid_on as "paidOn"
    from (
      select distinct agreement_id, amount
      from unnest(${reversals.map((one) => one.agreementId)}::int4[],
        ${reversals.map((one) => -one.amount)}::int8[]) as w (agreement_id, amount)
    ) w
    join payment p using (agreement_id, amount)
    where not p.reversed and not exists (
      select 1 from payment r
      where r.agreement_id = p.agreement_id and r.reverses_id = p.id and not r.reversed)
    order by p.paid_on, p.id`
}

/** Stores payments under the ids they have. */
export async function insertPayments(
  ctx: Context,
  batchId: number,
  payments: readonly NewPayment[],
): Promise<void> {
  const columns = {
    id: 'int8',
    agreement_id: 'int4',
    paid_on: 'date',
    amount: 'int8',
    commission: 'int8',
    method: 'text',
    source: 'text',
    external_id: 'text',
    designated_period: 'int4',
    reverses_id: 'int8',
    batch_id: 'int4',
    recorded_at: 'timestamptz',
  }
  for (let start = 0; start < payments.length; start += PIECE) {
    const rows = payments
      .slice(start, start + PIECE)
      .map((one) => [
        one.id,
        one.agreementId,
        one.paidOn,
        one.amount,
        one.commission,
        one.method,
        one.source,
        one.externalId,
        one.designatedPeriod,
        one.reversesId,
        batchId,
        ctx.now(),
      ])
    await bulkInsert(ctx.sql, 'payment', columns, rows)
  }
}

/**
 * Entries of payments, by payment, that a reversal can still be linked to. An entry is linked once: a
 * payment whose reversal was itself undone stays out, and its next reversal goes without a link.
 */
export async function readPaymentEntries(
  ctx: Context,
  paymentIds: readonly (bigint | null)[],
): Promise<Map<bigint, bigint>> {
  const rows = await ctx.sql.many<{ id: bigint; payment: bigint }>`
    select e.id, e.source_id as payment from entry e
    where e.source_kind = ${SOURCES.payment}::int2 and e.source_id = any(${paymentIds}::int8[])
      and not exists (select 1 from entry r where r.reverses_id = e.id)`
  return new Map(rows.map((row) => [row.payment, row.id]))
}
