import { type EventEmitter } from 'node:events'
import { type IncomingMessage, type ServerResponse } from 'node:http'
import { z, ZodError } from 'zod'
import { CALL_FAULTS, type Faults, UPDATE_FAULTS, type Wire, WIRES } from './faults.ts'
import { type FileStore } from './file-store.ts'
import { telegramActions, telegramSnapshot } from './telegram/control.ts'
import { type Telegram } from './telegram/telegram.ts'
import { viberActions, viberSnapshot } from './viber/control.ts'
import { type Viber } from './viber/viber.ts'
import { readBody, sendJson } from './wire.ts'

const BODY_BYTES_MAX = 32 * 1024 * 1024
const EVENTS_PING_MS = 20_000

type Options = {
  bots: { telegram: Telegram; crew: Telegram | null; viber: Viber }
  faults: Faults
  files: FileStore
  changes: EventEmitter
  setBudgets: (on: boolean) => void
}

const rate = z.number().min(0).max(1).exactOptional()
const Rates = z.strictObject({
  rate429: rate,
  retryAfter: z.number().int().min(1).exactOptional(),
  rate5xx: rate,
  timeoutAfterAcceptRate: rate,
  resetRate: rate,
  duplicateUpdates: rate,
  outOfOrder: rate,
  badSignature: rate,
  slowMs: z.number().int().min(0).exactOptional(),
})
const Next = z.strictObject({
  wire: z.enum(WIRES),
  kind: z.enum([...CALL_FAULTS, ...UPDATE_FAULTS]),
  count: z.number().int().min(1).exactOptional(),
  method: z.string().exactOptional(),
  retryAfter: z.number().int().min(1).exactOptional(),
})
const FaultsBody = z.strictObject({
  clear: z.boolean().exactOptional(),
  telegram: Rates.exactOptional(),
  crew: Rates.exactOptional(),
  viber: Rates.exactOptional(),
  next: z.array(Next).exactOptional(),
  budgets: z.boolean().exactOptional(),
})
const TelegramPerson = z.strictObject({
  id: z.number().int().positive().exactOptional(),
  firstName: z.string().min(1).max(64),
  phone: z.string().max(32).exactOptional(),
  hasStarted: z.boolean().exactOptional(),
})
const ViberPerson = z.strictObject({
  id: z.string().min(1).max(64).exactOptional(),
  name: z.string().min(1).max(64),
  phone: z.string().max(32).exactOptional(),
  language: z.string().max(8).exactOptional(),
  isSubscribed: z.boolean().exactOptional(),
})

/**
 * The simulator's own HTTP interface, for its page and for tests in other processes. JSON, except
 * pictures and files, which are the body of the request itself.
 *
 * - `GET  /simulator/events?chat=telegram:1000001` server-sent events: `chat` when one of these changes
 * - `POST /simulator/{telegram|crew|viber}/people` one person, or a list of them → `{ id }`
 * - `GET  /simulator/{…}/people/{id}` what is on the screen
 * - `POST /simulator/{…}/people/{id}/{action}` what the person does
 * - `GET|POST /simulator/faults` rates, next faults, budgets
 * - `GET  /simulator/files/{id}/{name}` a file of either messenger
 *
 * Answers 400 to a body it cannot read, 404 to an unknown person or action, 409 to an action that
 * the screen does not offer.
 */
export function createControl(options: Options) {
  return async (req: IncomingMessage, res: ServerResponse, url: string): Promise<void> => {
    const { pathname, searchParams } = new URL(url, 'http://simulator')
    const [what = '', ...rest] = pathname
      .slice('/simulator/'.length)
      .split('/')
      .map(decodeURIComponent)
    try {
      if (what === 'events') return streamEvents(res, options.changes, searchParams.getAll('chat'))
      if (what === 'files') return sendFile(res, options.files, rest[0] ?? '')
      const body = await readBody(req, BODY_BYTES_MAX)
      if (!body) throw new NotPossible(413, 'the body is too long')
      const read = () => (req.method === 'POST' ? body : null)
      const answer =
        what === 'faults' ? faultsCall(options, read()) : await call(options, what, rest, read())
      sendJson(res, 200, JSON.stringify(answer))
    } catch (error) {
      const status = error instanceof NotPossible ? error.status : unreadable(error) ? 400 : 409
      const message = error instanceof Error ? error.message : String(error)
      sendJson(res, status, JSON.stringify({ error: message }))
    }
  }
}

