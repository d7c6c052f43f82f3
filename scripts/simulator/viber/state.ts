import { type EventEmitter } from 'node:events'
import { type Bucket, createBucket } from '../bucket.ts'
import { type Faults } from '../faults.ts'
import { type FileStore } from '../file-store.ts'
import { type Signal } from '../signal.ts'
import { type Client } from '../wire.ts'
import { type Callbacks } from './callbacks.ts'
import { type ViberContent, type ViberKeyboard } from './message.ts'

const MESSAGES_MAX = 1_000
const SILENT_PER_HOUR = 100

type ViberFile = {
  name: string
  mime: string
  sizeBytes: number
  /** The simulator's own copy of what the bot's URL gave; opens in a browser. */
  url: string
  /** The bytes; absent in JSON. */
  read: () => Buffer
}

/** A message as a person sees it on the screen. */
export type ViberMessage = Omit<ViberContent, 'keyboard'> & {
  /** Exact decimal digits of the 64-bit `message_token`. */
  token: string
  by: 'bot' | 'person'
  /** The media once it is fetched; null while it is not, or when there is none. */
  file: ViberFile | null
  status: 'sent' | 'delivered' | 'seen' | 'failed'
  /** Milliseconds since 1970. */
  at: number
}

type ViberUser = {
  id: string
  name: string
  phone: string
  language: string
  country: string
}

export type ViberChat = {
  user: ViberUser
  isSubscribed: boolean
  log: ViberMessage[]
  /** How many messages the bot has ever shown here. */
  arrived: number
  keyboard: ViberKeyboard | null
  trackingData: string
  changed: Signal
  /** Messages the bot may still send before the person answers. */
  budget: Bucket
}

export type ViberState = {
  token: string
  name: string
  chats: Map<string, ViberChat>
  callbacks: Callbacks
  files: FileStore
  faults: Faults
  changes: EventEmitter
  client: Client
  random: () => number
  nowMs: () => number
  hasBudgets: () => boolean
  hasReceipts: boolean
  broadcasts: Bucket
  nextToken: () => bigint
}

/** What a bot may send to one person before they answer: a hundred messages an hour. */
export function silenceBudget(nowMs: () => number): Bucket {
  return createBucket(nowMs, SILENT_PER_HOUR, SILENT_PER_HOUR / 3600)
}

/** Tells those who wait, and the page, that this chat changed. */
export function touch(state: ViberState, chat: ViberChat): void {
  chat.changed.fire()
  state.changes.emit('chat', 'viber', chat.user.id)
}

/** Adds a message to a chat; the oldest beyond the bound are forgotten. */
export function record(
  state: ViberState,
  chat: ViberChat,
  by: ViberMessage['by'],
  token: bigint,
  { keyboard, ...content }: ViberContent,
): ViberMessage {
  const message: ViberMessage = {
    ...content,
    token: String(token),
    by,
    file: null,
    status: 'sent',
    at: state.nowMs(),
  }
  if (by === 'bot') {
    chat.trackingData = content.trackingData
    if (keyboard) chat.keyboard = keyboard
  }
  // a keyboard that comes alone changes the screen and says nothing
  if (content.type !== 'keyboard') {
    chat.log.push(message)
    if (by === 'bot') chat.arrived += 1
  }
  if (chat.log.length > MESSAGES_MAX) chat.log.shift()
  touch(state, chat)
  return message
}
