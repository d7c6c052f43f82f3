import { type Context } from '../context.ts'
import { settleAsOf } from '../ledger/as-of.ts'
import { dayIn, monthsBetween, type Period, periodOf } from '../period.ts'
import { accept, refuse } from '../result.ts'
import { type Grain, type Scope } from './report.ts'

/** What is asked of a report. */
export type ReportInput = {
  /** ЄДРПОУ or УНП; without it every provider of the town. */
  providerCode?: string
  /** First month; without it the same as `to`. */
  from?: Period
  /** Last month; without it the month of `asOf`. */
  to?: Period
  /** Without it now. */
  asOf?: Date
  grain?: Grain
}

/** Ten years. */
export const MONTHS_MAX = 120

/**
 * Finds the providers of a report and makes sure that what was booked up to its instant is complete:
 * the same scope gives the same report for ever.
 *
 * Refuses: `provider-not-found`; `range-ends-before-start`; `too-many-months` with the `limit`;
 * `as-of-in-future`; `as-of-unfinished` with the `watermark`, the latest instant that can be asked now.
 */
export async function openScope(ctx: Context, input: ReportInput) {
  const asOf = input.asOf ?? ctx.now()
  const to = input.to ?? periodOf(dayIn(asOf, ctx.zone))
  const from = input.from ?? to
  if (from > to) return refuse('range-ends-before-start')
  if (monthsBetween(from, to) >= MONTHS_MAX) return refuse('too-many-months', { limit: MONTHS_MAX })
  const code = input.providerCode ?? null
  const providers = await ctx.sql.many<{ id: number }>`
    select id from provider where ${code}::text is null or code = ${code} order by id`
  if (code !== null && providers.length === 0) return refuse('provider-not-found')
  for (const { id } of providers) {
    const settled = await settleAsOf(ctx, id, asOf)
    if (!settled.ok) return settled
  }
  const providerIds = providers.map(({ id }) => id)
  return accept<Scope>({ providerIds, from, to, grain: input.grain ?? 'service', asOf })
}
