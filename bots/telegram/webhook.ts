import { createHash, timingSafeEqual } from 'node:crypto'
import { type Inbox } from '../../core/inbox/accept-update.ts'
import { type Webhook } from '../dialog/webhook.ts'
import { chatOf } from './read-update.ts'

const SECRET_HEADER = 'x-telegram-bot-api-secret-token'

/**
 * Telegram's webhook: 401 without the secret set with it, 400 for what is no update, 200 once the
 * update is committed to the inbox.
 */
export function telegramWebhook(secret: string, inbox: Inbox): Webhook {
  return async ({ body, header }) => {
    if (!isSame(header(SECRET_HEADER) ?? '', secret)) return { status: 401 }
    const update = parse(body)
    if (!update) return { status: 400 }
    await storeUpdate(inbox, update)
    return { status: 200 }
  }
}

/** Puts an update into the durable inbox under Telegram's own number. */
export function storeUpdate(inbox: Inbox, update: { update_id: number }): Promise<boolean> {
  const updateId = String(update.update_id)
  return inbox.accept({ channel: 'telegram', updateId, chat: chatOf(update), payload: update })
}

function parse(body: Buffer): { update_id: number } | null {
  try {
    const update: unknown = JSON.parse(body.toString('utf8'))
    const isUpdate = typeof update === 'object' && update !== null && 'update_id' in update
    return isUpdate && Number.isInteger(update.update_id) ? (update as { update_id: number }) : null
  } catch {
    return null
  }
}

// Hashes have one length, so the comparison takes the same time for any guess.
function isSame(given: string, right: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(given), hash(right))
}
