import { setTimeout } from 'node:timers/promises'
import { findRun, type RunSummary } from '../../core/billing/run/read-runs.ts'
import { workOnRun } from '../../core/billing/run/work-on-run.ts'
import { type Context } from '../../core/context.ts'

/** A line now and then for whoever waits. */
const TELL_EVERY_MS = 2_000
/** Another process computes the last chunks: they are ready soon, or it is dead and they are ours. */
const WAIT_MS = 300

/**
 * Works on a run, beside whoever else does, until it is computed or dropped; tells now and then how far
 * it is. Gives the run as it is then, or null when there is none.
 */
export async function finishRun(
  ctx: Context,
  runId: number,
  tell: (run: RunSummary) => void,
): Promise<RunSummary | null> {
  for (;;) {
    const work = workOnRun(ctx, runId).then(() => true)
    while (!(await Promise.race([work, setTimeout(TELL_EVERY_MS, false, { ref: false })]))) {
      const run = await findRun(ctx, runId)
      if (run) tell(run)
    }
    const run = await findRun(ctx, runId)
    if (run?.state !== 'computing') return run
    tell(run)
    await setTimeout(WAIT_MS)
  }
}
