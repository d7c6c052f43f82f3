import { setTimeout } from 'node:timers/promises'
import { type Context } from '../../context.ts'
import { workOnRun } from './work-on-run.ts'

/** Whoever starts a draft waits for it; one small query in so long is nothing to the database. */
const LOOK_EVERY_MS = 2_000
/** A run that fails fails again at once: the fault is to be put right first. */
const REST_AFTER_FAULT_MS = 60_000
/** Runs taken up at one look; the next look takes the others. */
const RUNS_A_LOOK = 10

/**
 * Starts computing every run that waits for it, here and now, and again after each restart: a run
 * whose process died goes on where it was. Gives the function that stops it, resolved when the chunk
 * at hand is stored; the other chunks wait for whoever comes next.
 */
export function startChargingWorker(ctx: Context): () => Promise<void> {
  const stopping = new AbortController()
  const working = lookForWork(ctx, stopping.signal)
  return async () => {
    stopping.abort()
    await working
  }
}

async function lookForWork(ctx: Context, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const isFaultless = await workOnAll(ctx, signal)
    const pauseMs = isFaultless ? LOOK_EVERY_MS : REST_AFTER_FAULT_MS
    // Rejects when it is stopped meanwhile: then the loop ends.
    await setTimeout(pauseMs, undefined, { signal }).catch(() => undefined)
  }
}

/** Months first: a trial is a question, a draft is the month's work. Gives whether nothing failed. */
async function workOnAll(ctx: Context, signal: AbortSignal): Promise<boolean> {
  let isFaultless = true
  const fault = (error: unknown, runId: number | null) => {
    isFaultless = false
    const name = error instanceof Error ? error.name : 'unknown'
    ctx.log.error({ error: name, run: runId }, 'charging failed')
  }
  const runs = await ctx.sql.many<{ id: number }>`
    select id from run where state = 'computing' order by kind = 'trial', id limit ${RUNS_A_LOOK}`.catch(
    (error: unknown) => {
      fault(error, null)
      return []
    },
  )
  for (const { id } of runs) {
    if (signal.aborted) break
    await workOnRun(ctx, id, { signal }).catch((error: unknown) => fault(error, id))
  }
  return isFaultless
}
