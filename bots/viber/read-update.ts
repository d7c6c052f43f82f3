import { type RawInput, type Update } from '../dialog/input.ts'
import { isToken } from '../dialog/token.ts'

/** A callback of Viber as far as we read it; `message_token` is text (exact-json.ts). */
export type ViberEvent = {
  event: string
  message_token?: string
  user_id?: string
  user?: { id: string; language?: string }
  sender?: { id: string; language?: string }
  context?: string
  subscribed?: boolean
  message?: { type: string; text?: string; contact?: { phone_number?: string } }
}

/** A Viber event in neutral form. */
export function readUpdate(payload: object): Update {
  const event = payload as ViberEvent
  switch (event.event) {
    case 'message':
      return event.sender ? said(event.sender, readInput(event)) : { kind: 'ignored' }
    case 'subscribed':
      return event.user ? reachable(event.user.id, true) : { kind: 'ignored' }
    case 'unsubscribed':
      return event.user_id ? reachable(event.user_id, false) : { kind: 'ignored' }
    case 'delivered':
    case 'seen':
    case 'failed': {
      const { event: state, message_token: messageId } = event
      return messageId
        ? { kind: 'receipt', channel: 'viber', messageId, state }
        : { kind: 'ignored' }
    }
    default:
      return { kind: 'ignored' }
  }
}

/** The person an event is about: their events are handled in order. */
export function chatOf(event: ViberEvent): string {
  return event.sender?.id ?? event.user?.id ?? event.user_id ?? 'none'
}

function reachable(externalId: string, is: boolean): Update {
  return { kind: 'reachable', channel: 'viber', externalId, reachable: is }
}

function said(from: { id: string; language?: string }, input: RawInput): Update {
  return {
    kind: 'said',
    channel: 'viber',
    externalId: from.id,
    languageHint: from.language ?? null,
    input,
  }
}

function readInput({ message }: ViberEvent): RawInput {
  if (message?.type === 'text' && message.text !== undefined) {
    const text = message.text.trim()
    // A pressed button arrives as a text: only its form tells it apart from what people write.
    if (isToken(text)) return { kind: 'button', token: text }
    return text === '/start' ? { kind: 'start', payload: null } : { kind: 'text', text }
  }
  if (message?.type === 'contact')
    return { kind: 'contact', phone: message.contact?.phone_number ?? '', own: false }
  return { kind: message?.type === 'picture' ? 'photo' : 'other' }
}
