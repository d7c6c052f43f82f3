import express, { type ErrorRequestHandler, type Express } from 'express'
import helmet from 'helmet'
import { type Town } from '../core/context.ts'
import { apiRoutes } from './api-routes.ts'
import { ENDPOINTS } from './endpoints.ts'
import { docsRoute } from './routes/docs.ts'
import { fileRoute, type OpenFile } from './routes/files.ts'
import { healthRoute } from './routes/health.ts'
import { type WebhookHandler, webhookRoute } from './webhooks/webhook-route.ts'

/** What the composition root gives the HTTP side. */
export type AppPorts = {
  /** The messenger's handler by its name; the bots may start after the application. */
  webhook: (name: string) => WebhookHandler | undefined
  openFile: OpenFile
}

/** The HTTP application, without listening: tests call it in process. */
export function createApp(town: Town, ports: AppPorts): Express {
  const app = express()
  app.disable('x-powered-by')
  // Webhooks come first: they are the hot path and no browser reads their answers.
  app.use(webhookRoute(ports.webhook))
  app.use(helmet())
  app.use(healthRoute(town))
  app.use(fileRoute(ports.openFile))
  app.use(docsRoute(ENDPOINTS))
  app.use(apiRoutes(town, ENDPOINTS))
  app.use((_req, res) => void res.status(404).json({ code: 'not-found' }))
  app.use(onError(town))
  return app
}

/** Codes of what express refuses by itself; everything else it refuses is `bad-request`. */
const CODES: Record<number, string> = { 413: 'too-large', 415: 'unsupported-media-type' }

// Express's own refusals (too large, bad encoding) keep their status; anything else is our fault.
function onError(town: Town): ErrorRequestHandler {
  return (error: unknown, _req, res, next) => {
    if (res.headersSent) {
      next(error)
      return
    }
    const { status } = error as { status?: number }
    if (status !== undefined && status >= 400 && status < 500) {
      res.status(status).json({ code: CODES[status] ?? 'bad-request' })
      return
    }
    const name = error instanceof Error ? error.name : 'unknown'
    town.log.error({ error: name }, 'a request failed')
    res.status(500).json({ code: 'internal' })
  }
}
