import schedule from 'node-schedule'
import { type Context } from './core/context.ts'
import { sweep } from './core/sweep.ts'

/** Every night in the town's zone; a cron line, because a rule object loses a run over DST. */
const NIGHTLY = '20 3 * * *'

/** Starts what runs by the clock. Returns the function that ends it. */
export function startSweeping(ctx: Context): () => void {
  const job = schedule.scheduleJob({ rule: NIGHTLY, tz: ctx.zone }, async () => {
    const removed = await sweep(ctx)
    ctx.log.info(removed, 'swept')
  })
  // A wrong line or zone is told by null alone.
  if (!job) throw new Error(`cannot schedule ${NIGHTLY} in ${ctx.zone}`)
  job.on('error', (error: unknown) => {
    ctx.log.error({ error: error instanceof Error ? error.name : 'unknown' }, 'the sweep failed')
  })
  return () => void job.cancel()
}
