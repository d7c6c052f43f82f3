import { type Server } from 'node:http'
import { afterAll, expect } from '@jest/globals'
import supertest, { type Response } from 'supertest'
import { z } from 'zod'
import { createApp } from '../../api/app.ts'
import { createApiKey } from '../../core/access/api-keys.ts'
import { type Town } from '../../core/context.ts'
import { testTown, type TestTown } from '../support/town.ts'

export type Api = {
  town: TestTown & Town
  server: Server
  /** A new key with these scopes. */
  key: (...scopes: string[]) => Promise<string>
  get: (path: string, key: string) => Promise<Response>
  post: (path: string, key: string, body?: object) => Promise<Response>
  /** Sends a file as the raw body. */
  send: (path: string, key: string, file: Buffer) => Promise<Response>
}

type Schema = Parameters<typeof z.fromJSONSchema>[0]
type Answer = { content?: { 'application/json'?: { schema: object } } }
type Operation = { responses: Record<string, Answer> }
type Document = {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, object> }
}

let keys = 0

/**
 * The application over a town of the test file's own. Every answer that goes through it is checked
 * against the document: a status or a body that is not there fails the test.
 */
export async function openApi(): Promise<Api> {
  const made = await testTown()
  const town = { ...made, prisma: made.database.prisma }
  const app = createApp(town, { webhook: () => undefined, openFile: async () => null })
  const server = app.listen(0)
  afterAll(() => new Promise((resolve) => server.close(resolve)))
  const document = (await supertest(server).get('/api/v1/openapi.json')).body as Document
  const checked = async (method: string, path: string, response: Promise<Response>) => {
    const answer = await response
    expectDocumented(document, method, path, answer)
    return answer
  }
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
  const request = supertest(server)
  return {
    town,
    server,
    async key(...scopes) {
      const created = await createApiKey(town, { name: `program ${++keys}`, scopes })
      if (!created.ok) throw new Error(created.code)
      return created.value.key
    },
    get: (path, key) => checked('get', path, withKey(request.get(path), bearer(key))),
    post: (path, key, body = {}) =>
      checked('post', path, withKey(request.post(path).send(body), bearer(key))),
    send: (path, key, file) =>
      checked(
        'post',
        path,
        withKey(request.post(path).type('application/octet-stream').send(file), bearer(key)),
      ),
  }
}

// A request is thenable but no promise.
async function withKey(
  request: supertest.Test,
  headers: Record<string, string>,
): Promise<Response> {
  return request.set(headers)
}

/** Fails unless the document has this answer, with a schema that the body fits. */
export function expectDocumented(
  document: Document,
  method: string,
  path: string,
  { body, status }: Pick<Response, 'body' | 'status'>,
): void {
  const [bare = ''] = path.split('?')
  const [template, operations] =
    Object.entries(document.paths).find(([known]) =>
      new RegExp(`^${known.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(bare),
    ) ?? []
  const schema = operations?.[method]?.responses[status]?.content?.['application/json']?.schema
  expect({ template, status, documented: schema !== undefined }).toEqual({
    template,
    status,
    documented: true,
  })
  const whole = { ...schema, $defs: document.components.schemas }
  const local = JSON.stringify(whole).replaceAll('#/components/schemas/', '#/$defs/')
  expect(z.fromJSONSchema(JSON.parse(local) as Schema).safeParse(body).error).toBeUndefined()
}
