import { type DocumentRef } from '../../core/outbox/message.ts'
import { type Language, type Translate } from '../../templates/translate.ts'
import { type CallOperator, type Sender, type SendResult } from '../delivery/sender.ts'
import { ViberApiError, type ViberClient } from './client.ts'
import { bodiesOf, type FileAddress } from './message.ts'

/** Gives a paper an address Viber can fetch it from. */
export type PublishDocument = (document: DocumentRef) => Promise<FileAddress>

/** Statuses after which this person cannot be written to. Source: Viber REST API, error codes. */
const UNREACHABLE = new Set([5, 6, 7, 8, 9, 11])
const TOO_MANY = 12
const TOO_MANY_PAUSE_MS = 60_000
/** Statuses that are about the bot, not the person: an operator must look. */
const BOT_IN_TROUBLE = new Set([2, 10, 20, 23, 24])

/** Sends a letter over our own wire and says how it ended. */
export function viberSender(
  client: ViberClient,
  translate: (language: Language) => Translate,
  publish: PublishDocument,
  callOperator: CallOperator,
): Sender {
  return async ({ externalId: receiver, language, message }) => {
    const file = message.document && (await publish(message.document))
    let messageId = ''
    try {
      for (const body of bodiesOf(message, translate(language as Language), file)) {
        const answer = await client.call('send_message', { ...body, receiver })
        messageId = answer.message_token ?? messageId
      }
      return { sent: true, messageId }
    } catch (error) {
      if (error instanceof ViberApiError && BOT_IN_TROUBLE.has(error.status))
        callOperator(error.status)
      return explain(error)
    }
  }
}

function explain(error: unknown): SendResult {
  if (!(error instanceof ViberApiError))
    return { sent: false, then: 'again', afterMs: null, error: 'no-answer' }
  const code = `viber-${error.status}`
  if (UNREACHABLE.has(error.status)) return { sent: false, then: 'unreachable', error: code }
  if (error.status === TOO_MANY)
    return { sent: false, then: 'again', afterMs: TOO_MANY_PAUSE_MS, error: code }
  if (BOT_IN_TROUBLE.has(error.status))
    return { sent: false, then: 'again', afterMs: null, error: code }
  return { sent: false, then: 'failed', error: code }
}
