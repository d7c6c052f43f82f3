/** The parts of Bot API objects the simulator writes; names and shapes are Telegram's. */

export type User = {
  id: number
  is_bot: boolean
  first_name: string
  username?: string
  language_code?: string
}

export type ChatInfo = {
  id: number
  type: 'private' | 'group' | 'supergroup'
  title?: string
  first_name?: string
  is_forum?: true
}

export type Entity = {
  type: string
  /** UTF-16 units, as everywhere in the Bot API. */
  offset: number
  length: number
  url?: string
  language?: string
}

export type InlineButton = {
  text: string
  callback_data?: string
  url?: string
  web_app?: { url: string }
  copy_text?: { text: string }
  switch_inline_query?: string
  switch_inline_query_current_chat?: string
  pay?: boolean
}

export type InlineMarkup = { inline_keyboard: InlineButton[][] }

export type ReplyButton = { text: string; request_contact?: boolean; request_location?: boolean }

export type ReplyMarkup = {
  keyboard: ReplyButton[][]
  one_time_keyboard?: boolean
  resize_keyboard?: boolean
  is_persistent?: boolean
  input_field_placeholder?: string
}

export type FileRef = {
  file_id: string
  file_unique_id: string
  file_size: number
  file_name?: string
  mime_type?: string
  width?: number
  height?: number
}

export type Contact = { phone_number: string; first_name: string; user_id?: number }
export type Location = { latitude: number; longitude: number }

export type Content = {
  text?: string
  entities?: Entity[]
  caption?: string
  caption_entities?: Entity[]
  document?: FileRef
  photo?: FileRef[]
  contact?: Contact
  location?: Location
}

export type Message = Content & {
  message_id: number
  message_thread_id?: number
  is_topic_message?: true
  from: User
  chat: ChatInfo
  date: number
  edit_date?: number
  media_group_id?: string
  reply_to_message?: Message
  reply_markup?: InlineMarkup
  forward_origin?: { type: 'user'; sender_user: User; date: number }
  migrate_to_chat_id?: number
  migrate_from_chat_id?: number
  new_chat_members?: User[]
  pinned_message?: Message
  forum_topic_created?: { name: string; icon_color: number }
}

export type Update = { update_id: number } & Record<string, unknown>
