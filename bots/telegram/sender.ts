import { type Api, GrammyError, InputFile } from 'grammy'
import { type QueuedLetter } from '../../core/outbox/enqueue.ts'
import { type DrawDocument } from '../delivery/draw-document.ts'
import { type Language, type Translate } from '../../templates/translate.ts'
import { type SendResult } from '../delivery/delivery.ts'
import { renderText } from '../dialog/render.ts'
import { splitText } from '../dialog/split-text.ts'
import { keyboardOf } from './keyboard.ts'

const TEXT_MAX = 4096
const CAPTION_MAX = 1024
const BLOCKED = 403
const TOO_MANY = 429

/** Sends a letter with grammY and says how it ended. */
export function telegramSender(
  api: Api,
  translate: (language: Language) => Translate,
  draw: DrawDocument,
): (letter: QueuedLetter) => Promise<SendResult> {
  return async (letter) => {
    try {
      return { sent: true, messageId: String(await sendMessage(api, translate, draw, letter)) }
    } catch (error) {
      return explain(error)
    }
  }
}

async function sendMessage(
  api: Api,
  translate: (language: Language) => Translate,
  draw: DrawDocument,
  { externalId, language, message }: QueuedLetter,
): Promise<number> {
  const words = translate(language as Language)
  const text = renderText(message, words)
  const keyboard = keyboardOf(message, words)
  const other = keyboard ? { reply_markup: keyboard } : {}
  if (message.document) {
    const { bytes, name } = await draw(message.document)
    const caption = text.slice(0, CAPTION_MAX)
    const file = new InputFile(bytes, name)
    return (await api.sendDocument(externalId, file, { caption, ...other })).message_id
  }
  const pieces = splitText(text, TEXT_MAX)
  for (const piece of pieces.slice(0, -1)) await api.sendMessage(externalId, piece)
  return (await api.sendMessage(externalId, pieces.at(-1) ?? '', other)).message_id
}

// Only code and description may be kept: the error object itself holds the token and the text.
function explain(error: unknown): SendResult {
  if (!(error instanceof GrammyError))
    return { sent: false, then: 'again', afterMs: null, error: 'no-answer' }
  const code = `telegram-${error.error_code}`
  if (error.error_code === BLOCKED) return { sent: false, then: 'unreachable', error: code }
  if (error.error_code === TOO_MANY) {
    const seconds = error.parameters.retry_after ?? 1
    return { sent: false, then: 'again', afterMs: seconds * 1000, error: code }
  }
  if (error.error_code >= 500) return { sent: false, then: 'again', afterMs: null, error: code }
  if (/chat not found|user is deactivated/.test(error.description))
    return { sent: false, then: 'unreachable', error: code }
  return { sent: false, then: 'failed', error: code }
}
