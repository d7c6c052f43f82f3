import { Router } from 'express'

/** Draws the document behind an unguessable token; null when the token is unknown or expired. */
export type OpenFile = (token: string) => Promise<{ name: string; bytes: Buffer } | null>

/** `GET /files/:token/:name`: for messengers that fetch a file by its address. */
export function fileRoute(openFile: OpenFile): Router {
  const router = Router()
  router.get('/files/:token/:name', async (req, res) => {
    const file = await openFile(req.params.token)
    if (!file) {
      res.sendStatus(404)
      return
    }
    const name = encodeURIComponent(file.name)
    res.set('content-disposition', `inline; filename*=UTF-8''${name}`)
    res.set('cache-control', 'private, no-store')
    res.type('application/pdf').send(file.bytes)
  })
  return router
}
