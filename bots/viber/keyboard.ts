import { type Message } from '../../core/outbox/message.ts'
import { type Translate } from '../../templates/translate.ts'
import { renderLabel } from '../dialog/render.ts'

const COLUMNS = 6
const NARROW_LABEL_MAX = 16

/**
 * The buttons of a message as a Viber keyboard; undefined without any. A press sends the secret
 * token silently: nothing of it shows in the chat.
 */
export function keyboardOf(message: Message, translate: Translate): object | undefined {
  if (!message.buttons || message.buttons.length === 0) return undefined
  const labels = message.buttons.map(({ label }) => renderLabel(label, translate))
  return {
    Type: 'keyboard',
    DefaultHeight: false,
    Buttons: message.buttons.map(({ token }, index) => ({
      Columns: width(labels, index),
      Rows: 1,
      ActionType: 'reply',
      ActionBody: token,
      Text: escapeMarkup(labels[index] ?? ''),
      TextSize: 'regular',
      Silent: true,
    })),
  }
}

// Narrow labels stand in pairs; one left over takes the whole row.
function width(labels: readonly string[], index: number): number {
  const isNarrow = (label: string | undefined) =>
    label !== undefined && label.length <= NARROW_LABEL_MAX
  let start = index
  while (start > 0 && isNarrow(labels[start - 1])) start--
  if (!isNarrow(labels[index])) return COLUMNS
  const first = (index - start) % 2 === 0
  return first && !isNarrow(labels[index + 1]) ? COLUMNS : COLUMNS / 2
}

// Viber reads a button's text as HTML.
function escapeMarkup(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}
