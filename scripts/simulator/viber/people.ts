import { CHAT_HOSTNAME } from './callbacks.ts'
import {
  isRecord,
  labelOf,
  messageOf,
  type ViberButton,
  type ViberContent,
  type ViberKeyboard,
} from './message.ts'
import { deliver, publicUser } from './methods.ts'
import {
  record,
  silenceBudget,
  touch,
  type ViberChat,
  type ViberMessage,
  type ViberState,
} from './state.ts'

const WAIT_MS = 15_000
const BLANK: ViberContent = {
  type: 'text',
  text: '',
  media: null,
  fileName: null,
  sizeBytes: null,
  contact: null,
  location: null,
  carousel: [],
  keyboard: undefined,
  trackingData: '',
  sender: '',
}

export type ViberPerson = {
  id: string
  name: string
  phone: string
  /**
   * Opens the chat, by a deep link when there is a payload: `conversation_started`. Resolves to the
   * welcome of its HTTP answer, null when there is none; rejects when Viber would refuse it.
   */
  open: (payload?: string) => Promise<ViberMessage | null>
  /** Subscribes again in the bot's profile. A first message does it without an event. */
  subscribe: () => void
  unsubscribe: () => void
  sendText: (text: string) => void
  /**
   * Taps the button with this label on the keyboard or the newest carousel and sends its ActionBody,
   * unseen when it is silent. Returns the link of an `open-url` button, else null.
   */
  tap: (label: string) => string | null
  shareContact: (contact?: { name?: string; phone: string }) => void
  shareLocation: (lat: number, lon: number) => void
  sendPicture: (image: Buffer, text?: string) => void
  sendFile: (name: string, bytes: Buffer) => void
  /** Posts this event to the bot, signed, whatever it says. */
  sendRaw: (event: Record<string, unknown>) => void
  /** What the bot has said in this chat, oldest first. */
  messages: () => ViberMessage[]
  /** The whole chat, the person's own messages included. */
  history: () => ViberMessage[]
  /** The keyboard on the screen: the last one stays until another comes. */
  keyboard: () => ViberKeyboard | null
  /** Labels of the keyboard's buttons. */
  labels: () => string[]
  isSubscribed: () => boolean
  /** Waits until the bot has sent `count` messages since the person came. */
  waitForMessages: (count: number, timeoutMs?: number) => Promise<ViberMessage[]>
  /** The bot's next message that `nextReply` has not returned yet. */
  nextReply: (timeoutMs?: number) => Promise<ViberMessage>
  /** Waits until the bot's newest message has this state. */
  waitForStatus: (status: ViberMessage['status'], timeoutMs?: number) => Promise<ViberMessage>
}

/** One person in the chat with the bot. */
export function createViberPerson(state: ViberState, chat: ViberChat): ViberPerson {
  const { user } = chat
  return {
    id: user.id,
    name: user.name,
    phone: user.phone,
    ...coming(state, chat),
    ...speaking(state, chat),
    ...looking(chat),
    tap: (label) => tap(state, chat, label),
    sendRaw: (event) => state.callbacks.pushRaw(user.id, Buffer.from(JSON.stringify(event))),
  }
}

function eventHead(state: ViberState) {
  return {
    timestamp: state.nowMs(),
    chat_hostname: CHAT_HOSTNAME,
    message_token: state.nextToken(),
  }
}

function coming(state: ViberState, chat: ViberChat) {
  const { id } = chat.user
  return {
    open: async (payload = '') => {
      if (!state.callbacks.webhook()) throw new Error('the bot has set no webhook')
      let answer: Buffer | undefined
      const user = publicUser(chat)
      const started = { ...eventHead(state), type: 'open', context: payload, user }
      const event = { ...started, subscribed: chat.isSubscribed }
      state.callbacks.push(id, 'conversation_started', event, (body) => {
        answer = body
        chat.changed.fire()
      })
      const taken = await chat.changed.until(
        () => answer,
        WAIT_MS,
        () => `conversation_started was not taken in ${WAIT_MS} ms`,
      )
      return welcome(state, chat, taken)
    },
    subscribe: () => {
      chat.isSubscribed = true
      state.callbacks.push(id, 'subscribed', { ...eventHead(state), user: publicUser(chat) })
      touch(state, chat)
    },
    unsubscribe: () => {
      chat.isSubscribed = false
      state.callbacks.push(id, 'unsubscribed', { ...eventHead(state), user_id: id })
      touch(state, chat)
    },
  }
}

function welcome(state: ViberState, chat: ViberChat, answer: Buffer): ViberMessage | null {
  let json: unknown
  try {
    json = JSON.parse(answer.toString('utf8'))
  } catch {
    // an answer that is no JSON is no welcome: "OK", an empty body
    return null
  }
  if (!isRecord(json) || json['type'] === undefined) return null
  return deliver(state, chat, messageOf(json, answer.length), state.nextToken())
}

