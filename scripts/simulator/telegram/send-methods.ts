import { badRequest, type Call, flagOf, integerOf, isRecord, objectOf, textOf } from './call.ts'
import { formatted, type Formatted } from './formatting.ts'
import { type Markup, markupOf } from './markup.ts'
import { mediaContent, uploadOf } from './media.ts'
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
  type Upload,
} from './state.ts'
import { type Content, type Message } from './wire-types.ts'

const TEXT_MAX = 4_096
const CAPTION_MAX = 1_024
const ALBUM_MAX = 10
const ACTIONS = [
  'typing',
  'upload_photo',
  'record_video',
  'upload_video',
  'record_voice',
  'upload_voice',
  'upload_document',
  'choose_sticker',
  'find_location',
  'record_video_note',
  'upload_video_note',
]

/** The text of sendMessage or editMessageText. */
export function messageText(call: Call): Formatted {
  const source = textOf(call, 'text') ?? ''
  const parsed = formatted(source, textOf(call, 'parse_mode'), objectOf(call, 'entities'))
  if (parsed.text === '') badRequest('message text is empty')
  if (parsed.text.length > TEXT_MAX) badRequest('message is too long')
  return parsed
}

/** The caption of a media message; an empty object when there is none. */
function captionOf(
  source: string | undefined,
  mode: string | undefined,
  entities: unknown,
): Pick<Content, 'caption' | 'caption_entities'> {
  const parsed = formatted(source ?? '', mode, entities)
  if (parsed.text.length > CAPTION_MAX) badRequest('message caption is too long')
  if (parsed.text === '') return {}
  return {
    caption: parsed.text,
    ...(parsed.entities.length > 0 && { caption_entities: parsed.entities }),
  }
}

export function callCaption(call: Call): Pick<Content, 'caption' | 'caption_entities'> {
  return captionOf(
    textOf(call, 'caption'),
    textOf(call, 'parse_mode'),
    objectOf(call, 'caption_entities'),
  )
}

type Place = { chat: Chat; rest: Partial<Message>; markup: Markup | undefined }

/** Where a sending call goes, checked before its content. */
function placeOf(state: State, call: Call): Place {
  const chat = chatOf(state, call)
  const markup = markupOf(call)
  const thread = integerOf(call, 'message_thread_id')
  if (thread !== undefined && !chat.topics.has(thread)) badRequest('message thread not found')
  const reply = repliedTo(chat, call)
  mayWrite(state, chat)
  return {
    chat,
    markup,
    rest: {
      ...(thread !== undefined && { message_thread_id: thread, is_topic_message: true as const }),
      ...(reply && { reply_to_message: reply }),
      ...(markup?.kind === 'inline' &&
        markup.markup.inline_keyboard.length > 0 && { reply_markup: markup.markup }),
    },
  }
}

function repliedTo(chat: Chat, call: Call): Message | undefined {
  const options = objectOf(call, 'reply_parameters')
  const given = isRecord(options) ? options : undefined
  const id = given ? Number(given['message_id']) : integerOf(call, 'reply_to_message_id')
  if (id === undefined) return undefined
  const message = chat.log.get(id)
  const mayBeAbsent =
    given?.['allow_sending_without_reply'] === true || flagOf(call, 'allow_sending_without_reply')
  if (!message && !mayBeAbsent) badRequest('message to be replied not found')
  return message
}

/** Adds a message of the bot to the chat and shows it. */
function say(state: State, { chat, rest, markup }: Place, content: Partial<Message>): Message {
  const message = record(state, chat, state.me, { ...rest, ...content })
  if (markup?.kind === 'reply') chat.keyboard = markup.markup
  if (markup?.kind === 'remove') chat.keyboard = null
  addReply(chat, shown(state, message))
  touch(state, chat)
  return message
}

export function sendMessage(state: State, call: Call): Message {
  const { text, entities } = messageText(call)
  const place = placeOf(state, call)
  return say(state, place, { text, ...(entities.length > 0 && { entities }) })
}

/** sendDocument and sendPhoto. */
export async function sendMedia(state: State, call: Call, kind: Upload['kind']): Promise<Message> {
  const caption = callCaption(call)
  const place = placeOf(state, call)
  const upload = await uploadOf(state, call, kind, kind, textOf(call, kind))
  return say(state, place, { ...mediaContent(upload), ...caption })
}

export async function sendMediaGroup(state: State, call: Call): Promise<Message[]> {
  const items = objectOf(call, 'media')
  if (!Array.isArray(items) || items.length === 0)
    return badRequest('there are no messages to send')
  if (items.length > ALBUM_MAX) badRequest('too many messages to send as an album')
  if (items.length === 1) badRequest('too few messages to send as an album')
  const place = placeOf(state, call)
  const contents = []
  for (const item of items as unknown[]) {
    if (!isRecord(item)) return badRequest("can't parse InputMedia")
    const { type, media, caption, parse_mode: mode } = item
    if (type !== 'photo' && type !== 'document') return badRequest('type of InputMedia is invalid')
    const upload = await uploadOf(state, call, type, '', String(media))
    const text = captionOf(
      typeof caption === 'string' ? caption : undefined,
      typeof mode === 'string' ? mode : undefined,
      item['caption_entities'],
    )
    contents.push({ ...mediaContent(upload), ...text })
  }
  const album = String(state.lastMessageId + 1)
  return contents.map((content) => say(state, place, { ...content, media_group_id: album }))
}

function sourceOf(state: State, call: Call, verb: string): Message {
  const from = chatOf(state, call, 'from_chat_id')
  const source = from.log.get(integerOf(call, 'message_id') ?? 0)
  return source ?? badRequest(`message to ${verb} not found`)
}

function contentOf(message: Message): Content {
  const { text, entities, caption, caption_entities, document, photo, contact, location } = message
  return Object.fromEntries(
    Object.entries({
      text,
      entities,
      caption,
      caption_entities,
      document,
      photo,
      contact,
      location,
    }).filter(([, value]) => value !== undefined),
  )
}

export function copyMessage(state: State, call: Call): { message_id: number } {
  const place = placeOf(state, call)
  const { caption, caption_entities, ...content } = contentOf(sourceOf(state, call, 'copy'))
  const kept = { ...(caption && { caption }), ...(caption_entities && { caption_entities }) }
  const written = call.parameters['caption'] === undefined ? kept : callCaption(call)
  const copy = say(state, place, { ...content, ...written })
  return { message_id: copy.message_id }
}

export function forwardMessage(state: State, call: Call): Message {
  const place = placeOf(state, call)
  const source = sourceOf(state, call, 'forward')
  const origin = { type: 'user' as const, sender_user: source.from, date: unixSeconds(state) }
  return say(state, place, { ...contentOf(source), forward_origin: origin })
}

export function sendChatAction(state: State, call: Call): true {
  const chat = chatOf(state, call)
  if (!ACTIONS.includes(textOf(call, 'action') ?? ''))
    badRequest('wrong parameter action in request')
  mayWrite(state, chat)
  return true
}
