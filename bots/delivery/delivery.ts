import { type Channel } from '../../core/access/channel.ts'
import { setReachable } from '../../core/access/person.ts'
import { type Context } from '../../core/context.ts'
import {
  claimLetters,
  noteOutcomes,
  noteReceipt,
  type Outcome,
  TRIES_MAX,
} from '../../core/outbox/deliver.ts'
import { type QueuedLetter } from '../../core/outbox/enqueue.ts'
import { type Receipt } from '../dialog/input.ts'

/** What an adapter says of a try: sent, never possible, or worth another try. */
export type SendResult =
  | { sent: true; messageId: string }
  | { sent: false; then: 'unreachable' | 'failed'; error: string }
  | { sent: false; then: 'again'; afterMs: number | null; error: string }
export type Sender = (letter: QueuedLetter) => Promise<SendResult>

export type Delivery = {
  /** Sends letters this process has just queued, without asking the database again. */
  take: (letters: readonly QueuedLetter[]) => void
  /** Takes receipts just noted: one may be of a letter whose sending is not noted yet. */
  hear: (receipts: readonly Receipt[]) => void
  /** Notices may be due: look at once. */
  wake: () => void
  /** Ends when everything taken is sent and noted. */
  stop: () => Promise<void>
}

const IN_FLIGHT_MAX = 64
const CLAIM_MAX = 100
const POLL_MS = 1_000
/** Outcomes wait this long to share one statement. */
const NOTE_MS = 15
const BACKOFF_FIRST_MS = 2_000
const BACKOFF_MAX_MS = 10 * 60_000
const RECEIPTS_KEPT_MS = 5_000
/** A letter is noted a moment after its try, so those behind it are due this much later. */
const BEHIND_MS = 1_000

/**
 * Sends the outbox: letters of one chat in order, chats side by side. What was sent is noted after
 * it is sent, so a crash between the two sends an answer twice rather than never.
 */
export function startDelivery(ctx: Context, senders: Record<Channel, Sender>): Delivery {
  const notes = openNotes(ctx, () => checkDrained())
  const { isIdle, take } = openQueues(ctx, senders, notes, () => checkDrained())
  let stopped = false
  let drained: (() => void) | null = null

  function checkDrained(): void {
    if (isIdle() && notes.isDone()) drained?.()
  }

  async function claim(): Promise<void> {
    try {
      for (;;) {
        const letters = await claimLetters(ctx, CLAIM_MAX)
        take(letters)
        if (letters.length < CLAIM_MAX || stopped) return
      }
    } catch (error) {
      ctx.log.error({ error: nameOf(error) }, 'the outbox could not be read')
    }
  }

  const { stopPolling, wake } = poll(claim, POLL_MS)
  return {
    take,
    hear: notes.hear,
    wake,
    stop: async () => {
      await stopPolling()
      stopped = true
      notes.hurry()
      await new Promise<void>((resolve) => {
        drained = resolve
        checkDrained()
      })
    },
  }
}

/** The letters in hand, a queue a chat; `onIdle` tells that none is left. */
function openQueues(
  ctx: Context,
  senders: Record<Channel, Sender>,
  notes: Notes,
  onIdle: () => void,
) {
  const chats = new Map<string, QueuedLetter[]>()
  const ready: string[] = []
  const holds = openHolds(ctx)
  let inFlight = 0

  function take(letters: readonly QueuedLetter[]): void {
    for (const letter of letters) {
      const chat = `${letter.channel} ${letter.externalId}`
      const queue = chats.get(chat)
      if (holds.leftMs(chat) > 0) postpone(chat, [letter])
      else if (queue) queue.push(letter)
      else {
        chats.set(chat, [letter])
        ready.push(chat)
      }
    }
    pump()
  }

  function postpone(chat: string, letters: readonly QueuedLetter[]): void {
    const afterMs = holds.leftMs(chat) + BEHIND_MS
    notes.add(
      letters.map(({ id }) => ({
        id,
        sent: false,
        then: 'again',
        afterMs,
        error: 'behind-another',
      })),
    )
  }

  function pump(): void {
    while (inFlight < IN_FLIGHT_MAX) {
      const chat = ready.shift()
      if (chat === undefined) break
      inFlight++
      void sendNext(chat)
    }
    if (inFlight === 0) onIdle()
  }

  async function sendNext(chat: string): Promise<void> {
    const queue = chats.get(chat) ?? []
    const letter = queue.shift()
    if (letter) {
      const outcome = await trySend(ctx, senders, letter)
      notes.add([outcome])
      if (!outcome.sent && outcome.then === 'again') {
        holds.hold(chat, outcome.afterMs)
        postpone(chat, queue.splice(0))
      }
      if (!outcome.sent && outcome.then === 'unreachable')
        notes.add(queue.splice(0).map(({ id }) => ({ ...outcome, id })))
    }
    if (queue.length > 0) ready.push(chat)
    else chats.delete(chat)
    inFlight--
    pump()
  }

  return { take, isIdle: () => inFlight === 0 && ready.length === 0 }
}

