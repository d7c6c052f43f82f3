import { kopecks } from '../../core/money.ts'
import { formatDay, formatMoney, formatPeriod, formatQuantity } from '../../templates/format.ts'
import { type Translate } from '../../templates/translate.ts'
import { type Line, type Message, type Param } from '../../core/outbox/message.ts'

/** A line in words. `currency` is the key of the currency's short name. */
export function renderLine(line: Line, translate: Translate): string {
  if (!line.params) return translate(line.key)
  const params: Record<string, string | number> = {}
  for (const [name, param] of Object.entries(line.params))
    params[name] = renderParam(param, translate)
  return translate(line.key, params)
}

/** Longest caption of a button both messengers show whole on a narrow phone. */
const LABEL_MAX = 30

/**
 * A button's caption, at most 30 characters. A longer one loses its middle: numbers and names, which
 * tell buttons apart, stand at its ends.
 */
export function renderLabel(label: Line, translate: Translate): string {
  const letters = Array.from(renderLine(label, translate))
  if (letters.length <= LABEL_MAX) return letters.join('')
  const kept = (LABEL_MAX - 1) / 2
  return [...letters.slice(0, Math.floor(kept)), '…', ...letters.slice(-Math.ceil(kept))].join('')
}

/** All lines of a message, one under another. */
export function renderText(message: Message, translate: Translate): string {
  return message.lines.map((line) => renderLine(line, translate)).join('\n')
}

function renderParam(param: Param, translate: Translate): string | number {
  if (typeof param !== 'object') return param
  if ('money' in param)
    return formatMoney(kopecks(BigInt(param.money)), translate('common:currency'))
  if ('day' in param) return formatDay(param.day)
  if ('month' in param) return formatPeriod(param.month)
  if ('quantity' in param) return formatQuantity(BigInt(param.quantity))
  return translate(param.words)
}
