import { type EventEmitter } from 'node:events'
import { type Bucket, createBucket } from '../bucket.ts'
import { type Faults, type Wire } from '../faults.ts'
import { type FileStore, type StoredFile } from '../file-store.ts'
import { createSignal, type Signal } from '../signal.ts'
import { type Client } from '../wire.ts'
import { badRequest, BotApiRefusal, type Call, integerOf, textOf } from './call.ts'
import { type ShownMessage } from './shown.ts'
import { type Updates } from './updates.ts'
import {
  type ChatInfo,
  type FileRef,
  type Message,
  type ReplyMarkup,
  type User,
} from './wire-types.ts'

const MESSAGES_MAX = 1_000
const QUERIES_MAX = 10_000
const CHAT_BURST = 3
const GROUP_PER_MINUTE = 20
const BOT_PER_SECOND = 30

export type Topic = { id: number; name: string; iconColor: number; isClosed: boolean }

/** What a person saw flash after tapping an inline button. */
export type CallbackAnswer = { queryId: string; text: string; alert: boolean }

export type Chat = {
  info: ChatInfo
  members: Map<number, User>
  log: Map<number, Message>
  /** Everything the bot sent or edited, oldest first, with what had come before it was bounded. */
  replies: ShownMessage[]
  repliesDropped: number
  keyboard: ReplyMarkup | null
  answers: CallbackAnswer[]
  reach: 'open' | 'not-started' | 'blocked' | 'kicked'
  migratedTo: number | null
  topics: Map<number, Topic>
  changed: Signal
  budget: Bucket
}

export type Upload = { ref: FileRef; kind: 'document' | 'photo'; file: StoredFile }

export type State = {
  wire: Wire
  me: User
  token: string
  chats: Map<number, Chat>
  /** Uploads by file_id. */
  uploads: Map<string, Upload>
  queries: Map<string, { chat: Chat; at: number }>
  commands: Map<string, unknown[]>
  menuButtons: Map<number, unknown>
  budget: Bucket
  files: FileStore
  faults: Faults
  changes: EventEmitter
  client: Client
  random: () => number
  nowMs: () => number
  updates: Updates
  lastMessageId: number
  /** Budgets of the real service: off unless switched on. */
  hasBudgets: () => boolean
}

export const unixSeconds = (state: State): number => Math.floor(state.nowMs() / 1000)

export function createBotBudget(nowMs: () => number): Bucket {
  return createBucket(nowMs, BOT_PER_SECOND, BOT_PER_SECOND)
}

export function addChat(state: State, info: ChatInfo, members: User[], reach: Chat['reach']): Chat {
  const isGroup = info.type !== 'private'
  const chat: Chat = {
    info,
    members: new Map(members.map((member) => [member.id, member])),
    log: new Map(),
    replies: [],
    repliesDropped: 0,
    keyboard: null,
    answers: [],
    reach,
    migratedTo: null,
    topics: new Map(),
    changed: createSignal(),
    budget: isGroup
      ? createBucket(state.nowMs, GROUP_PER_MINUTE, GROUP_PER_MINUTE / 60)
      : createBucket(state.nowMs, CHAT_BURST, 1),
  }
  state.chats.set(info.id, chat)
  return chat
}

/** Tells those who wait, and the page, that this chat changed. */
export function touch(state: State, chat: Chat): void {
  chat.changed.fire()
  state.changes.emit('chat', state.wire, String(chat.info.id))
}

/** Adds a message to a chat; the oldest beyond the bound are forgotten. */
export function record(
  state: State,
  chat: Chat,
  from: User,
  rest: Omit<Partial<Message>, 'message_id' | 'from' | 'chat' | 'date'>,
): Message {
  state.lastMessageId += 1
  const message: Message = {
    message_id: state.lastMessageId,
    from,
    chat: chat.info,
    date: unixSeconds(state),
    ...rest,
  }
  chat.log.set(message.message_id, message)
  forgetOldest(chat.log, MESSAGES_MAX)
  return message
}

/** Adds to what the bot has shown in this chat: a new message, or an old one edited. */
export function addReply(chat: Chat, reply: ShownMessage): void {
  chat.replies.push(reply)
  if (chat.replies.length > MESSAGES_MAX) {
    chat.replies.shift()
    chat.repliesDropped += 1
  }
}

export function addQuery(state: State, id: string, chat: Chat): void {
  state.queries.set(id, { chat, at: state.nowMs() })
  forgetOldest(state.queries, QUERIES_MAX)
}

export function forgetOldest<K>(map: Map<K, unknown>, max: number): void {
  for (const key of map.keys()) {
    if (map.size <= max) return
    map.delete(key)
  }
}

/** The chat a call names, whether or not the bot may write there. */
export function chatOf(state: State, call: Call, name = 'chat_id'): Chat {
  if (!textOf(call, name)) return badRequest(`${name} is empty`)
  const id = integerOf(call, name)
  const chat = id === undefined ? undefined : state.chats.get(id)
  return chat ?? badRequest('chat not found')
}

/** Refuses when the bot may not write to the chat now; takes from the budgets when they are on. */
export function mayWrite(state: State, chat: Chat): void {
  if (chat.migratedTo !== null)
    throw new BotApiRefusal(400, 'Bad Request: group chat was upgraded to a supergroup chat', {
      migrate_to_chat_id: chat.migratedTo,
    })
  if (chat.reach === 'blocked')
    throw new BotApiRefusal(403, 'Forbidden: bot was blocked by the user')
  if (chat.reach === 'not-started')
    throw new BotApiRefusal(403, "Forbidden: bot can't initiate conversation with a user")
  if (chat.reach === 'kicked')
    throw new BotApiRefusal(403, `Forbidden: bot was kicked from the ${chat.info.type} chat`)
  if (!state.hasBudgets()) return
  const waitMs = state.budget.take() || chat.budget.take()
  if (waitMs > 0) throw tooMany(Math.ceil(waitMs / 1000))
}

export function tooMany(retryAfter: number): BotApiRefusal {
  return new BotApiRefusal(429, `Too Many Requests: retry after ${retryAfter}`, {
    retry_after: retryAfter,
  })
}
