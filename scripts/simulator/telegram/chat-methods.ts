import { badRequest, type Call, integerOf, isRecord, objectOf, textOf } from './call.ts'
import { type Chat, chatOf, mayWrite, record, type State, type Topic, touch } from './state.ts'

const COMMANDS_MAX = 100
const TOPIC_NAME_MAX = 128
const TOPIC_COLOR = 0x6fb9f0

/** Commands are kept per scope and language, as Telegram keeps them. */
function commandsKey(call: Call): string {
  const scope = objectOf(call, 'scope')
  return JSON.stringify([scope ?? { type: 'default' }, textOf(call, 'language_code') ?? ''])
}

export function setMyCommands(state: State, call: Call): true {
  const list = objectOf(call, 'commands')
  if (!Array.isArray(list)) return badRequest("can't parse commands")
  if (list.length > COMMANDS_MAX) badRequest('BOT_COMMANDS_TOO_MUCH')
  for (const item of list as unknown[]) {
    if (!isRecord(item) || !/^[a-z0-9_]{1,32}$/.test(String(item['command'])))
      return badRequest('BOT_COMMAND_INVALID')
    const { description } = item
    if (typeof description !== 'string' || description.length < 1 || description.length > 256)
      badRequest('BOT_COMMAND_DESCRIPTION_INVALID')
  }
  state.commands.set(commandsKey(call), list as unknown[])
  for (const chat of state.chats.values()) touch(state, chat)
  return true
}

export function getMyCommands(state: State, call: Call): unknown[] {
  return state.commands.get(commandsKey(call)) ?? []
}

export function deleteMyCommands(state: State, call: Call): true {
  state.commands.delete(commandsKey(call))
  return true
}

export function setChatMenuButton(state: State, call: Call): true {
  const button = objectOf(call, 'menu_button') ?? { type: 'default' }
  const id = integerOf(call, 'chat_id')
  state.menuButtons.set(id === undefined ? 0 : chatOf(state, call).info.id, button)
  return true
}

export function getChatMenuButton(state: State, call: Call): unknown {
  const own = state.menuButtons.get(integerOf(call, 'chat_id') ?? 0)
  return own ?? state.menuButtons.get(0) ?? { type: 'default' }
}

export function getChat(state: State, call: Call): Record<string, unknown> {
  const chat = chatOf(state, call)
  const permissions = { can_send_messages: true, can_send_documents: true, can_send_photos: true }
  return { ...chat.info, accent_color_id: 0, max_reaction_count: 11, permissions }
}

export function getChatMember(state: State, call: Call): Record<string, unknown> {
  const chat = chatOf(state, call)
  const id = integerOf(call, 'user_id')
  if (id === state.me.id)
    return { status: 'administrator', user: state.me, can_manage_topics: true }
  const user = id === undefined ? undefined : chat.members.get(id)
  if (user) return { status: 'member', user }
  const stranger = id === undefined ? undefined : state.chats.get(id)?.members.get(id)
  return stranger ? { status: 'left', user: stranger } : badRequest('PARTICIPANT_ID_INVALID')
}

function forumOf(state: State, call: Call): Chat {
  const chat = chatOf(state, call)
  if (!chat.info.is_forum) return badRequest('the chat is not a forum')
  mayWrite(state, chat)
  return chat
}

function topicOf(chat: Chat, call: Call): Topic {
  const topic = chat.topics.get(integerOf(call, 'message_thread_id') ?? 0)
  return topic ?? badRequest('message thread not found')
}

function topicName(call: Call): string {
  const name = textOf(call, 'name')?.trim() ?? ''
  if (name === '' || name.length > TOPIC_NAME_MAX) return badRequest('TOPIC_TITLE_INVALID')
  return name
}

export function createForumTopic(state: State, call: Call): Record<string, unknown> {
  const chat = forumOf(state, call)
  const name = topicName(call)
  const iconColor = integerOf(call, 'icon_color') ?? TOPIC_COLOR
  const created = { name, icon_color: iconColor }
  const { message_id: id } = record(state, chat, state.me, { forum_topic_created: created })
  chat.topics.set(id, { id, name, iconColor, isClosed: false })
  touch(state, chat)
  return { message_thread_id: id, ...created }
}

export function editForumTopic(state: State, call: Call): true {
  const chat = forumOf(state, call)
  const topic = topicOf(chat, call)
  const name = textOf(call, 'name') === undefined ? topic.name : topicName(call)
  if (name === topic.name) badRequest('TOPIC_NOT_MODIFIED')
  topic.name = name
  touch(state, chat)
  return true
}

export function closeForumTopic(state: State, call: Call, isClosed: boolean): true {
  const chat = forumOf(state, call)
  const topic = topicOf(chat, call)
  if (topic.isClosed === isClosed) badRequest('TOPIC_NOT_MODIFIED')
  topic.isClosed = isClosed
  touch(state, chat)
  return true
}
