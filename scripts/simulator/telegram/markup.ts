import { badRequest, type Call, isRecord, objectOf } from './call.ts'
import { type InlineButton, type InlineMarkup, type ReplyMarkup } from './wire-types.ts'

const CALLBACK_DATA_BYTES_MAX = 64
const INLINE_BUTTONS_MAX = 100
const ACTIONS = [
  'url',
  'web_app',
  'copy_text',
  'login_url',
  'switch_inline_query',
  'switch_inline_query_current_chat',
  'callback_game',
  'pay',
]

export type Markup =
  | { kind: 'inline'; markup: InlineMarkup }
  | { kind: 'reply'; markup: ReplyMarkup }
  | { kind: 'remove' }
  | { kind: 'force-reply' }

/** The `reply_markup` of a call; undefined when there is none. */
export function markupOf(call: Call): Markup | undefined {
  const value = objectOf(call, 'reply_markup')
  if (value === undefined) return undefined
  if (!isRecord(value)) return badRequest('object expected as reply markup')
  if (value['inline_keyboard'] !== undefined)
    return { kind: 'inline', markup: inlineMarkup(value['inline_keyboard']) }
  if (value['keyboard'] !== undefined) return { kind: 'reply', markup: replyMarkup(value) }
  if (value['remove_keyboard'] === true) return { kind: 'remove' }
  if (value['force_reply'] === true) return { kind: 'force-reply' }
  return Object.keys(value).length === 0 ? undefined : badRequest("can't parse reply markup")
}

/** The inline keyboard of an editing call, which takes no other. */
export function inlineMarkupOf(call: Call): InlineMarkup | undefined {
  const found = markupOf(call)
  if (!found) return undefined
  if (found.kind !== 'inline') return badRequest('inline keyboard expected')
  return found.markup.inline_keyboard.length > 0 ? found.markup : undefined
}

function rowsOf(value: unknown, what: string): unknown[][] {
  if (!Array.isArray(value)) return badRequest(`field "${what}" must be of the type Array`)
  const rows = value.map((row) =>
    Array.isArray(row)
      ? (row as unknown[])
      : badRequest(`field "${what}" must be an Array of Arrays`),
  )
  return rows.filter((row) => row.length > 0)
}

function inlineMarkup(value: unknown): InlineMarkup {
  const rows = rowsOf(value, 'inline_keyboard').map((row) => row.map(inlineButton))
  if (rows.flat().length > INLINE_BUTTONS_MAX) badRequest('reply markup is too long')
  return { inline_keyboard: rows }
}

function inlineButton(value: unknown): InlineButton {
  if (!isRecord(value)) return badRequest("can't parse inline keyboard button: object expected")
  const { text, callback_data: data, url } = value
  if (typeof text !== 'string')
    return badRequest('can\'t parse inline keyboard button: Can\'t find field "text"')
  if (text.trim() === '') return badRequest('BUTTON_TEXT_INVALID')
  if (data !== undefined) {
    const bytes = typeof data === 'string' ? Buffer.byteLength(data) : 0
    if (bytes < 1 || bytes > CALLBACK_DATA_BYTES_MAX) badRequest('BUTTON_DATA_INVALID')
  } else if (!ACTIONS.some((action) => value[action] !== undefined)) {
    badRequest(
      "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    )
  }
  if (url !== undefined && !isLink(url)) badRequest('BUTTON_URL_INVALID')
  return value as InlineButton
}

function isLink(url: unknown): boolean {
  return typeof url === 'string' && URL.canParse(url) && /^(https?|tg):\/\//.test(url)
}

function replyMarkup(value: Record<string, unknown>): ReplyMarkup {
  const keyboard = rowsOf(value['keyboard'], 'keyboard').map((row) => row.map(replyButton))
  return { ...value, keyboard }
}

function replyButton(value: unknown): ReplyMarkup['keyboard'][number][number] {
  if (typeof value === 'string' && value.trim() !== '') return { text: value }
  if (!isRecord(value) || typeof value['text'] !== 'string' || value['text'].trim() === '')
    return badRequest('can\'t parse keyboard button: Can\'t find field "text"')
  return { ...value, text: value['text'] }
}