/** Chats in which a letter has to wait: nothing that comes later may overtake it. */
function openHolds(ctx: Context) {
  const until = new Map<string, number>()
  return {
    hold: (chat: string, ms: number) => void until.set(chat, ctx.now().getTime() + ms),
    /** Milliseconds the chat has to wait; 0 when it is free. */
    leftMs: (chat: string): number => {
      const left = (until.get(chat) ?? 0) - ctx.now().getTime()
      if (left <= 0) until.delete(chat)
      return Math.max(left, 0)
    },
  }
}

type Notes = {
  add: (outcomes: readonly Outcome[]) => void
  hear: (receipts: readonly Receipt[]) => void
  isDone: () => boolean
  /** From now on nothing more is waited for. */
  hurry: () => void
}

/** Writes down how tries ended, those of a moment in one statement. */
function openNotes(ctx: Context, onNoted: () => void): Notes {
  const receipts = openReceipts(ctx)
  let outcomes: Outcome[] = []
  let noting: Promise<void> | null = null
  let waitMs = NOTE_MS

  async function noteSoon(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, waitMs))
    const batch = outcomes
    outcomes = []
    try {
      await noteOutcomes(ctx, batch)
      await receipts.noteAgain(batch)
    } catch (error) {
      // Not noted means sent again when the lease ends; the database is away, nothing else to do.
      ctx.log.error({ letters: batch.length, error: nameOf(error) }, 'outcomes were not noted')
    }
    noting = outcomes.length > 0 ? noteSoon() : null
    onNoted()
  }

  return {
    add: (more) => {
      outcomes.push(...more)
      if (outcomes.length > 0) noting ??= noteSoon()
    },
    hear: receipts.hear,
    isDone: () => outcomes.length === 0 && !noting,
    hurry: () => void (waitMs = 0),
  }
}

/**
 * Receipts of the last moments. A messenger can be faster than our note of the sending, and such a
 * receipt would find no letter: it is noted again after the letter.
 */
function openReceipts(ctx: Context) {
  let heard: { receipt: Receipt; at: number }[] = []
  return {
    hear: (receipts: readonly Receipt[]): void => {
      const at = performance.now()
      heard = heard.filter((each) => at - each.at < RECEIPTS_KEPT_MS)
      heard.push(...receipts.map((receipt) => ({ receipt, at })))
    },
    noteAgain: async (batch: readonly Outcome[]): Promise<void> => {
      const sent = new Set(batch.map((outcome) => (outcome.sent ? outcome.messageId : null)))
      for (const { receipt } of heard)
        if (sent.has(receipt.messageId)) await noteReceipt(ctx, receipt)
    },
  }
}

// Runs the work every `everyMs` and when woken, never twice at once.
function poll(work: () => Promise<void>, everyMs: number) {
  let running: Promise<void> | null = null
  let again = false
  let ended = false
  const wake = () => {
    if (ended) return
    if (running) again = true
    else running = run()
  }
  async function run(): Promise<void> {
    do {
      again = false
      await work()
    } while (again && !ended)
    running = null
  }
  const timer = setInterval(wake, everyMs)
  const stopPolling = async () => {
    ended = true
    clearInterval(timer)
    await running
  }
  return { wake, stopPolling }
}

async function trySend(
  ctx: Context,
  senders: Record<Channel, Sender>,
  letter: QueuedLetter,
): Promise<Outcome> {
  const { id } = letter
  let result: SendResult
  try {
    result = await senders[letter.channel](letter)
  } catch (error) {
    // An adapter classifies every answer of its messenger; this is a fault of ours.
    ctx.log.error({ outboxId: id.toString(), error: nameOf(error) }, 'a letter could not be made')
    result = { sent: false, then: 'again', afterMs: null, error: nameOf(error) }
  }
  if (result.sent) return { id, ...result }
  if (result.then === 'unreachable') await setReachable(ctx, letter, false).catch(() => undefined)
  if (result.then !== 'again') return { id, ...result, then: result.then }
  if (letter.attempts + 1 >= TRIES_MAX)
    return { id, sent: false, then: 'failed', error: result.error }
  const backoffMs = Math.min(BACKOFF_FIRST_MS * 2 ** letter.attempts, BACKOFF_MAX_MS)
  const afterMs = result.afterMs ?? backoffMs
  return { id, sent: false, then: 'again', afterMs, error: result.error }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown'
}
