import { createHmac, timingSafeEqual } from 'node:crypto'
import { type Inbox } from '../../core/inbox/accept-update.ts'
import { type Webhook } from '../dialog/webhook.ts'
import { parseExact } from './exact-json.ts'
import { chatOf, type ViberEvent } from './read-update.ts'

const SIGNATURE_HEADER = 'x-viber-content-signature'

/** Answers a person who opened the chat: the one message Viber takes as the HTTP answer. */
export type Welcome = (event: ViberEvent) => Promise<object>

/**
 * Viber's webhook: 403 without a right signature of the raw body, 400 for what is no event, 200
 * once the event is committed to the inbox. Opening the chat is answered in place by `welcome`.
 */
export function viberWebhook(token: string, inbox: Inbox, welcome: Welcome): Webhook {
  return async ({ body, header }) => {
    if (!isSigned(body, header(SIGNATURE_HEADER) ?? '', token)) return { status: 403 }
    const event = parse(body)
    if (!event) return { status: 400 }
    if (event.event === 'webhook') return { status: 200 }
    if (event.event === 'conversation_started') return { status: 200, body: await welcome(event) }
    const updateId = `${event.event} ${event.message_token ?? ''} ${chatOf(event)}`
    await inbox.accept({ channel: 'viber', updateId, chat: chatOf(event), payload: event })
    return { status: 200 }
  }
}

function isSigned(body: Buffer, given: string, token: string): boolean {
  const right = createHmac('sha256', token).update(body).digest()
  const bytes = Buffer.from(given, 'hex')
  return bytes.length === right.length && timingSafeEqual(bytes, right)
}

function parse(body: Buffer): ViberEvent | null {
  try {
    const event = parseExact(body.toString('utf8'))
    const isEvent = typeof event === 'object' && event !== null && 'event' in event
    return isEvent && typeof event.event === 'string' ? (event as ViberEvent) : null
  } catch {
    return null
  }
}
