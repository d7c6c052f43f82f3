import { type EventEmitter } from 'node:events'
import { type IncomingMessage, type ServerResponse } from 'node:http'
import { type Faults, type Wire } from '../faults.ts'
import { type FileStore } from '../file-store.ts'
import { type Client, readBody, sendJson } from '../wire.ts'
import { BotApiRefusal, type Call, isRecord, parseCall } from './call.ts'
import { UPLOAD_BYTES_MAX } from './media.ts'
import { METHODS, reachesPerson } from './methods.ts'
import { createPerson, type Person } from './people.ts'
import { addChat, type Chat, createBotBudget, record, type State, tooMany, touch } from './state.ts'
import { Updates } from './updates.ts'
import { type ChatInfo, type User } from './wire-types.ts'

// room for the parts around the largest file
const BODY_BYTES_MAX = UPLOAD_BYTES_MAX + 1024 * 1024
// a user has one id in all bots: made-up residents and crew members must not be the same people
const FIRST_PERSON_ID: Record<TelegramOptions['wire'], number> = {
  telegram: 1_000_001,
  crew: 2_000_001,
}
const FIRST_GROUP_ID = -1_001_000_000_001

export type TelegramOptions = {
  firstNumber: number
  wire: Exclude<Wire, 'viber'>
  token: string
  name: string
  username: string
  faults: Faults
  files: FileStore
  client: Client
  changes: EventEmitter
  random: () => number
  nowMs: () => number
  retryMs: number
  hasBudgets: () => boolean
}

type PersonOptions = {
  id?: number
  firstName: string
  phone?: string
  /** True (unless told otherwise) when the bot may write first, as to one who once pressed Start. */
  hasStarted?: boolean
}

type Group = {
  id: number
  /** A member as the chat's participant: what they send goes to the group. */
  as: (person: Person, options?: { topic?: number }) => Person
  /** Turns the group into a supergroup and returns that; sends to the old id are refused. */
  migrate: () => Group
  /** The bot is thrown out: sends are refused. */
  kickBot: () => void
}

export type Telegram = {
  token: string
  /** A person with a private chat. */
  person: (options: PersonOptions) => Person
  group: (options: {
    title: string
    members: Person[]
    type?: 'group' | 'supergroup'
    isForum?: boolean
  }) => Group
  /** The person whose private chat has this id. */
  find: (id: number) => Person | undefined
  /** Commands of the menu, as private chats in this language show them. */
  commands: (language: string) => { command: string; description: string }[]
  webhookInfo: () => Record<string, unknown>
  /** Resolves when the webhook has taken every update. */
  idle: (timeoutMs?: number) => Promise<void>
  /** Answers `/bot<token>/<method>`. */
  handle: (
    req: IncomingMessage,
    res: ServerResponse,
    method: string,
    query: string,
  ) => Promise<void>
  /** Answers `/file/bot<token>/<path>`. */
  handleFile: (res: ServerResponse, path: string) => void
  close: () => void
}

/** One Telegram bot's server: its chats, its queue of updates, its methods. */
export function createTelegram(options: TelegramOptions): Telegram {
  const state = createState(options)
  const people = new Map<number, Person>()
  let lastPersonId = FIRST_PERSON_ID[options.wire] + options.firstNumber * 10 - 1
  let lastGroupId = FIRST_GROUP_ID + 1

  function person({ id, firstName, phone, hasStarted = true }: PersonOptions): Person {
    const userId = id ?? (lastPersonId += 1)
    const user = { id: userId, is_bot: false, first_name: firstName, language_code: 'uk' }
    const info: ChatInfo = { id: userId, type: 'private', first_name: firstName }
    const chat = addChat(state, info, [user], hasStarted ? 'open' : 'not-started')
    const number = phone ?? `38050${String(userId).slice(-7).padStart(7, '0')}`
    const created = createPerson(state, { chat, user, phone: number })
    people.set(userId, created)
    return created
  }

  return {
    token: state.token,
    person,
    group: ({ title, members, type = 'group', isForum = false }) => {
      const info: ChatInfo = {
        id: (lastGroupId -= 1),
        type: isForum ? 'supergroup' : type,
        title,
        ...(isForum && { is_forum: true as const }),
      }
      const users = members.map((member): User => ({
        id: member.id,
        is_bot: false,
        first_name: member.firstName,
      }))
      return createGroup(state, addChat(state, info, users, 'open'), () => (lastGroupId -= 1))
    },
    find: (id) => people.get(id),
    commands: (language) => commandsOf(state, language),
    webhookInfo: () => state.updates.webhookInfo(),
    idle: (timeoutMs) => state.updates.idle(timeoutMs),
    handle: (req, res, method, query) => handle(state, req, res, method, query),
    handleFile: (res, path) => sendFile(state, res, path),
    close: () => state.updates.close(),
  }
}

