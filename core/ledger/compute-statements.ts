import { type Context } from '../context.ts'
import { codesOf } from './entry-kind.ts'
import { type Statement } from './statement.ts'

export type ComputedStatement = Statement & { agreement_id: number }

/**
 * Statements straight from entries, every month that has one, chained per agreement.
 * `asOf` leaves out what was booked later. This is the truth the stored statements must equal.
 */
export function computeStatements(
  ctx: Context,
  scope: { agreementIds: readonly number[]; asOf?: Date },
): Promise<ComputedStatement[]> {
  const asOf = scope.asOf ?? null
  return ctx.sql.many<ComputedStatement>`
    with moved as (
      select to_id as agreement_id, period, kind, amount from entry
      where to_id = any(${scope.agreementIds}::int4[])
        and (${asOf}::timestamptz is null or booked_at <= ${asOf})
      union all
      select from_id, period, kind, -amount from entry
      where from_id = any(${scope.agreementIds}::int4[])
        and (${asOf}::timestamptz is null or booked_at <= ${asOf})
    ), month as (
      select agreement_id, period, sum(amount)::int8 as total,
        coalesce(sum(amount) filter (where kind = any(${codesOf('opening')}::int2[])), 0)::int8 as opened,
        coalesce(sum(amount) filter (where kind = any(${codesOf('accrued')}::int2[])), 0)::int8 as accrued,
        coalesce(sum(amount) filter (where kind = any(${codesOf('subscription')}::int2[])), 0)::int8 as subscription,
        coalesce(sum(amount) filter (where kind = any(${codesOf('penalty')}::int2[])), 0)::int8 as penalty,
        coalesce(sum(amount) filter (where kind = any(${codesOf('correction')}::int2[])), 0)::int8 as correction,
        -coalesce(sum(amount) filter (where kind = any(${codesOf('benefit')}::int2[])), 0)::int8 as benefit,
        -coalesce(sum(amount) filter (where kind = any(${codesOf('subsidy')}::int2[])), 0)::int8 as subsidy,
        -coalesce(sum(amount) filter (where kind = any(${codesOf('paid')}::int2[])), 0)::int8 as paid
      from moved group by agreement_id, period
    ), chained as (
      select *, (sum(total) over (partition by agreement_id order by period))::int8 as closing
      from month
    )
    select agreement_id, period, (closing - total + opened)::int8 as opening, accrued, subscription,
      penalty, correction, benefit, subsidy, paid, closing
    from chained order by agreement_id, period`
}
