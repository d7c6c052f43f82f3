import { z } from 'zod'
import { type AnswerSpec, type Endpoint, type RefusalSpec, refusalSchema } from './endpoint.ts'
import { components } from './fields.ts'
import { OPEN_PATHS } from './open-paths.ts'

type Json = Record<string, unknown>

const Issue = z.strictObject({ path: z.string(), problem: z.string() })
/** What every operation can answer before, or instead of, its own answers. */
const REFUSALS: Record<string, RefusalSpec> = {
  'invalid-request': {
    status: 400,
    means: 'A part of the request is wrong; its value is never repeated',
    details: { issues: z.array(Issue) },
    example: { issues: [{ path: 'query.provider', problem: 'Invalid string' }] },
  },
  unauthenticated: { status: 401, means: 'No key, or one that is not known or revoked' },
  forbidden: { status: 403, means: 'The key does not allow this' },
  internal: { status: 500, means: 'Our fault: try again later' },
}
const BODY_REFUSALS: Record<string, RefusalSpec> = {
  'bad-request': { status: 400, means: 'The body cannot be read' },
  'too-large': { status: 413, means: 'The body is too large' },
  'unsupported-media-type': { status: 415, means: 'An encoding of the body that is not known' },
}

const DESCRIPTION = `Files in, statements out, months, requests of people: what a provider's programs need.

- Show your key in \`Authorization: Bearer os_…\`. An operator makes it; it may be limited to a provider.
- Money is decimal text of kopecks (\`"126470"\` is 1 264,70), a month is \`202610\`, a moment is UTC.
- A refusal has a \`code\` that never changes; other members are its details.`

/** The OpenAPI 3.1 document of the whole application, made from what the routes are made from. */
export function openApiDocument(endpoints: readonly Endpoint[]): Json {
  const paths: Record<string, Json> = {}
  for (const endpoint of endpoints) {
    const path = endpoint.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [endpoint.method]: operation(endpoint) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Oselia', version: '1.0.0', description: DESCRIPTION },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }, { header: [] }],
    paths: { ...paths, ...OPEN_PATHS },
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        header: { type: 'apiKey', in: 'header', name: 'X-Api-Key' },
      },
      schemas: namedSchemas(),
    },
  }
}

function operation(endpoint: Endpoint): Json {
  const { activity, body, description, params, query, summary } = endpoint
  const scope = `Scope: \`${activity}\`.`
  return {
    operationId: operationId(endpoint),
    tags: [endpoint.path.split('/')[3]],
    summary,
    description: description ? `${description}\n\n${scope}` : scope,
    parameters: [...parameters('path', params), ...parameters('query', query)],
    ...(body ? { requestBody: requestBody(body) } : {}),
    responses: responses(endpoint),
  }
}

/** `POST /api/v1/imports/:id/undo` is `post-imports-id-undo`. */
function operationId({ method, path }: Endpoint): string {
  const words = path.split('/').slice(3)
  return [method, ...words.map((word) => word.replace(':', ''))].join('-')
}

function parameters(where: 'path' | 'query', schema: z.ZodType): Json[] {
  const { properties = {} } = jsonSchema(schema) as { properties?: Record<string, Json> }
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = property
    const isRequired = where === 'path' || !acceptsNothing(schema, name)
    return { name, in: where, required: isRequired, description, schema: rest }
  })
}

function acceptsNothing(schema: z.ZodType, name: string): boolean {
  const { required = [] } = jsonSchema(schema, 'input') as { required?: string[] }
  return !required.includes(name)
}

function requestBody(body: z.ZodType | 'file'): Json {
  const content =
    body === 'file'
      ? { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } }
      : { 'application/json': { schema: reference(body) } }
  return { required: true, content }
}

function responses(endpoint: Endpoint): Json {
  const { answers, body, refusals } = endpoint
  const told = { ...REFUSALS, ...(body ? BODY_REFUSALS : {}), ...refusals }
  const statuses = new Set(Object.values(told).map(({ status }) => status))
  const refusalsOf = (status: number) =>
    Object.entries(told).filter(([, spec]) => spec.status === status)
  return {
    ...Object.fromEntries(
      Object.entries(answers).map(([status, spec]) => [status, answered(spec)]),
    ),
    ...Object.fromEntries([...statuses].map((status) => [status, refused(refusalsOf(status))])),
  }
}

function answered({ example, means, schema }: AnswerSpec): Json {
  return {
    description: means,
    content: { 'application/json': { schema: reference(schema), example } },
  }
}

function refused(specs: readonly [code: string, spec: RefusalSpec][]): Json {
  const schemas = specs.map(([code, spec]) => jsonSchema(refusalSchema(code, spec)))
  const examples = specs.map(([code, { example = {}, means }]) => [
    code,
    { summary: means, value: { code, ...example } },
  ])
  return {
    description: specs.map(([code, { means }]) => `\`${code}\`: ${means}`).join('\n\n'),
    content: {
      'application/json': {
        schema: schemas.length === 1 ? schemas[0] : { oneOf: schemas },
        examples: Object.fromEntries(examples),
      },
    },
  }
}

const address = (id: string) => `#/components/schemas/${id}`

/** Where a named schema stands. Throws for one without a name: answers and bodies have one. */
function reference(schema: z.ZodType): Json {
  const known = components.get(schema)
  if (!known) throw new Error('a schema of an answer or body has no name')
  return { $ref: address(known.id) }
}

function namedSchemas(): Json {
  const { schemas } = z.toJSONSchema(components, { uri: address, override: withoutPatterns })
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $id: _id, $schema: _schema, ...schema }]) => [id, schema]),
  )
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output' = 'output'): Json {
  const { $schema: _schema, ...rest } = z.toJSONSchema(schema, { io, override: withoutPatterns })
  return rest
}

/** The pattern behind `date-time` is a page long and says no more than the format. */
function withoutPatterns({ jsonSchema: made }: { jsonSchema: Json }): void {
  if ('format' in made) delete made['pattern']
}
