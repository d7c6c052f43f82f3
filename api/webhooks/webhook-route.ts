import express, { Router } from 'express'

/** What a messenger's adapter needs of a call, and what it answers. */
type Request = { header: (name: string) => string | undefined; body: Buffer }
type Answer = { status: number; body?: object }
/** Checks who calls, stores what was sent, answers. */
export type WebhookHandler = (request: Request) => Promise<Answer>

const BODY_LIMIT = '1mb'

/**
 * The messengers' webhooks, `POST /webhooks/:name`: hands over the raw bytes, because signatures are
 * over them. 404 for a messenger not in use, 413 above a megabyte.
 */
export function webhookRoute(find: (name: string) => WebhookHandler | undefined): Router {
  const router = Router()
  const raw = express.raw({ type: () => true, limit: BODY_LIMIT })
  router.post('/webhooks/:name', raw, async (req, res) => {
    const handle = find(req.params.name)
    if (!handle) {
      res.sendStatus(404)
      return
    }
    const body = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0)
    const answer = await handle({ header: (header) => req.get(header), body })
    if (answer.body) res.status(answer.status).json(answer.body)
    // A messenger reads the status alone; express's own `sendStatus` costs more than the rest.
    else res.writeHead(answer.status).end()
  })
  return router
}
