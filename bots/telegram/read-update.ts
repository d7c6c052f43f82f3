import { type Message, type Update as TelegramUpdate, type User } from 'grammy/types'
import { type RawInput, type Update } from '../dialog/input.ts'

/** A Telegram update in neutral form. Edited messages and what we do not use are ignored. */
export function readUpdate(payload: object): Update {
  const update = payload as TelegramUpdate
  if (update.message) return readMessage(update.message)
  if (update.callback_query) return readPress(update.callback_query)
  if (update.my_chat_member) {
    const { chat, new_chat_member: member } = update.my_chat_member
    if (chat.type !== 'private') return { kind: 'ignored' }
    const reachable = member.status !== 'kicked'
    return { kind: 'reachable', channel: 'telegram', externalId: String(chat.id), reachable }
  }
  return { kind: 'ignored' }
}

/** The chat an update belongs to: its updates are handled in order. */
export function chatOf(payload: object): string {
  const update = payload as TelegramUpdate
  const message = update.message ?? update.edited_message ?? update.callback_query?.message
  const chat = message?.chat ?? update.my_chat_member?.chat
  return String(chat?.id ?? update.callback_query?.from.id ?? 'none')
}

function readMessage(message: Message): Update {
  const { chat, from } = message
  if (chat.type !== 'private')
    return {
      kind: 'group',
      channel: 'telegram',
      chat: String(chat.id),
      addressed: message.text?.startsWith('/') ?? false,
    }
  if (!from || from.is_bot) return { kind: 'ignored' }
  return said(from, readInput(message, from))
}

function readPress(press: NonNullable<TelegramUpdate['callback_query']>): Update {
  const chat = press.message?.chat
  if (chat && chat.type !== 'private') return { kind: 'ignored' }
  const update = said(press.from, { kind: 'button', token: press.data ?? '' })
  return { ...update, callbackId: press.id }
}

function said(from: User, input: RawInput): Extract<Update, { kind: 'said' }> {
  return {
    kind: 'said',
    channel: 'telegram',
    externalId: String(from.id),
    languageHint: from.language_code ?? null,
    input,
  }
}

function readInput(message: Message, from: User): RawInput {
  if (message.text !== undefined) {
    const start = /^\/start(?:@\w+)?(?:\s+([\w-]{1,64}))?$/.exec(message.text.trim())
    if (start) return { kind: 'start', payload: start[1] ?? null }
    // `/menu@town_bot` is how a command arrives when picked from a list.
    return { kind: 'text', text: message.text.replace(/^(\/\w+)@\w+/, '$1') }
  }
  if (message.contact) {
    const { phone_number: phone, user_id: owner } = message.contact
    return { kind: 'contact', phone, own: owner === from.id }
  }
  return { kind: message.photo ? 'photo' : 'other' }
}
