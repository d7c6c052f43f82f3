import { type InlineKeyboardMarkup, type ReplyKeyboardMarkup } from 'grammy/types'
import { type Message } from '../../core/outbox/message.ts'
import { type Translate } from '../../templates/translate.ts'
import { renderLabel } from '../dialog/render.ts'

/** Two buttons side by side stay readable up to this length. */
const NARROW_LABEL_MAX = 16

/** The buttons of a message as Telegram has them; undefined without any. */
export function keyboardOf(
  message: Message,
  translate: Translate,
): InlineKeyboardMarkup | ReplyKeyboardMarkup | undefined {
  if (message.asksContact) {
    const share = { text: translate('dialog:share-contact'), request_contact: true as const }
    // Under the field a button only types its caption, which picks the choice like a typed label.
    const others = (message.buttons ?? []).map(({ label }) => [
      { text: renderLabel(label, translate) },
    ])
    return { keyboard: [[share], ...others], one_time_keyboard: true, resize_keyboard: true }
  }
  if (!message.buttons || message.buttons.length === 0) return undefined
  const rows: InlineKeyboardMarkup['inline_keyboard'] = []
  let open = false
  for (const { label, token } of message.buttons) {
    const button = { text: renderLabel(label, translate), callback_data: token }
    const narrow = button.text.length <= NARROW_LABEL_MAX
    const last = rows.at(-1)
    if (narrow && open && last) {
      last.push(button)
      open = false
    } else {
      rows.push([button])
      open = narrow
    }
  }
  return { inline_keyboard: rows }
}
