import { type EventEmitter } from 'node:events'
import { type IncomingMessage, type ServerResponse } from 'node:http'
import { createBucket } from '../bucket.ts'
import { exactJson } from '../exact-json.ts'
import { type Faults } from '../faults.ts'
import { type FileStore } from '../file-store.ts'
import { createSignal } from '../signal.ts'
import { type Client, readBody, sendJson } from '../wire.ts'
import { CHAT_HOSTNAME, createCallbacks, type ViberEvent } from './callbacks.ts'
import { isRecord } from './message.ts'
import { answerOf, METHODS } from './methods.ts'
import { createViberPerson, type ViberPerson } from './people.ts'
import { silenceBudget, type ViberChat, type ViberState } from './state.ts'
import { refuse, ViberRefusal } from './status.ts'

const BODY_BYTES_MAX = 1024 * 1024
const FIRST_TOKEN = 4_912_661_846_655_238_145n
const BROADCASTS_BURST = 500
const BROADCASTS_PER_SECOND = 50

export type ViberOptions = {
  firstNumber: number
  token: string
  name: string
  faults: Faults
  files: FileStore
  client: Client
  changes: EventEmitter
  random: () => number
  nowMs: () => number
  retryMs: number
  hasBudgets: () => boolean
}

type ViberPersonOptions = {
  id?: string
  name: string
  phone?: string
  language?: string
  /** True when the bot may write at once; false unless told. */
  isSubscribed?: boolean
}

export type Viber = {
  token: string
  person: (options: ViberPersonOptions) => ViberPerson
  find: (id: string) => ViberPerson | undefined
  /** Whether `delivered` and `seen` are sent for each message; on at first. */
  sendReceipts: (on: boolean) => void
  webhook: () => { url: string; events: readonly ViberEvent[] } | null
  pending: () => number
  /** Resolves when the webhook has taken every event. */
  idle: (timeoutMs?: number) => Promise<void>
  /** Answers `/pa/<method>`. */
  handle: (req: IncomingMessage, res: ServerResponse, method: string) => Promise<void>
  close: () => void
}

/** The Viber bot's server: its subscribers, its callbacks, its methods. */
export function createViber(options: ViberOptions): Viber {
  const { retryMs: _, firstNumber, ...services } = options
  let lastToken = FIRST_TOKEN + BigInt(firstNumber) * 1_000n - 1n
  const state: ViberState = {
    ...services,
    chats: new Map(),
    callbacks: createCallbacks(options),
    hasReceipts: true,
    broadcasts: createBucket(options.nowMs, BROADCASTS_BURST, BROADCASTS_PER_SECOND),
    nextToken: () => (lastToken += 1n),
  }
  const people = new Map<string, ViberPerson>()

  return {
    token: state.token,
    person: (about) => {
      const chat = newChat(state, firstNumber + state.chats.size + 1, about)
      const person = createViberPerson(state, chat)
      people.set(person.id, person)
      return person
    },
    find: (id) => people.get(id),
    sendReceipts: (on) => {
      state.hasReceipts = on
    },
    webhook: state.callbacks.webhook,
    pending: state.callbacks.pending,
    idle: state.callbacks.idle,
    handle: (req, res, method) => handle(state, req, res, method),
    close: state.callbacks.stop,
  }
}

function newChat(state: ViberState, number: number, about: ViberPersonOptions): ViberChat {
  const id =
    about.id ?? Buffer.from(`viber-user-${String(number).padStart(5, '0')}`).toString('base64')
  const phone = about.phone ?? `38067${String(number).slice(-7).padStart(7, '0')}`
  const { name, language = 'uk', isSubscribed = false } = about
  const chat: ViberChat = {
    user: { id, name, phone, language, country: 'UA' },
    isSubscribed,
    log: [],
    arrived: 0,
    keyboard: null,
    trackingData: '',
    changed: createSignal(),
    budget: silenceBudget(state.nowMs),
  }
  state.chats.set(id, chat)
  return chat
}

async function handle(
  state: ViberState,
  req: IncomingMessage,
  res: ServerResponse,
  method: string,
): Promise<void> {
  const body = await readBody(req, BODY_BYTES_MAX)
  const isSend = method === 'send_message' || method === 'broadcast_message'
  const fault = state.faults.ofCall('viber', method, isSend)
  if (fault?.kind === 'reset') return void req.socket.destroy()
  if (fault?.kind === 'server-error') return void res.writeHead(502).end('Bad Gateway')
  try {
    if (fault?.kind === 'too-many') refuse('tooManyRequests', 'tooManyRequests')
    const result = await run(state, method, body, req.headers['x-viber-auth-token'])
    if (fault?.kind === 'timeout-after-accept') return
    await state.faults.delay('viber')
    sendJson(res, 200, exactJson(answerOf(result)))
  } catch (error) {
    if (!(error instanceof ViberRefusal)) throw error
    const { status, message } = error
    sendJson(res, 200, exactJson({ status, status_message: message, chat_hostname: CHAT_HOSTNAME }))
  }
}

function run(
  state: ViberState,
  method: string,
  body: Buffer | null,
  header: string | string[] | undefined,
) {
  const perform = METHODS[method]
  if (!perform) return refuse('badData', `unknown method ${method}`)
  const json = parse(body)
  const token = header ?? json['auth_token']
  if (token === undefined) refuse('invalidAuthToken', 'missing_auth_token')
  if (token !== state.token) refuse('invalidAuthToken', 'invalidAuthToken')
  return perform(state, json, body?.length ?? 0)
}

function parse(body: Buffer | null): Record<string, unknown> {
  if (!body) return refuse('badData', 'request exceeds 30kb')
  try {
    const json: unknown = JSON.parse(body.toString('utf8'))
    if (isRecord(json)) return json
  } catch {
    // answered below, like JSON that is not an object
  }
  return refuse('badData', 'request is not a JSON object')
}
