import { type Api, GrammyError, InputFile } from 'grammy'
import { type Message } from '../../core/outbox/message.ts'
import { type Language, type Translate } from '../../templates/translate.ts'
import { type DrawDocument, type DrawnFile } from '../delivery/draw-document.ts'
import { type CallOperator, type Sender, type SendResult } from '../delivery/sender.ts'
import { renderText } from '../dialog/render.ts'
import { splitText } from '../dialog/split-text.ts'
import { keyboardOf } from './keyboard.ts'

const TEXT_MAX = 4096
const CAPTION_MAX = 1024
const BLOCKED = 403
const TOO_MANY = 429
/** The token is wrong or was replaced: about the bot, not the person. */
const BOT_IN_TROUBLE = [401, 404]

/** Sends a letter with grammY and says how it ended. */
export function telegramSender(
  api: Api,
  translate: (language: Language) => Translate,
  draw: DrawDocument,
  callOperator: CallOperator,
): Sender {
  return async ({ externalId, language, message }) => {
    const file = message.document && (await draw(message.document))
    const words = translate(language as Language)
    try {
      const messageId = String(await sendMessage(api, words, externalId, message, file))
      return { sent: true, messageId }
    } catch (error) {
      if (error instanceof GrammyError && BOT_IN_TROUBLE.includes(error.error_code))
        callOperator(error.error_code)
      return explain(error)
    }
  }
}

async function sendMessage(
  api: Api,
  words: Translate,
  externalId: string,
  message: Message,
  file: DrawnFile | undefined,
): Promise<number> {
  const text = renderText(message, words)
  const keyboard = keyboardOf(message, words)
  const other = keyboard ? { reply_markup: keyboard } : {}
  if (file) {
    const caption = text.slice(0, CAPTION_MAX)
    const sent = await api.sendDocument(externalId, new InputFile(file.bytes, file.name), {
      caption,
      ...other,
    })
    return sent.message_id
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
  if (error.error_code >= 500 || BOT_IN_TROUBLE.includes(error.error_code))
    return { sent: false, then: 'again', afterMs: null, error: code }
  if (/chat not found|user is deactivated/.test(error.description))
    return { sent: false, then: 'unreachable', error: code }
  return { sent: false, then: 'failed', error: code }
}
