import { describe, expect, it } from '@jest/globals'
import { type Router } from 'express'
import supertest from 'supertest'
import { createApp } from '../../api/app.ts'
import { testTown } from '../support/town.ts'
import { expectDocumented } from './api.ts'

const made = await testTown()
const town = { ...made, prisma: made.database.prisma }
const app = createApp(town, { webhook: () => undefined, openFile: async () => null })
const request = supertest(app)
const document = (await request.get('/api/v1/openapi.json')).body

type Layer = Router['stack'][number]

/** `get /api/v1/imports/{id}` of every route of the application. */
function routesOf(layers: readonly Layer[]): string[] {
  return layers.flatMap(({ handle, route }) => {
    if (!route) return 'stack' in handle ? routesOf((handle as Router).stack) : []
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}')
    return route.stack.map(({ method }) => `${method} ${path}`)
  })
}

const operations: [name: string, operation: Operation][] = Object.entries(
  document.paths as Record<string, Record<string, Operation>>,
).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]): [string, Operation] => [
    `${method} ${path}`,
    operation,
  ]),
)

type Content = { example?: unknown; examples?: Record<string, { value: unknown }> }
type Operation = {
  operationId?: string
  responses: Record<string, { description: string; content?: { 'application/json'?: Content } }>
}

describe('the document', () => {
  it('has every route of the application and no other', () => {
    const routes = [...new Set(routesOf((app.router as unknown as Router).stack))]
    expect(operations.map(([name]) => name).toSorted()).toEqual(routes.toSorted())
  })

  it.each(operations)('has examples of %s that fit their schemas', (name, operation) => {
    const [method = '', path = ''] = name.split(' ')
    for (const [status, answer] of Object.entries(operation.responses)) {
      const content = answer.content?.['application/json']
      const values = Object.values(content?.examples ?? {}).map(({ value }) => value)
      for (const body of content?.example ? [...values, content.example] : values)
        expectDocumented(document, method, path, { status: Number(status), body })
    }
    expect(Object.keys(operation.responses)).not.toEqual([])
  })

  it('gives every operation for programs an id of its own and the refusals all of them have', () => {
    const forPrograms = operations.filter(([, { operationId }]) => operationId !== undefined)
    expect(new Set(forPrograms.map(([, { operationId }]) => operationId)).size).toBe(
      forPrograms.length,
    )
    for (const [, { responses }] of forPrograms)
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['400', '401', '403', '500']))
  })

  it('refers to nothing that is not in it', () => {
    const refs = JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)
    const missing = [...refs]
      .map(([, id = '']) => id)
      .filter((id) => !document.components.schemas[id])
    expect(missing).toEqual([])
  })
})

describe('the page', () => {
  it('is served whole from here, and allows nothing from elsewhere', async () => {
    const page = await request.get('/docs').expect(200)
    const parts = [...page.text.matchAll(/(?:src|href)="(docs\/[^"]+)"/g)].map(([, part]) => part)
    expect(parts).toHaveLength(4)
    for (const part of parts) await request.get(`/${part}`).expect(200)
    expect(page.get('content-security-policy')).toContain("default-src 'none'")
    expect(page.text).not.toMatch(/https?:/)
  })

  it.each(['/docs/package.json', '/docs/..%2fpackage.json', '/docs/index.html'])(
    'gives no other file: %s',
    async (path) => {
      await request.get(path).expect(404, { code: 'not-found' })
    },
  )

  it('keeps its addresses when it is asked for with a slash', async () => {
    await request.get('/docs/').expect(308).expect('location', '../docs')
  })
})
