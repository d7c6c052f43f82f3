import { Delivery } from '../delivery.ts'
import { type Faults, type Wire } from '../faults.ts'
import { type Client } from '../wire.ts'
import {
  badRequest,
  BotApiRefusal,
  type Call,
  flagOf,
  integerOf,
  objectOf,
  textOf,
} from './call.ts'
import { type Update } from './wire-types.ts'

const KEPT_MS = 24 * 3_600_000
const WAITING_MAX = 100_000
const BATCH_MAX = 100
const POLL_SECONDS_MAX = 50
const WEBHOOK_TIMEOUT_MS = 60_000
const WEBHOOK_ANSWER_BYTES_MAX = 1024 * 1024
const CONNECTIONS_DEFAULT = 40
const FIRST_UPDATE_ID = 500_000_000

type Options = {
  firstNumber: number
  wire: Wire
  faults: Faults
  client: Client
  retryMs: number
  nowMs: () => number
  /** Runs a method call that a webhook's answer carries. */
  runAnswer: (json: Buffer) => Promise<void>
}

type Webhook = {
  url: string
  secret: string | null
  maxConnections: number
  lastError: { date: number; message: string } | null
}

type Waiting = { chatId: number; update: Update; at: number }
type Poll = { call: Call; finish: (batch: Update[] | BotApiRefusal) => void }

/** The queue of updates of one bot: taken by long polling or pushed to a webhook, never both. */
export class Updates {
  readonly #options: Options
  readonly #delivery: Delivery<Waiting>
  #waiting: Waiting[] = []
  #webhook: Webhook | null = null
  #poll: Poll | null = null
  #allowed: string[] = []
  #lastId: number

