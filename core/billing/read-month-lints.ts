import { type Context } from '../context.ts'
import { type Period } from '../period.ts'
import { accept, refuse } from '../result.ts'
import { findMonthLints } from './month-lints.ts'

/**
 * Everything wrong, or worth a look, with a month of a provider: what a check would say now, and of an
 * issued month what it would have said. Changes nothing.
 * Refuses: `provider-not-found`; `not-drafted` when the month is charged here and no draft is made;
 * `run-unfinished` while the draft is being computed.
 */
export async function readMonthLints(
  ctx: Context,
  { month, providerCode }: { providerCode: string; month: Period },
) {
  const found = await ctx.sql.maybe<{
    providerId: number
    chargedFrom: Period | null
    runId: number | null
    runState: string | null
  }>`
    select p.id as "providerId", p.charged_from as "chargedFrom", r.id as "runId",
      r.state as "runState"
    from provider p
    left join billing_period b on b.provider_id = p.id and b.period = ${month}
    left join run r on r.id = b.run_id
    where p.code = ${providerCode}`
  if (!found) return refuse('provider-not-found')
  const { chargedFrom, providerId, runId, runState } = found
  const isCalculated = chargedFrom !== null && month >= chargedFrom
  if (isCalculated && runId === null) return refuse('not-drafted')
  if (isCalculated && runState === 'computing') return refuse('run-unfinished')
  const scope = { providerId, month, runId: isCalculated ? runId : null }
  return accept(await findMonthLints(ctx, scope))
}
