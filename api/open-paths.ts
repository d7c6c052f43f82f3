// Routes that need no key: their part of the document, written by hand.

const QUEUE = {
  type: 'object',
  required: ['waiting', 'lagSeconds', 'failed'],
  properties: {
    waiting: { type: 'integer' },
    lagSeconds: { type: 'integer', description: 'Age of the oldest that may be handled' },
    failed: { type: 'integer', description: 'In the last day' },
  },
}
const HEALTH = {
  type: 'object',
  required: ['status', 'database'],
  properties: {
    status: { enum: ['ok', 'lagging', 'down'] },
    database: { enum: ['ok', 'unreachable'] },
    inbox: QUEUE,
    outbox: QUEUE,
  },
}
const queues = {
  inbox: { waiting: 0, lagSeconds: 0, failed: 0 },
  outbox: { waiting: 2, lagSeconds: 1, failed: 0 },
}

const path = (name: string) => ({ name, in: 'path', required: true, schema: { type: 'string' } })
const json = (description: string, schema: object, example: object) => ({
  description,
  content: { 'application/json': { schema, example } },
})
const page = (summary: string, type: string) => ({
  get: {
    tags: ['open'],
    security: [],
    summary,
    responses: { 200: { description: summary, content: { [type]: {} } } },
  },
})

/** Paths of the document by address. */
export const OPEN_PATHS = {
  '/health': {
    get: {
      tags: ['open'],
      security: [],
      summary: 'Whether the service works',
      responses: {
        200: json('It works', HEALTH, { status: 'ok', database: 'ok', ...queues }),
        503: json('It does not, or it stands still', HEALTH, {
          status: 'down',
          database: 'unreachable',
        }),
      },
    },
  },
  '/files/{token}/{name}': {
    get: {
      tags: ['open'],
      security: [],
      summary: 'A document behind an address that cannot be guessed and expires',
      parameters: [path('token'), path('name')],
      responses: {
        200: { description: 'The document', content: { 'application/pdf': {} } },
        404: { description: 'Unknown or expired' },
      },
    },
  },
  '/webhooks/{name}': {
    post: {
      tags: ['open'],
      security: [],
      summary: 'Updates of a messenger, signed as it signs them',
      parameters: [path('name')],
      requestBody: { required: true, content: { 'application/json': {} } },
      responses: {
        200: { description: 'Stored; a body is an answer the messenger shows' },
        400: { description: 'Not an update' },
        401: { description: 'Not from the messenger' },
        403: { description: 'Not from the messenger' },
        404: { description: 'A messenger not in use' },
        413: { description: 'Above a megabyte' },
      },
    },
  },
  '/api/v1/openapi.json': page('This document', 'application/json'),
  '/docs': page('This document as a page', 'text/html'),
  '/docs/{asset}': {
    get: {
      ...page('A part of the page', '*/*').get,
      parameters: [path('asset')],
      responses: { 200: { description: 'The part' }, 404: { description: 'No such part' } },
    },
  },
}
