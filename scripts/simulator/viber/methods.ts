import { CHAT_HOSTNAME, EVENTS } from './callbacks.ts'
import { messageOf, type ViberContent } from './message.ts'
import { record, touch, type ViberChat, type ViberMessage, type ViberState } from './state.ts'
import { refuse, STATUS, ViberRefusal } from './status.ts'

const BROADCAST_MAX = 300
const ONLINE_MAX = 100
const MEDIA_TIMEOUT_MS = 10_000
const MEDIA_BYTES_MAX = 50 * 1024 * 1024
const PICTURE_BYTES_MAX = 1024 * 1024
const SEEN_AFTER_MS = 5

type Json = Record<string, unknown>
type Method = (state: ViberState, json: Json, bytes: number) => Json | Promise<Json>

/** The Viber REST methods the simulator knows, by the last part of their path. */
export const METHODS: Record<string, Method> = {
  set_webhook: setWebhook,
  send_message: sendMessage,
  broadcast_message: broadcast,
  get_account_info: accountInfo,
  get_user_details: userDetails,
  get_online: online,
}

async function setWebhook(state: ViberState, json: Json): Promise<Json> {
  const { url = '', event_types: asked } = json
  if (typeof url !== 'string') return refuse('badData', 'url is not a string')
  const events = Array.isArray(asked) ? EVENTS.filter((event) => asked.includes(event)) : EVENTS
  await state.callbacks.setWebhook(url, events, state.nextToken())
  return { chat_hostname: CHAT_HOSTNAME, ...(url !== '' && { event_types: events }) }
}

function sendMessage(state: ViberState, json: Json, bytes: number): Json {
  const { receiver } = json
  if (typeof receiver !== 'string' || receiver === '')
    return refuse('missingData', 'Missing receiver')
  const content = messageOf(json, bytes)
  const chat = reachable(state, receiver)
  const token = state.nextToken()
  deliver(state, chat, content, token)
  return { message_token: token, chat_hostname: CHAT_HOSTNAME, billing_status: 1 }
}

function reachable(state: ViberState, receiver: string): ViberChat {
  if (!state.callbacks.webhook()) refuse('webhookNotSet', 'webhookNotSet')
  const chat = state.chats.get(receiver)
  if (!chat) return refuse('receiverNotRegistered', 'notRegistered')
  if (!chat.isSubscribed) refuse('receiverNotSubscribed', 'notSubscribed')
  if (state.hasBudgets() && chat.budget.take() > 0) refuse('tooManyRequests', 'tooManyRequests')
  return chat
}

function broadcast(state: ViberState, json: Json, bytes: number): Json {
  const { broadcast_list: list } = json
  if (!Array.isArray(list) || list.length === 0)
    return refuse('missingData', 'Missing broadcast_list')
  if (list.length > BROADCAST_MAX) refuse('badData', 'broadcast_list exceeds 300 receivers')
  if (state.hasBudgets() && state.broadcasts.take() > 0)
    refuse('tooManyRequests', 'tooManyRequests')
  // the list is not part of the message's own size
  const content = messageOf(json, bytes - JSON.stringify(list).length)
  const token = state.nextToken()
  const failed: Json[] = []
  for (const receiver of list.map(String)) {
    try {
      deliver(state, reachable(state, receiver), content, token)
    } catch (error) {
      if (!(error instanceof ViberRefusal)) throw error
      failed.push({ receiver, status: error.status, status_message: error.message })
    }
  }
  return { message_token: token, failed_list: failed }
}

function accountInfo(state: ViberState): Json {
  const webhook = state.callbacks.webhook()
  const subscribers = [...state.chats.values()].filter(({ isSubscribed }) => isSubscribed)
  return {
    id: 'pa:1000000000000000001',
    chat_hostname: CHAT_HOSTNAME,
    name: state.name,
    uri: 'simulator',
    category: 'Local Businesses',
    subcategory: 'Utilities',
    country: 'UA',
    location: { lat: 50.4501, lon: 30.5234 },
    ...(webhook && { webhook: webhook.url, event_types: webhook.events }),
    subscribers_count: subscribers.length,
    members: [],
  }
}

function userDetails(state: ViberState, json: Json): Json {
  const chat = state.chats.get(String(json['id']))
  if (!chat) return refuse('receiverNotRegistered', 'notRegistered')
  return {
    message_token: state.nextToken(),
    chat_hostname: CHAT_HOSTNAME,
    user: {
      ...publicUser(chat),
      primary_device_os: 'Android 14',
      viber_version: '25.0.0',
      mcc: 255,
      mnc: 1,
      device_type: 'phone',
    },
  }
}

function online(state: ViberState, json: Json): Json {
  const { ids } = json
  if (!Array.isArray(ids) || ids.length === 0) return refuse('missingData', 'Missing ids')
  if (ids.length > ONLINE_MAX) refuse('badData', 'ids exceeds 100')
  const users = ids.map(String).map((id) => {
    const isKnown = state.chats.has(id)
    return {
      id,
      online_status: isKnown ? 0 : 3,
      online_status_message: isKnown ? 'online' : 'tryLater',
    }
  })
  return { users }
}

/** What the bot is told of a person: never the phone. */
export function publicUser({ user: { id, name, language, country } }: ViberChat): Json {
  return { id, name, avatar: '', language, country, api_version: 10 }
}

/** Puts a bot's message on the person's screen, then tells the bot how it fared. */
export function deliver(
  state: ViberState,
  chat: ViberChat,
  content: ViberContent,
  token: bigint,
): ViberMessage {
  const message = record(state, chat, 'bot', token, content)
  void settle(state, chat, message, token)
  return message
}

async function settle(
  state: ViberState,
  chat: ViberChat,
  message: ViberMessage,
  token: bigint,
): Promise<void> {
  const evidence = (status: ViberMessage['status'], extra: Json = {}) => {
    message.status = status
    state.callbacks.push(chat.user.id, status as 'delivered' | 'seen' | 'failed', {
      timestamp: state.nowMs(),
      chat_hostname: CHAT_HOSTNAME,
      message_token: token,
      user_id: chat.user.id,
      ...extra,
    })
    touch(state, chat)
  }
  if (message.media && !(await fetchMedia(state, message)))
    return evidence('failed', { desc: 'the media could not be downloaded' })
  if (!state.hasReceipts) return
  evidence('delivered')
  setTimeout(() => evidence('seen'), SEEN_AFTER_MS).unref()
}

/** Fetches a file or picture from the bot's URL as Viber's servers do: HEAD first, then GET. */
async function fetchMedia(state: ViberState, message: ViberMessage): Promise<boolean> {
  const url = message.media ?? ''
  const request = { timeoutMs: MEDIA_TIMEOUT_MS, limitBytes: MEDIA_BYTES_MAX }
  try {
    const head = await state.client.send(url, { ...request, method: 'HEAD' })
    if (head.status !== 200) return false
    const { status, body } = await state.client.send(url, { ...request, method: 'GET' })
    if (status !== 200 || (message.type === 'picture' && body.length > PICTURE_BYTES_MAX))
      return false
    const name = message.fileName ?? (new URL(url).pathname.split('/').at(-1) || 'picture.jpg')
    const file = state.files.add(name, body, head.headers['content-type'])
    message.file = {
      name,
      mime: file.mime,
      sizeBytes: body.length,
      url: state.files.urlOf(file),
      read: () => body,
    }
    return true
  } catch {
    return false
  }
}

export function answerOf(result: Json): Json {
  return { status: STATUS.ok, status_message: 'ok', ...result }
}
