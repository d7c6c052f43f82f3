import { type IncomingMessage } from 'node:http'
import { parseMultipart, type UploadedFile } from '../multipart.ts'

/** One Bot API request, whatever way its parameters came. */
export type Call = {
  /** Lower case: Telegram accepts any. */
  method: string
  parameters: Record<string, unknown>
  files: Map<string, UploadedFile>
}

/**
 * The "no" of the Bot API: HTTP status, description and parameters as Telegram writes them. Thrown,
 * because a refusal may come from any depth of a payload and always becomes the same answer.
 */
export class BotApiRefusal extends Error {
  readonly code: number
  readonly parameters: { retry_after?: number; migrate_to_chat_id?: number } | undefined

  constructor(code: number, description: string, parameters?: BotApiRefusal['parameters']) {
    super(description)
    this.code = code
    this.parameters = parameters
  }
}

/** Refuses with "Bad Request: …". */
export function badRequest(reason: string): never {
  throw new BotApiRefusal(400, `Bad Request: ${reason}`)
}

/** Parameters of the query string and of a JSON, urlencoded or multipart body. */
export function parseCall(
  method: string,
  query: string,
  headers: IncomingMessage['headers'],
  body: Buffer,
): Call {
  const parameters: Record<string, unknown> = query
    ? Object.fromEntries(new URLSearchParams(query))
    : {}
  const call: Call = { method: method.toLowerCase(), parameters, files: new Map() }
  if (body.length === 0) return call

  const contentType = headers['content-type'] ?? ''
  if (/^application\/json/i.test(contentType)) {
    const json = parseJson(body.toString('utf8'), "can't parse JSON object")
    if (!isRecord(json)) return badRequest('object expected as a JSON body')
    Object.assign(parameters, json)
  } else if (/^multipart\/form-data/i.test(contentType)) {
    const form = parseMultipart(contentType, body)
    if (!form) return badRequest("can't parse multipart body")
    Object.assign(parameters, form.fields)
    call.files = form.files
  } else if (/^application\/x-www-form-urlencoded/i.test(contentType)) {
    Object.assign(parameters, Object.fromEntries(new URLSearchParams(body.toString('utf8'))))
  }
  return call
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Text of a parameter; a number or boolean of a JSON body becomes its digits. */
export function textOf(call: Call, name: string): string | undefined {
  const value = call.parameters[name]
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

export function integerOf(call: Call, name: string): number | undefined {
  const text = textOf(call, name)
  return text !== undefined && /^-?\d{1,15}$/.test(text) ? Number(text) : undefined
}

/** Telegram takes `true`, `"true"`, `"True"` and `1` for yes. */
export function flagOf(call: Call, name: string): boolean {
  return /^(true|1|yes)$/i.test(textOf(call, name) ?? '')
}

/** A nested object or list: as it is in a JSON body, JSON text in any other. */
export function objectOf(call: Call, name: string): unknown {
  const value = call.parameters[name]
  if (value === undefined || value === null || value === '') return undefined
  return typeof value === 'string' ? parseJson(value, `can't parse ${name} JSON object`) : value
}

function parseJson(text: string, complaint: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return badRequest(complaint)
  }
}
