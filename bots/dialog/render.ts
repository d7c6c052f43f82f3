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
