import { commands } from './formatting.ts'
import { mediaContent, storeUpload } from './media.ts'
import { shown, type ShownMessage } from './shown.ts'
import { addQuery, type CallbackAnswer, type Chat, record, type State, touch } from './state.ts'
import {
  type Content,
  type InlineButton,
  type Message,
  type ReplyButton,
  type User,
} from './wire-types.ts'

const WAIT_MS = 15_000

export type Person = {
  /** The user's id; in a private chat also the chat's. */
  id: number
  chatId: number
  firstName: string
  /** As the person's own contact gives it. */
  phone: string
  sendText: (text: string) => number
  /** `/start`, with the payload of a deep link when there is one. */
  pressStart: (payload?: string) => number
  /**
   * Taps the inline button with this label (or else this callback data) on a message: its id, or
   * the newest that has such a button. Returns the callback query's id; null for a link, which
   * tells the bot nothing.
   */
  tapInline: (label: string, messageId?: number) => string | null
  /** Taps a button of the reply keyboard that is on the screen; it may share the contact or a place. */
  tapReply: (label: string) => number
  shareOwnContact: () => number
  /** Shares an entry of the phone book. `userId` is there when that person uses Telegram. */
  shareContact: (contact: { phone: string; firstName?: string; userId?: number }) => number
  shareLocation: (latitude: number, longitude: number) => number
  /** A PNG or JPEG. */
  sendPhoto: (image: Buffer, caption?: string) => number
  sendDocument: (name: string, bytes: Buffer, caption?: string) => number
  editMessage: (messageId: number, text: string) => void
  block: () => void
  unblock: () => void
  hasBlocked: () => boolean
  /** Puts exactly this update in the bot's queue. */
  sendRaw: (update: { update_id: number } & Record<string, unknown>) => void
  /** What the bot has said in this chat, as it looks now, oldest first. */
  messages: () => ShownMessage[]
  /** The whole chat, the person's own messages included. */
  history: () => ShownMessage[]
  /** Labels of the reply keyboard on the screen, row by row; null when there is none. */
  keyboard: () => ReplyButton[][] | null
  /** Answers to taps on inline buttons, oldest first. */
  callbackAnswers: () => CallbackAnswer[]
  /** Waits until the bot has sent or edited `count` times since the person came. */
  waitForMessages: (count: number, timeoutMs?: number) => Promise<ShownMessage[]>
  /** The bot's next message, or next edit of one, that `nextReply` has not returned yet. */
  nextReply: (timeoutMs?: number) => Promise<ShownMessage>
  /** Waits for the answer to a tap. */
  waitForAnswer: (queryId: string | null, timeoutMs?: number) => Promise<CallbackAnswer>
}

type Place = { chat: Chat; user: User; phone: string; topic?: number }

/** One person in one chat. */
export function createPerson(state: State, place: Place): Person {
  const { chat, user, phone } = place
  return {
    id: user.id,
    chatId: chat.info.id,
    firstName: user.first_name,
    phone,
    ...speaking(state, place),
    ...tapping(state, place),
    ...looking(state, chat),
    block: () => setReach(state, place, 'blocked'),
    unblock: () => setReach(state, place, 'open'),
    hasBlocked: () => chat.reach === 'blocked',
    sendRaw: (update) => state.updates.pushRaw(update),
  }
}

function post(state: State, { chat, user, topic }: Place, content: Content): number {
  // a person who writes has opened the chat; who blocked the bot must unblock it first
  if (chat.reach === 'not-started') chat.reach = 'open'
  if (chat.reach === 'blocked') throw new Error(`${user.first_name} has blocked the bot`)
  const thread =
    topic === undefined ? {} : { message_thread_id: topic, is_topic_message: true as const }
  const message = record(state, chat, user, { ...thread, ...content })
  state.updates.push(chat.info.id, 'message', message)
  touch(state, chat)
  return message.message_id
}

function textContent(text: string): Content {
  const entities = commands(text)
  return { text, ...(entities.length > 0 && { entities }) }
}

function speaking(state: State, place: Place) {
  const { chat, user, phone } = place
  const say = (content: Content) => post(state, place, content)
  return {
    sendText: (text: string) => say(textContent(text)),
    pressStart: (payload?: string) => say(textContent(payload ? `/start ${payload}` : '/start')),
    shareOwnContact: () =>
      say({ contact: { phone_number: phone, first_name: user.first_name, user_id: user.id } }),
    shareContact: (contact: { phone: string; firstName?: string; userId?: number }) =>
      say({
        contact: {
          phone_number: contact.phone,
          first_name: contact.firstName ?? 'Контакт',
          ...(contact.userId !== undefined && { user_id: contact.userId }),
        },
      }),
    shareLocation: (latitude: number, longitude: number) =>
      say({ location: { latitude, longitude } }),
    sendPhoto: (image: Buffer, caption?: string) => {
      const upload = storeUpload(state, 'photo', { name: 'photo.jpg', bytes: image })
      return say({ ...mediaContent(upload), ...(caption && { caption }) })
    },
    sendDocument: (name: string, bytes: Buffer, caption?: string) => {
      const upload = storeUpload(state, 'document', { name, bytes })
      return say({ ...mediaContent(upload), ...(caption && { caption }) })
    },
    editMessage: (messageId: number, text: string) => {
      const message = chat.log.get(messageId)
      if (message?.from.id !== user.id) throw new Error(`no own message ${messageId}`)
      const edited = { ...message, ...textContent(text), edit_date: message.date }
      chat.log.set(messageId, edited)
      state.updates.push(chat.info.id, 'edited_message', edited)
      touch(state, chat)
    },
  }
}