class NotPossible extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

function unreadable(error: unknown): boolean {
  return error instanceof ZodError || error instanceof SyntaxError || error instanceof URIError
}

/** `/simulator/{wire}/people[/{id}[/{action}]]`; `body` is null unless something is to be done. */
async function call(
  { bots }: Options,
  wire: string,
  [people, id, action]: string[],
  body: Buffer | null,
): Promise<unknown> {
  if (people !== 'people') throw new NotPossible(404, 'no such address')
  if (wire === 'viber') {
    if (id === undefined) return created(body, ViberPerson, bots.viber.person)
    const person = bots.viber.find(id)
    if (!person) throw new NotPossible(404, 'no such person')
    return body ? perform(viberActions(person), action, body) : viberSnapshot(person)
  }
  const bot = wire === 'telegram' ? bots.telegram : wire === 'crew' ? bots.crew : null
  if (!bot) throw new NotPossible(404, `no bot "${wire}"`)
  if (id === undefined) return created(body, TelegramPerson, bot.person)
  const person = bot.find(Number(id))
  if (!person) throw new NotPossible(404, 'no such person')
  return body ? perform(telegramActions(person), action, body) : telegramSnapshot(bot, person)
}

function created<T>(
  body: Buffer | null,
  schema: z.ZodType<T>,
  create: (about: T) => { id: number | string },
): { id: number | string } | { id: number | string }[] {
  const json: unknown = JSON.parse(body?.toString('utf8') ?? '')
  if (!Array.isArray(json)) return { id: create(schema.parse(json)).id }
  return json.map((one) => ({ id: create(schema.parse(one)).id }))
}

async function perform(
  actions: Record<string, (body: Buffer) => unknown>,
  name: string | undefined,
  body: Buffer,
): Promise<unknown> {
  const action = name === undefined || !Object.hasOwn(actions, name) ? undefined : actions[name]
  if (!action) throw new NotPossible(404, `no action "${name}"`)
  return { result: (await action(body)) ?? null }
}

function faultsCall({ faults, setBudgets }: Options, body: Buffer | null): unknown {
  if (body) {
    const wanted = FaultsBody.parse(JSON.parse(body.toString('utf8')))
    if (wanted.clear) faults.clear()
    for (const wire of WIRES) if (wanted[wire]) faults.set(wire, wanted[wire])
    for (const { wire, kind, ...more } of wanted.next ?? []) faults.next(wire, kind, more)
    if (wanted.budgets !== undefined) setBudgets(wanted.budgets)
  }
  return Object.fromEntries(WIRES.map((wire: Wire) => [wire, faults.rates(wire)]))
}

function streamEvents(res: ServerResponse, changes: EventEmitter, chats: string[]): void {
  const wanted = new Set(chats)
  res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  res.write(': watching\n\n')
  const tell = (wire: string, id: string) => {
    const chat = `${wire}:${id}`
    if (wanted.has(chat)) res.write(`event: chat\ndata: ${chat}\n\n`)
  }
  const ping = setInterval(() => res.write(': still here\n\n'), EVENTS_PING_MS)
  changes.on('chat', tell)
  res.on('close', () => {
    clearInterval(ping)
    changes.off('chat', tell)
  })
}

function sendFile(res: ServerResponse, files: FileStore, id: string): void {
  const file = files.get(id)
  if (!file) throw new NotPossible(404, 'no such file')
  res.writeHead(200, {
    'content-type': file.mime,
    'content-length': file.bytes.length,
    'content-disposition': `inline; filename*=UTF-8''${encodeURIComponent(file.name)}`,
    'x-content-type-options': 'nosniff',
  })
  res.end(file.bytes)
}