function createState(options: TelegramOptions): State {
  const { wire, token, name, username, ...services } = options
  const state: State = {
    ...services,
    wire,
    token,
    me: { id: Number(token.split(':')[0]) || 1, is_bot: true, first_name: name, username },
    chats: new Map(),
    uploads: new Map(),
    queries: new Map(),
    commands: new Map(),
    menuButtons: new Map(),
    budget: createBotBudget(options.nowMs),
    lastMessageId: 0,
    updates: new Updates({
      ...services,
      wire,
      runAnswer: (json) => runWebhookAnswer(state, json),
    }),
  }
  return state
}

function createGroup(state: State, chat: Chat, nextId: () => number): Group {
  return {
    id: chat.info.id,
    as: (person, { topic } = {}) => {
      const user = chat.members.get(person.id)
      if (!user) throw new Error(`${person.firstName} is not in the group`)
      const place = { chat, user, phone: person.phone }
      return createPerson(state, topic === undefined ? place : { ...place, topic })
    },
    migrate: () => {
      const info: ChatInfo = { ...chat.info, id: nextId(), type: 'supergroup' }
      const next = addChat(state, info, [...chat.members.values()], 'open')
      const [author = state.me] = chat.members.values()
      const left = record(state, chat, author, { migrate_to_chat_id: info.id })
      state.updates.push(chat.info.id, 'message', left)
      const entered = record(state, next, author, { migrate_from_chat_id: chat.info.id })
      state.updates.push(info.id, 'message', entered)
      chat.migratedTo = info.id
      return createGroup(state, next, nextId)
    },
    kickBot: () => {
      chat.reach = 'kicked'
      touch(state, chat)
    },
  }
}

function commandsOf(state: State, language: string): { command: string; description: string }[] {
  const scopes = [{ type: 'all_private_chats' }, { type: 'default' }]
  const keys = scopes.flatMap((scope) =>
    [language, ''].map((code) => JSON.stringify([scope, code])),
  )
  const found = keys.map((key) => state.commands.get(key)).find((list) => list?.length)
  return (found ?? []) as { command: string; description: string }[]
}

async function handle(
  state: State,
  req: IncomingMessage,
  res: ServerResponse,
  method: string,
  query: string,
): Promise<void> {
  const body = await readBody(req, BODY_BYTES_MAX)
  const fault = state.faults.ofCall(state.wire, method, reachesPerson(method))
  if (fault?.kind === 'reset') return void req.socket.destroy()
  try {
    if (!body) throw new BotApiRefusal(413, 'Request Entity Too Large')
    if (fault?.kind === 'too-many') throw tooMany(fault.retryAfter)
    if (fault?.kind === 'server-error') throw new BotApiRefusal(502, 'Bad Gateway')
    const result = await run(state, parseCall(method, query, req.headers, body), res)
    if (fault?.kind === 'timeout-after-accept') return
    await state.faults.delay(state.wire)
    sendJson(res, 200, JSON.stringify({ ok: true, result }))
  } catch (error) {
    sendRefusal(res, error)
  }
}

function run(state: State, call: Call, res?: ServerResponse): unknown {
  if (call.method === 'getupdates')
    return state.updates.poll(call, (gone) => void res?.once('close', gone))
  const method = METHODS[call.method]
  if (!method) throw new BotApiRefusal(404, 'Not Found: the simulator has no such method')
  return method(state, call)
}

function sendRefusal(res: ServerResponse, error: unknown): void {
  // anything else is a bug of the simulator: its words help whoever has to find it
  const refusal =
    error instanceof BotApiRefusal
      ? error
      : new BotApiRefusal(500, `Internal Server Error: ${String(error)}`)
  const { code, message, parameters } = refusal
  sendJson(
    res,
    code,
    JSON.stringify({ ok: false, error_code: code, description: message, parameters }),
  )
}

/** Telegram runs one method call found in a webhook's answer and tells nobody how it went. */
async function runWebhookAnswer(state: State, json: Buffer): Promise<void> {
  try {
    const parameters: unknown = JSON.parse(json.toString('utf8'))
    if (!isRecord(parameters) || typeof parameters['method'] !== 'string') return
    await run(state, { method: parameters['method'].toLowerCase(), parameters, files: new Map() })
  } catch {
    // neither a refusal nor an answer that is not JSON comes back to the bot
  }
}

function sendFile(state: State, res: ServerResponse, path: string): void {
  const id = /^(?:documents|photos)\/(f\d+)/.exec(path)?.[1]
  const file = id ? state.files.get(id) : undefined
  if (!file) return sendRefusal(res, new BotApiRefusal(404, 'Not Found'))
  res.writeHead(200, { 'content-type': file.mime, 'content-length': file.bytes.length })
  res.end(file.bytes)
}
