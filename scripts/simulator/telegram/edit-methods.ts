import { badRequest, type Call, flagOf, integerOf, textOf } from './call.ts'
import { inlineMarkupOf } from './markup.ts'
import { DOWNLOAD_BYTES_MAX } from './media.ts'
import { callCaption, messageText } from './send-methods.ts'
import { shown } from './shown.ts'
import {
  addReply,
  type Chat,
  chatOf,
  mayWrite,
  record,
  type State,
  touch,
  unixSeconds,
} from './state.ts'
import { type FileRef, type Message } from './wire-types.ts'

const DELETABLE_SECONDS = 48 * 3600
const QUERY_MS = 60_000
const ANSWER_MAX = 200
const ANSWERS_KEPT = 100

type Change = Partial<Pick<Message, 'text' | 'entities' | 'caption' | 'caption_entities'>>

/** The bot's own message that an editing call names. */
function editable(state: State, call: Call): { chat: Chat; message: Message } {
  const chat = chatOf(state, call)
  const message = chat.log.get(integerOf(call, 'message_id') ?? 0)
  if (!message) return badRequest('message to edit not found')
  if (message.from.id !== state.me.id) return badRequest("message can't be edited")
  mayWrite(state, chat)
  return { chat, message }
}

/** Puts a changed copy in the message's place: earlier answers keep what they said. */
function replace(
  state: State,
  { chat, message }: { chat: Chat; message: Message },
  call: Call,
  drop: (keyof Change)[],
  change: Change,
): Message {
  const kept: Message = { ...message }
  for (const name of [...drop, 'reply_markup', 'edit_date'] as const) delete kept[name]
  const markup = inlineMarkupOf(call)
  const edited: Message = { ...kept, ...change, ...(markup && { reply_markup: markup }) }
  const { edit_date: _, ...before } = message
  if (sameMembers(before, edited))
    badRequest(
      'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
    )
  edited.edit_date = unixSeconds(state)
  chat.log.set(edited.message_id, edited)
  addReply(chat, shown(state, edited))
  touch(state, chat)
  return edited
}

function sameMembers(a: object, b: object): boolean {
  const text = (value: object) =>
    JSON.stringify(Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1)))
  return text(a) === text(b)
}

export function editMessageText(state: State, call: Call): Message {
  const { text, entities } = messageText(call)
  const target = editable(state, call)
  if (target.message.text === undefined) badRequest('there is no text in the message to edit')
  const change = { text, ...(entities.length > 0 && { entities }) }
  return replace(state, target, call, ['text', 'entities'], change)
}

export function editMessageCaption(state: State, call: Call): Message {
  const caption = callCaption(call)
  const target = editable(state, call)
  if (target.message.text !== undefined) badRequest('there is no caption in the message to edit')
  return replace(state, target, call, ['caption', 'caption_entities'], caption)
}

export function editMessageReplyMarkup(state: State, call: Call): Message {
  return replace(state, editable(state, call), call, [], {})
}

export function deleteMessage(state: State, call: Call): true {
  const chat = chatOf(state, call)
  const message = chat.log.get(integerOf(call, 'message_id') ?? 0)
  if (!message) return badRequest('message to delete not found')
  if (unixSeconds(state) - message.date > DELETABLE_SECONDS)
    badRequest("message can't be deleted for everyone")
  chat.log.delete(message.message_id)
  touch(state, chat)
  return true
}

export function pinChatMessage(state: State, call: Call): true {
  const chat = chatOf(state, call)
  const message = chat.log.get(integerOf(call, 'message_id') ?? 0)
  if (!message) return badRequest('message to pin not found')
  mayWrite(state, chat)
  record(state, chat, state.me, { pinned_message: message })
  touch(state, chat)
  return true
}

export function answerCallbackQuery(state: State, call: Call): true {
  const queryId = textOf(call, 'callback_query_id') ?? ''
  const query = state.queries.get(queryId)
  if (!query || state.nowMs() - query.at > QUERY_MS)
    return badRequest('query is too old and response timeout expired or query ID is invalid')
  const text = textOf(call, 'text') ?? ''
  if (text.length > ANSWER_MAX) badRequest('MESSAGE_TOO_LONG')
  query.chat.answers.push({ queryId, text, alert: flagOf(call, 'show_alert') })
  if (query.chat.answers.length > ANSWERS_KEPT) query.chat.answers.shift()
  touch(state, query.chat)
  return true
}

export function getFile(state: State, call: Call): FileRef & { file_path: string } {
  const upload = state.uploads.get(textOf(call, 'file_id') ?? '')
  if (!upload) return badRequest('invalid file_id')
  const { file_id, file_unique_id, file_size } = upload.ref
  if (file_size > DOWNLOAD_BYTES_MAX) badRequest('file is too big')
  const extension = /\.[A-Za-z0-9]{1,5}$/.exec(upload.file.name)?.[0] ?? ''
  const file_path = `${upload.kind}s/${upload.file.id}${extension}`
  return { file_id, file_unique_id, file_size, file_path }
}
