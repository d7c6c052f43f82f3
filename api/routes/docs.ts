import { createRequire } from 'node:module'
import path from 'node:path'
import { type RequestHandler, Router } from 'express'
import helmet from 'helmet'
import { type Endpoint } from '../endpoint.ts'
import { openApiDocument } from '../openapi.ts'

const PAGE = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Oselia API</title>
  <link rel="stylesheet" href="docs/swagger-ui.css">
  <link rel="icon" type="image/png" href="docs/favicon-32x32.png">
</head>
<body>
  <div id="page"></div>
  <noscript><p>The document itself: <a href="api/v1/openapi.json">openapi.json</a></p></noscript>
  <script src="docs/swagger-ui-bundle.js"></script>
  <script src="docs/start.js"></script>
</body>
</html>
`
const START = `SwaggerUIBundle({
  url: 'api/v1/openapi.json',
  dom_id: '#page',
  deepLinking: true,
  defaultModelsExpandDepth: 0,
})
`
const ASSETS = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png']
const DAY_MS = 24 * 60 * 60 * 1000

/** `GET /api/v1/openapi.json`, and `GET /docs`, the same as a page: nothing comes from elsewhere. */
export function docsRoute(endpoints: readonly Endpoint[]): Router {
  const router = Router()
  const document = JSON.stringify(openApiDocument(endpoints))
  const require = createRequire(import.meta.url)
  const folder = path.dirname(require.resolve('swagger-ui-dist/package.json'))
  router.get('/api/v1/openapi.json', (_req, res) => void res.type('json').send(document))
  router.get('/docs', allowPage, (req, res) => {
    // Addresses on the page are relative, so that it also works behind a prefix.
    if (req.path.endsWith('/')) res.redirect(308, '../docs')
    else res.type('html').send(PAGE)
  })
  router.get('/docs/:asset', (req, res) => {
    const { asset } = req.params
    if (asset === 'start.js') res.type('js').send(START)
    else if (ASSETS.includes(asset)) res.sendFile(asset, { root: folder, maxAge: DAY_MS })
    else res.status(404).json({ code: 'not-found' })
  })
  return router
}

/**
 * Swagger UI writes style attributes and draws its icons from data addresses. Nothing is upgraded to
 * https: on a plain address within a network the page would stay empty.
 */
const allowPage: RequestHandler = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
})
