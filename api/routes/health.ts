import { Router } from 'express'
import { type Context } from '../../core/context.ts'
import { readQueues } from '../../core/reports/read-queues.ts'

/** Updates or letters waiting longer mean that something stands still. */
const LAG_MAX_SECONDS = 120

/**
 * `GET /health`: 200 while the database answers and the queues move, 503 otherwise; for a load
 * balancer and for people.
 */
export function healthRoute(ctx: Context): Router {
  const router = Router()
  router.get('/health', async (_req, res) => {
    try {
      const queues = await readQueues(ctx)
      const moving =
        queues.inbox.lagSeconds <= LAG_MAX_SECONDS && queues.outbox.lagSeconds <= LAG_MAX_SECONDS
      res
        .status(moving ? 200 : 503)
        .json({ status: moving ? 'ok' : 'lagging', database: 'ok', ...queues })
    } catch {
      res.status(503).json({ status: 'down', database: 'unreachable' })
    }
  })
  return router
}
