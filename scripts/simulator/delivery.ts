import { createSignal } from './signal.ts'

const BACKOFF_MAX_MS = 60_000
const LATE_MS = 300
const IDLE_WAIT_MS = 15_000

type Options<T> = {
  /** Posts one item; true when the other side took it. Never rejects. */
  attempt: (item: T) => Promise<boolean>
  /** The first pause after a refused attempt, in milliseconds; doubles each time. */
  retryMs: number
  /** Items older than this are dropped, as the messengers do. */
  giveUpAfterMs: number
  /** How many keys are served at once. */
  parallel: () => number
  nowMs: () => number
}

type Queued<T> = { item: T; number: number; at: number }
type Lane<T> = {
  key: string
  queue: Queued<T>[]
  held: Queued<T> | null
  timer: NodeJS.Timeout | null
  failures: number
  state: 'idle' | 'posting' | 'waiting'
}

/** Webhook delivery: in order within a key, keys side by side, repeated until taken. */
export class Delivery<T> {
  readonly #options: Options<T>
  readonly #lanes = new Map<string, Lane<T>>()
  readonly #changed = createSignal()
  #posting = 0
  #pending = 0
  #count = 0
  #isStopped = false

  constructor(options: Options<T>) {
    this.#options = options
  }

  /** Queues an item behind the others of its key; a late one arrives after the key's next item. */
  push(key: string, item: T, late = false): void {
    if (this.#isStopped) return
    const lane = this.#lanes.get(key) ?? this.#newLane(key)
    this.#pending += 1
    const queued = { item, number: (this.#count += 1), at: this.#options.nowMs() }
    if (late && !lane.held) {
      lane.held = queued
      lane.timer = setTimeout(() => this.#release(lane), LATE_MS)
      return
    }
    lane.queue.push(queued)
    this.#release(lane)
  }

  /** How many wait or are being posted. */
  pending(): number {
    return this.#pending
  }

  /** Takes everything out of the queue, in order of arrival; what is being posted is among it. */
  drain(): T[] {
    const lanes = [...this.#lanes.values()]
    const items = lanes
      .flatMap(({ queue, held }) => (held ? [...queue, held] : [...queue]))
      .sort((a, b) => a.number - b.number)
    this.#forget()
    this.#changed.fire()
    return items.map(({ item }) => item)
  }

  /** Resolves when nothing waits. */
  async idle(timeoutMs = IDLE_WAIT_MS): Promise<void> {
    await this.#changed.until(
      () => (this.pending() === 0 ? true : undefined),
      timeoutMs,
      () => `${this.pending()} updates are still not taken after ${timeoutMs} ms`,
    )
  }

  stop(): void {
    this.#isStopped = true
    this.#forget()
  }

  #forget(): void {
    for (const lane of this.#lanes.values()) {
      if (lane.timer) clearTimeout(lane.timer)
      lane.held = null
      lane.queue.length = 0
    }
    this.#lanes.clear()
    this.#pending = 0
  }

  #newLane(key: string): Lane<T> {
    const lane: Lane<T> = { key, queue: [], held: null, timer: null, failures: 0, state: 'idle' }
    this.#lanes.set(key, lane)
    return lane
  }

  #pump(): void {
    for (const lane of this.#lanes.values()) {
      if (this.#isStopped || this.#posting >= this.#options.parallel()) return
      if (lane.state === 'idle' && lane.queue.length > 0) void this.#post(lane)
    }
  }

  async #post(lane: Lane<T>): Promise<void> {
    const head = lane.queue[0]
    if (!head) return
    const { attempt, giveUpAfterMs, nowMs } = this.#options
    lane.state = 'posting'
    this.#posting += 1
    const isTaken = nowMs() - head.at > giveUpAfterMs || (await attempt(head.item))
    this.#posting -= 1
    lane.state = 'idle'
    if (isTaken) {
      // after a drain the head may already be gone
      if (lane.queue[0] === head) {
        lane.queue.shift()
        this.#pending -= 1
      }
      lane.failures = 0
    } else if (lane.queue.length > 0) {
      this.#pause(lane)
    }
    const isDone = lane.queue.length === 0 && !lane.held
    // a drain may have put a new lane in this one's place
    if (isDone && this.#lanes.get(lane.key) === lane) this.#lanes.delete(lane.key)
    this.#changed.fire()
    this.#pump()
  }

  #pause(lane: Lane<T>): void {
    lane.state = 'waiting'
    const backoffMs = Math.min(this.#options.retryMs * 2 ** lane.failures, BACKOFF_MAX_MS)
    lane.failures += 1
    setTimeout(() => {
      lane.state = 'idle'
      this.#pump()
    }, backoffMs).unref()
  }

  /** Lets the late item go, behind what came after it. */
  #release(lane: Lane<T>): void {
    if (lane.timer) clearTimeout(lane.timer)
    if (lane.held) lane.queue.push(lane.held)
    lane.held = null
    this.#pump()
  }
}
