import { type Context } from '../context.ts'
import { SOURCES } from '../ledger/entry.ts'
import { type Scope } from './report.ts'

/**
 * Runs of the scope's providers whose lines were booked up to its instant, for its first month or a
 * later one: a later run may correct a month of the scope.
 */
export async function readPostedRuns(
  ctx: Context,
  { asOf, from, providerIds }: Pick<Scope, 'asOf' | 'from' | 'providerIds'>,
): Promise<number[]> {
  const runs = await ctx.sql.many<{ id: number }>`
    select r.id from run r
    -- all entries of a run are booked together: the first line says when
    cross join lateral (
      select agreement_id, line from run_line l where l.run_id = r.id and l.posted and l.amount <> 0
      order by l.agreement_id, l.line limit 1
    ) l
    join entry e on e.source_kind = ${SOURCES.run}::int2 and e.source_id = l.agreement_id
      and e.line = l.line and e.period = r.period
    where r.provider_id = any(${providerIds}::int4[]) and r.state = 'posted'
      and r.kind = 'month' and r.period >= ${from} and e.booked_at <= ${asOf}
    order by r.id`
  return runs.map(({ id }) => id)
}