type Sent = Partial<ViberContent> & Pick<ViberContent, 'type'>

/** Sends what a person said; `wire` is the message as the bot gets it. */
function post(
  state: ViberState,
  chat: ViberChat,
  content: Sent,
  wire: Record<string, unknown>,
  isSilent = false,
): ViberMessage {
  const head = eventHead(state)
  const said = { ...BLANK, sender: chat.user.name, ...content }
  chat.isSubscribed = true
  chat.budget = silenceBudget(state.nowMs)
  const message = { ...said, token: String(head.message_token), by: 'person', file: null } as const
  const own: ViberMessage = isSilent
    ? { ...message, status: 'seen', at: head.timestamp }
    : record(state, chat, 'person', head.message_token, said)
  state.callbacks.push(chat.user.id, 'message', {
    ...head,
    sender: publicUser(chat),
    message: { type: content.type, ...wire, tracking_data: chat.trackingData },
    silent: isSilent,
  })
  return own
}

function speaking(state: ViberState, chat: ViberChat) {
  const { user } = chat
  const sendMedia = (type: 'picture' | 'file', name: string, bytes: Buffer, text = '') => {
    const file = state.files.add(name, bytes)
    const media = state.files.urlOf(file)
    const about = { media, file_name: name, size: bytes.length, ...(text && { text }) }
    const own = post(state, chat, { type, text, media, fileName: name }, about)
    own.file = { name, mime: file.mime, sizeBytes: bytes.length, url: media, read: () => bytes }
    touch(state, chat)
  }
  return {
    sendText: (text: string) => void post(state, chat, { type: 'text', text }, { text }),
    shareContact: (contact?: { name?: string; phone: string }) => {
      const { name = user.name, phone } = contact ?? user
      post(
        state,
        chat,
        { type: 'contact', contact: { name, phone } },
        { contact: { name, phone_number: phone } },
      )
    },
    shareLocation: (lat: number, lon: number) =>
      void post(
        state,
        chat,
        { type: 'location', location: { lat, lon } },
        { location: { lat, lon } },
      ),
    sendPicture: (image: Buffer, text?: string) => sendMedia('picture', 'photo.jpg', image, text),
    sendFile: (name: string, bytes: Buffer) => sendMedia('file', name, bytes),
  }
}

function tap(state: ViberState, chat: ViberChat, label: string): string | null {
  const button = findButton(chat, label)
  const say = speaking(state, chat)
  switch (button.ActionType ?? 'reply') {
    case 'none':
      return null
    case 'share-phone':
      say.shareContact()
      return null
    case 'location-picker':
      say.shareLocation(50.4501, 30.5234)
      return null
    default: {
      const text = button.ActionBody
      post(state, chat, { type: 'text', text }, { text }, button.Silent === true)
      return button.ActionType === 'open-url' ? text : null
    }
  }
}

function findButton(chat: ViberChat, label: string): ViberButton {
  const carousel = chat.log.findLast((message) => message.carousel.length > 0)?.carousel ?? []
  const buttons = [...(chat.keyboard?.Buttons ?? []), ...carousel]
  const button = buttons.find((candidate) => labelOf(candidate) === label)
  if (!button) throw new Error(`no button "${label}": ${buttons.map(labelOf).join(', ')}`)
  return button
}

function looking(chat: ViberChat) {
  const bots = () => chat.log.filter(({ by }) => by === 'bot')
  const since = chat.arrived
  let taken = since
  const shownSince = (count: number) => bots().slice(count - chat.arrived)
  const last = () => bots().at(-1)?.text ?? 'nothing'
  return {
    history: () => [...chat.log],
    messages: bots,
    keyboard: () => chat.keyboard,
    labels: () => (chat.keyboard?.Buttons ?? []).map(labelOf),
    isSubscribed: () => chat.isSubscribed,
    waitForMessages: (count: number, timeoutMs = WAIT_MS) =>
      chat.changed.until(
        () => (chat.arrived >= since + count ? shownSince(since) : undefined),
        timeoutMs,
        () =>
          `${chat.arrived - since} of ${count} messages in ${timeoutMs} ms; the last: ${last()}`,
      ),
    nextReply: (timeoutMs = WAIT_MS) =>
      chat.changed.until(
        () => {
          if (chat.arrived <= taken) return undefined
          const [reply] = shownSince(taken)
          taken += 1
          return reply
        },
        timeoutMs,
        () => `no reply of the bot in ${timeoutMs} ms; the last one: ${last()}`,
      ),
    waitForStatus: (status: ViberMessage['status'], timeoutMs = WAIT_MS) =>
      chat.changed.until(
        () => {
          const message = bots().at(-1)
          return message?.status === status ? message : undefined
        },
        timeoutMs,
        () => `the newest message is not ${status} in ${timeoutMs} ms`,
      ),
  }
}
