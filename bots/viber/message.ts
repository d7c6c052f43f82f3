import viber from 'viber-bot'
import { type Message } from '../../core/outbox/message.ts'
import { type Translate } from '../../templates/translate.ts'
import { renderText } from '../dialog/render.ts'
import { splitText } from '../dialog/split-text.ts'
import { keyboardOf } from './keyboard.ts'

const TEXT_MAX = 7000
/** Name shown above our messages; Viber takes at most 28 characters. */
const SENDER = { name: 'Oselia' }
/** Silent buttons need this version of the app. */
const MIN_API_VERSION = 6

/** A file Viber fetches by itself. */
export type FileAddress = { url: string; bytes: number; name: string }

/** Bodies to send one after another; the keyboard is on the last one. */
export function bodiesOf(message: Message, translate: Translate, file?: FileAddress): object[] {
  const keyboard = keyboardOf(message, translate)
  const bodies: object[] = splitText(renderText(message, translate), TEXT_MAX).map((text) =>
    new viber.Message.Text(text).toJson(),
  )
  if (file) bodies.push(new viber.Message.File(file.url, file.bytes, file.name).toJson())
  return bodies.map((body, index) => ({
    ...body,
    sender: SENDER,
    min_api_version: MIN_API_VERSION,
    ...(keyboard && index === bodies.length - 1 ? { keyboard } : {}),
  }))
}
