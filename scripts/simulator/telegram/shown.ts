import { type FileStore } from '../file-store.ts'
import {
  type Contact,
  type Entity,
  type FileRef,
  type InlineButton,
  type Location,
  type Message,
} from './wire-types.ts'

type ShownFile = {
  kind: 'document' | 'photo'
  name: string
  mime: string
  sizeBytes: number
  /** Opens in a browser. */
  url: string
  /** The bytes; absent in JSON. */
  read: () => Buffer
}

/** A message as a person sees it on the screen. */
export type ShownMessage = {
  id: number
  by: 'bot' | 'person'
  author: string
  /** Text or caption without markup. */
  text: string
  entities: Entity[]
  /** Inline buttons, row by row. */
  buttons: InlineButton[][]
  file: ShownFile | null
  contact: Contact | null
  location: Location | null
  /** What happened, when this is not something said. */
  service: string | null
  topic: number | null
  album: string | null
  isEdited: boolean
  /** Milliseconds since 1970. */
  at: number
}

type Lookup = { uploads: Map<string, { file: { id: string; bytes: Buffer } }>; files: FileStore }

export function shown(lookup: Lookup, message: Message): ShownMessage {
  return {
    id: message.message_id,
    by: message.from.is_bot ? 'bot' : 'person',
    author: message.from.first_name,
    text: message.text ?? message.caption ?? '',
    entities: message.entities ?? message.caption_entities ?? [],
    buttons: message.reply_markup?.inline_keyboard ?? [],
    file: shownFile(lookup, message),
    contact: message.contact ?? null,
    location: message.location ?? null,
    service: serviceText(message),
    topic: message.message_thread_id ?? null,
    album: message.media_group_id ?? null,
    isEdited: message.edit_date !== undefined,
    at: message.date * 1000,
  }
}

function shownFile({ uploads, files }: Lookup, message: Message): ShownFile | null {
  const ref: FileRef | undefined = message.document ?? message.photo?.at(-1)
  if (!ref) return null
  const stored = files.get(uploads.get(ref.file_id)?.file.id ?? '')
  return {
    kind: message.document ? 'document' : 'photo',
    name: ref.file_name ?? stored?.name ?? 'photo.jpg',
    mime: ref.mime_type ?? stored?.mime ?? 'image/jpeg',
    sizeBytes: ref.file_size,
    url: stored ? files.urlOf(stored) : '',
    read: () => stored?.bytes ?? Buffer.alloc(0),
  }
}

function serviceText(message: Message): string | null {
  if (message.new_chat_members) return `${message.new_chat_members[0]?.first_name} у групі`
  if (message.pinned_message) return 'Закріплено повідомлення'
  if (message.forum_topic_created) return `Тема «${message.forum_topic_created.name}»`
  if (message.migrate_to_chat_id) return 'Групу перетворено на супергрупу'
  return null
}
