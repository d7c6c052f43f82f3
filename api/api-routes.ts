import express, { type Request, type RequestHandler, type Response, Router } from 'express'
import { authorOf, findApiKey, reachOf } from '../core/access/api-keys.ts'
import { type Town } from '../core/context.ts'
import { type Caller, type Endpoint, type RawCall } from './endpoint.ts'

/** A year of a large town's payments; more belongs into several files. */
export const FILE_LIMIT_MB = 64
const JSON_LIMIT = '64kb'

const readFile = express.raw({ type: () => true, limit: `${FILE_LIMIT_MB}mb` })
const readJson = express.json({ limit: JSON_LIMIT })

/**
 * The operations for programs. A call shows its key in `Authorization: Bearer` or `X-Api-Key`: 401
 * without a running one, 403 when it does not allow this; only then the body is read.
 */
export function apiRoutes(town: Town, endpoints: readonly Endpoint[]): Router {
  const router = Router()
  for (const endpoint of endpoints)
    router[endpoint.method](endpoint.path, async (req, res) => {
      const caller = await admit(town, endpoint, req, res)
      if (!caller) return
      const { body, status } = await endpoint.handle(
        town,
        caller,
        await readCall(endpoint, req, res),
      )
      res.status(status).set('cache-control', 'no-store').json(body)
    })
  return router
}

async function admit(
  town: Town,
  { activity }: Endpoint,
  req: Request,
  res: Response,
): Promise<Caller | null> {
  const shown = keyOf(req)
  const key = shown === null ? null : await findApiKey(town, shown)
  if (!key) {
    res.status(401).set('www-authenticate', 'Bearer').json({ code: 'unauthenticated' })
    return null
  }
  const reach = reachOf(key.scopes, activity)
  if (!reach) {
    res.status(403).json({ code: 'forbidden' })
    return null
  }
  return { author: authorOf(key), reach }
}

function keyOf(req: Request): string | null {
  const [, bearer] = /^bearer +(\S+)$/i.exec(req.get('authorization') ?? '') ?? []
  return bearer ?? req.get('x-api-key') ?? null
}

async function readCall(endpoint: Endpoint, req: Request, res: Response): Promise<RawCall> {
  if (endpoint.body) await run(endpoint.body === 'file' ? readFile : readJson, req, res)
  const body: unknown = req.body
  const file = Buffer.isBuffer(body) ? body : Buffer.alloc(0)
  return { params: req.params, query: req.query, body, file }
}

function run(handler: RequestHandler, req: Request, res: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    void handler(req, res, (error?: unknown) => {
      if (error) reject(error as Error)
      else resolve()
    })
  })
}
