import { type Context } from '../../context.ts'
import { type Period } from '../../period.ts'

/** A run as it is stored. `suppose` is what a trial supposes, as stored. */
export type RunRow = {
  id: number
  providerId: number
  period: Period
  kind: 'month' | 'trial'
  state: 'computing' | 'computed' | 'posted' | 'dropped'
  asOf: Date
  suppose: unknown
  chargedFrom: Period
}

/** A run by its number; null when there is none. */
export function readRun(ctx: Context, runId: number): Promise<RunRow | null> {
  return ctx.sql.maybe<RunRow>`
    select r.id, r.provider_id as "providerId", r.period, r.kind, r.state, r.as_of as "asOf",
      r.suppose, p.charged_from as "chargedFrom"
    from run r join provider p on p.id = r.provider_id where r.id = ${runId}`
}
