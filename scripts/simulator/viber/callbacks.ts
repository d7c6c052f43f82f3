import { createHmac } from 'node:crypto'
import { Delivery } from '../delivery.ts'
import { exactJson } from '../exact-json.ts'
import { type Faults } from '../faults.ts'
import { type Client } from '../wire.ts'
import { refuse } from './status.ts'

export const CHAT_HOSTNAME = 'SN-CHAT-05_'

const KEPT_MS = 3_600_000
const TIMEOUT_MS = 20_000
const ANSWER_BYTES_MAX = 1024 * 1024
const PARALLEL = 40

export const EVENTS = [
  'subscribed',
  'unsubscribed',
  'conversation_started',
  'message',
  'delivered',
  'seen',
  'failed',
  'webhook',
] as const
export type ViberEvent = (typeof EVENTS)[number]

// these come whatever was asked for
const ALWAYS: readonly ViberEvent[] = ['message', 'subscribed', 'unsubscribed', 'webhook']

type Options = {
  token: string
  faults: Faults
  client: Client
  retryMs: number
  nowMs: () => number
}

type Webhook = { url: string; events: readonly ViberEvent[] }
type Callback = { body: Buffer; onTaken: ((answer: Buffer) => void) | undefined }

export type Callbacks = {
  /** Posts an event, signed, until the bot answers 200; `onTaken` gets the body of that answer. */
  push: (
    key: string,
    event: ViberEvent,
    body: Record<string, unknown>,
    onTaken?: (answer: Buffer) => void,
  ) => void
  /** Posts exactly these bytes. */
  pushRaw: (key: string, body: Buffer) => void
  /** Sets the webhook after it has answered 200 to the event `webhook`; an empty URL removes it. */
  setWebhook: (url: string, events: readonly ViberEvent[], token: bigint) => Promise<void>
  webhook: () => Webhook | null
  pending: () => number
  idle: (timeoutMs?: number) => Promise<void>
  stop: () => void
}

/** Events on their way to the bot: in order for each person, repeated for an hour. */
export function createCallbacks({ token, faults, client, retryMs, nowMs }: Options): Callbacks {
  let webhook: Webhook | null = null

  async function post(url: string, body: Buffer): Promise<{ isTaken: boolean; answer: Buffer }> {
    const key = faults.ofUpdate('viber', 'bad-signature') ? 'forged' : token
    const signature = createHmac('sha256', key).update(body).digest('hex')
    const { status, body: answer } = await client.send(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'X-Viber-Content-Signature': signature },
      body,
      timeoutMs: TIMEOUT_MS,
      limitBytes: ANSWER_BYTES_MAX,
    })
    return { isTaken: status === 200, answer }
  }

  const delivery = new Delivery<Callback>({
    attempt: async ({ body, onTaken }) => {
      if (!webhook) return true
      try {
        const { isTaken, answer } = await post(webhook.url, body)
        if (isTaken) onTaken?.(answer)
        return isTaken
      } catch {
        // silence of the bot is a refusal like any other: it will be asked again
        return false
      }
    },
    retryMs,
    giveUpAfterMs: KEPT_MS,
    parallel: () => PARALLEL,
    nowMs,
  })

  return {
    push: (key, event, body, onTaken) => {
      if (!webhook || !(ALWAYS.includes(event) || webhook.events.includes(event))) return
      const bytes = Buffer.from(exactJson({ event, ...body }))
      const copies = faults.ofUpdate('viber', 'duplicate') ? 2 : 1
      const late = faults.ofUpdate('viber', 'out-of-order')
      for (let copy = 0; copy < copies; copy += 1)
        delivery.push(key, { body: bytes, onTaken: copy === 0 ? onTaken : undefined }, late)
    },
    pushRaw: (key, body) => delivery.push(key, { body, onTaken: undefined }),
    setWebhook: async (url, events, messageToken) => {
      if (url === '') {
        webhook = null
        delivery.drain()
        return
      }
      if (!/^https?:\/\//.test(url) || !URL.canParse(url)) refuse('invalidUrl', 'invalidUrl')
      const hello = {
        event: 'webhook',
        timestamp: nowMs(),
        chat_hostname: CHAT_HOSTNAME,
        message_token: messageToken,
      }
      const { isTaken } = await post(url, Buffer.from(exactJson(hello))).catch(() => ({
        isTaken: false,
      }))
      if (!isTaken) refuse('invalidUrl', 'the webhook did not answer 200')
      webhook = { url, events }
    },
    webhook: () => webhook,
    pending: () => delivery.pending(),
    idle: (timeoutMs) => delivery.idle(timeoutMs),
    stop: () => delivery.stop(),
  }
}