function tapping(state: State, place: Place) {
  const { chat, user } = place
  return {
    tapInline: (label: string, messageId?: number) => {
      const { message, button } = findInline(chat, label, messageId)
      if (button.callback_data === undefined) return null
      const id = `${user.id}${state.queries.size}${Math.floor(state.random() * 1e9)}`
      addQuery(state, id, chat)
      const query = { id, from: user, chat_instance: String(chat.info.id), message }
      state.updates.push(chat.info.id, 'callback_query', { ...query, data: button.callback_data })
      return id
    },
    tapReply: (label: string) => {
      const rows = chat.keyboard?.keyboard ?? []
      const button = rows.flat().find(({ text }) => text === label)
      if (!button)
        throw new Error(
          `no "${label}" on the keyboard: ${rows
            .flat()
            .map((b) => b.text)
            .join(', ')}`,
        )
      if (chat.keyboard?.one_time_keyboard) chat.keyboard = null
      const say = speaking(state, place)
      if (button.request_contact) return say.shareOwnContact()
      if (button.request_location) return say.shareLocation(50.4501, 30.5234)
      return say.sendText(label)
    },
  }
}

function findInline(
  chat: Chat,
  label: string,
  messageId: number | undefined,
): { message: Message; button: InlineButton } {
  const messages = [...chat.log.values()].filter(
    ({ message_id }) => messageId === undefined || message_id === messageId,
  )
  for (const message of messages.reverse()) {
    const buttons = message.reply_markup?.inline_keyboard.flat() ?? []
    const button =
      buttons.find(({ text }) => text === label) ??
      buttons.find(({ callback_data }) => callback_data === label)
    if (button) return { message, button }
  }
  const labels = messages.flatMap((m) => m.reply_markup?.inline_keyboard.flat() ?? [])
  throw new Error(`no inline button "${label}": ${labels.map(({ text }) => text).join(', ')}`)
}

function looking(state: State, chat: Chat) {
  const total = () => chat.repliesDropped + chat.replies.length
  const last = () => chat.replies.at(-1)?.text ?? 'nothing'
  // replies are counted from here: a later window on the same chat does not see the old ones
  const since = total()
  let taken = since

  const history = () => [...chat.log.values()].map((message) => shown(state, message))
  return {
    history,
    messages: () => history().filter(({ by }) => by === 'bot'),
    keyboard: () => chat.keyboard?.keyboard ?? null,
    callbackAnswers: () => [...chat.answers],
    waitForMessages: (count: number, timeoutMs = WAIT_MS) =>
      chat.changed.until(
        () =>
          total() >= since + count ? chat.replies.slice(since - chat.repliesDropped) : undefined,
        timeoutMs,
        () => `${total() - since} of ${count} messages in ${timeoutMs} ms; the last: ${last()}`,
      ),
    nextReply: (timeoutMs = WAIT_MS) =>
      chat.changed.until(
        () => {
          if (total() <= taken) return undefined
          taken += 1
          return chat.replies[taken - 1 - chat.repliesDropped]
        },
        timeoutMs,
        () => `no reply of the bot in ${timeoutMs} ms; the last one: ${last()}`,
      ),
    waitForAnswer: (queryId: string | null, timeoutMs = WAIT_MS) =>
      chat.changed.until(
        () => chat.answers.find((answer) => answer.queryId === queryId),
        timeoutMs,
        () => `the tap was not answered in ${timeoutMs} ms`,
      ),
  }
}

function setReach(state: State, { chat, user }: Place, reach: 'open' | 'blocked'): void {
  const status = { open: 'member', blocked: 'kicked' } as const
  if (chat.reach === reach) return
  const before = chat.reach === 'blocked' ? 'blocked' : 'open'
  chat.reach = reach
  state.updates.push(chat.info.id, 'my_chat_member', {
    chat: chat.info,
    from: user,
    date: Math.floor(state.nowMs() / 1000),
    old_chat_member: { status: status[before], user: state.me, until_date: 0 },
    new_chat_member: { status: status[reach], user: state.me, until_date: 0 },
  })
  touch(state, chat)
}
