import { type Api } from 'grammy'
import { type Inbox } from '../../core/inbox/accept-update.ts'
import { type Logger } from '../../core/log.ts'
import { storeUpdate } from './webhook.ts'

/** Below the client's own timeout, which would cut every quiet call. */
const LONG_POLL_SECONDS = 10
const UPDATES_A_CALL = 100
const PAUSE_MS = 3_000
/** Kinds of updates we read; others are not sent to us. */
export const ALLOWED_UPDATES = ['message', 'callback_query', 'my_chat_member'] as const

/**
 * Long polling for machines without a public address. Updates are confirmed to Telegram only after
 * they are committed to the inbox: a crash loses none. Returns the function that ends it.
 */
export function pollUpdates(api: Api, inbox: Inbox, log: Logger): () => Promise<void> {
  const ending = new AbortController()
  let offset = 0

  async function run(): Promise<void> {
    while (!ending.signal.aborted) {
      try {
        const updates = await api.getUpdates(
          {
            offset,
            limit: UPDATES_A_CALL,
            timeout: LONG_POLL_SECONDS,
            allowed_updates: [...ALLOWED_UPDATES],
          },
          // grammY declares the signal of an old polyfill; at run time it is the platform's.
          ending.signal as unknown as Parameters<Api['getUpdates']>[1],
        )
        await Promise.all(updates.map((update) => storeUpdate(inbox, update)))
        const last = updates.at(-1)
        if (last) offset = last.update_id + 1
      } catch (error) {
        if (ending.signal.aborted) return
        // The error's own text holds the token: its name is all that may be logged.
        log.warn({ error: error instanceof Error ? error.name : 'unknown' }, 'polling failed')
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
      }
    }
  }

  const running = run()
  return async () => {
    ending.abort()
    await running
  }
}