  constructor(options: Options) {
    this.#options = options
    this.#lastId = FIRST_UPDATE_ID + options.firstNumber
    this.#delivery = new Delivery({
      attempt: ({ update }) => this.#attempt(update),
      retryMs: options.retryMs,
      giveUpAfterMs: KEPT_MS,
      parallel: () => this.#webhook?.maxConnections ?? 0,
      nowMs: options.nowMs,
    })
  }

  /** Gives the bot an update, unless it asked for other kinds only. */
  push(chatId: number, kind: string, body: unknown): void {
    if (this.#allowed.length > 0 && !this.#allowed.includes(kind)) return
    this.#lastId += 1
    this.#enqueue(chatId, { update_id: this.#lastId, [kind]: body })
  }

  /** Gives the bot exactly this update, its own `update_id` included. */
  pushRaw(update: Update): void {
    this.#enqueue(0, update)
  }

  /** getUpdates; `onClose` is told what to do when the client goes away. Refuses with 409. */
  poll(call: Call, onClose: (gone: () => void) => void): Promise<Update[]> {
    if (this.#webhook)
      throw conflict(
        "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
      )
    this.#poll?.finish(
      conflict(
        'terminated by other getUpdates request; make sure that only one bot instance is running',
      ),
    )
    this.#allowed = kindsOf(call) ?? this.#allowed
    const ready = this.#take(call)
    const seconds = Math.min(integerOf(call, 'timeout') ?? 0, POLL_SECONDS_MAX)
    if (ready.length > 0 || seconds <= 0) return Promise.resolve(ready)
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => own.finish([]), seconds * 1000)
      const own: Poll = {
        call,
        finish: (result) => {
          clearTimeout(timer)
          if (this.#poll === own) this.#poll = null
          if (result instanceof BotApiRefusal) reject(result)
          else resolve(result)
        },
      }
      this.#poll = own
      onClose(() => own.finish([]))
    })
  }

  setWebhook(call: Call): true {
    const url = textOf(call, 'url') ?? ''
    if (url === '') return this.deleteWebhook(call)
    if (!/^https?:\/\//.test(url) || !URL.canParse(url))
      badRequest('bad webhook: An HTTPS URL must be provided for webhook')
    const secret = textOf(call, 'secret_token')
    if (secret && !/^[A-Za-z0-9_-]{1,256}$/.test(secret))
      badRequest('secret token contains unallowed characters')
    const maxConnections = integerOf(call, 'max_connections') ?? CONNECTIONS_DEFAULT
    this.#webhook = { url, secret: secret || null, maxConnections, lastError: null }
    this.#allowed = kindsOf(call) ?? this.#allowed
    this.#poll?.finish(conflict('terminated by setWebhook request'))
    const undelivered = [...this.#delivery.drain(), ...this.#waiting]
    this.#waiting = []
    if (!flagOf(call, 'drop_pending_updates'))
      for (const item of undelivered) this.#delivery.push(String(item.chatId), item)
    return true
  }

  deleteWebhook(call: Call): true {
    this.#webhook = null
    const undelivered = this.#delivery.drain()
    this.#waiting = flagOf(call, 'drop_pending_updates') ? [] : [...undelivered, ...this.#waiting]
    return true
  }

  webhookInfo(): Record<string, unknown> {
    const webhook = this.#webhook
    return {
      url: webhook?.url ?? '',
      has_custom_certificate: false,
      pending_update_count: this.#waiting.length + this.#delivery.pending(),
      ...(webhook && { max_connections: webhook.maxConnections }),
      ...(this.#allowed.length > 0 && { allowed_updates: this.#allowed }),
      ...(webhook?.lastError && {
        last_error_date: webhook.lastError.date,
        last_error_message: webhook.lastError.message,
      }),
    }
  }

  /** Resolves when the webhook has taken everything. */
  idle(timeoutMs?: number): Promise<void> {
    return this.#delivery.idle(timeoutMs)
  }

  close(): void {
    this.#poll?.finish([])
    this.#delivery.stop()
  }

  #enqueue(chatId: number, update: Update): void {
    const { wire, faults, nowMs } = this.#options
    const item = { chatId, update, at: nowMs() }
    const copies = faults.ofUpdate(wire, 'duplicate') ? [item, item] : [item]
    if (this.#webhook) {
      const isLate = faults.ofUpdate(wire, 'out-of-order')
      for (const copy of copies) this.#delivery.push(String(chatId), copy, isLate)
      return
    }
    this.#waiting.push(...copies)
    if (this.#waiting.length > WAITING_MAX) this.#waiting.shift()
    const poll = this.#poll
    const batch = poll ? this.#take(poll.call) : []
    if (batch.length > 0) poll?.finish(batch)
  }

  #take(call: Call): Update[] {
    const offset = integerOf(call, 'offset') ?? 0
    const limit = Math.min(Math.max(integerOf(call, 'limit') ?? BATCH_MAX, 1), BATCH_MAX)
    const oldest = this.#options.nowMs() - KEPT_MS
    this.#waiting =
      offset < 0
        ? this.#waiting.slice(offset)
        : this.#waiting.filter(({ update, at }) => update.update_id >= offset && at >= oldest)
    return this.#waiting.slice(0, limit).map(({ update }) => update)
  }

  async #attempt(update: Update): Promise<boolean> {
    const { wire, faults, client, nowMs, runAnswer } = this.#options
    const webhook = this.#webhook
    if (!webhook) return false
    const secret = faults.ofUpdate(wire, 'bad-signature') ? 'forged' : webhook.secret
    try {
      const { status, headers, body } = await client.send(webhook.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(secret !== null && { 'X-Telegram-Bot-Api-Secret-Token': secret }),
        },
        body: Buffer.from(JSON.stringify(update)),
        timeoutMs: WEBHOOK_TIMEOUT_MS,
        limitBytes: WEBHOOK_ANSWER_BYTES_MAX,
      })
      if (status < 200 || status > 299)
        throw new Error(`Wrong response from the webhook: ${status}`)
      if (/json/.test(headers['content-type'] ?? '')) await runAnswer(body)
      return true
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      webhook.lastError = { date: Math.floor(nowMs() / 1000), message }
      return false
    }
  }
}

function kindsOf(call: Call): string[] | undefined {
  const kinds = objectOf(call, 'allowed_updates')
  return Array.isArray(kinds) ? kinds.map(String) : undefined
}

function conflict(reason: string): BotApiRefusal {
  return new BotApiRefusal(409, `Conflict: ${reason}`)
}
