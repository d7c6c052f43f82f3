import { type Context } from '../../core/context.ts'
import { type Outcome } from '../../core/outbox/deliver.ts'
import { LANES, LEASE_MS, type QueuedLetter } from '../../core/outbox/enqueue.ts'

const IN_FLIGHT_MAX = 64
/** A quarter of the places is kept for answers: a wave of notices never takes them all. */
const NOTICES_IN_FLIGHT_MAX = 48
/** The longest a send may take: begun later than this before the lease ends, it could be sent twice. */
const SEND_MAX_MS = 20_000
/** A letter is noted a moment after its try, so those behind it are due this much later. */
const BEHIND_MS = 1_000

export type ChatQueues = {
  /** Takes letters whose lease began now; those in hand already are left out. */
  take: (letters: readonly QueuedLetter[]) => void
  /** Letters in hand, those being sent included. */
  size: () => number
}

/**
 * The letters in hand, a queue a chat: in order within it, chats side by side, chats that wait for
 * an answer first. `send` makes one try; `note` gets what became of letters; `onIdle` tells that none
 * is left.
 */
export function openChatQueues(
  ctx: Context,
  send: (letter: QueuedLetter) => Promise<Outcome>,
  note: (outcomes: readonly Outcome[]) => void,
  onIdle: () => void,
): ChatQueues {
  const chats = new Map<string, QueuedLetter[]>()
  const takenAt = new Map<bigint, number>()
  const turns = openTurns()
  const holds = openHolds(ctx)

  function take(letters: readonly QueuedLetter[]): void {
    const now = performance.now()
    for (const letter of letters) {
      if (takenAt.has(letter.id)) continue
      takenAt.set(letter.id, now)
      const chat = `${letter.channel} ${letter.externalId}`
      const queue = chats.get(chat)
      if (holds.leftMs(chat) > 0) postpone(chat, [letter])
      else if (queue) queue.push(letter)
      else {
        chats.set(chat, [letter])
        turns.add(chat, isUrgent(letter))
      }
    }
    pump()
  }

  function finish(outcomes: readonly Outcome[]): void {
    for (const { id } of outcomes) takenAt.delete(id)
    note(outcomes)
  }

  function postpone(chat: string, letters: readonly QueuedLetter[]): void {
    const afterMs = holds.leftMs(chat) + BEHIND_MS
    const wait = { sent: false, then: 'again', tried: false, afterMs } as const
    finish(letters.map(({ id }) => ({ id, ...wait, error: 'behind-another' })))
  }

  function pump(): void {
    for (let turn = turns.next(); turn; turn = turns.next())
      void sendNext(turn.chat).then(turn.end).then(pump)
    if (takenAt.size === 0) onIdle()
  }

  async function sendNext(chat: string): Promise<void> {
    const queue = chats.get(chat) ?? []
    const letter = queue.shift()
    if (letter && isStale(takenAt.get(letter.id))) {
      // Its lease ends soon and another process may take it: let it, with all that stand behind.
      for (const { id } of [letter, ...queue.splice(0)]) takenAt.delete(id)
    } else if (letter) {
      const outcome = await send(letter)
      finish([outcome])
      if (!outcome.sent && outcome.then === 'again') {
        holds.hold(chat, outcome.afterMs)
        postpone(chat, queue.splice(0))
      }
      if (!outcome.sent && outcome.then === 'unreachable')
        finish(queue.splice(0).map(({ id }) => ({ ...outcome, id })))
    }
    if (queue.length > 0) turns.add(chat, queue.some(isUrgent))
    else chats.delete(chat)
  }

  return { take, size: () => takenAt.size }
}

function isStale(takenAtMs = 0): boolean {
  return performance.now() - takenAtMs > LEASE_MS - SEND_MAX_MS
}

function isUrgent({ lane }: QueuedLetter): boolean {
  return lane === LANES.answer
}

/** Whose turn it is to be sent to: urgent chats first, and never more at once than there are places. */
function openTurns() {
  const urgent: string[] = []
  const calm: string[] = []
  let inFlight = 0
  let noticesInFlight = 0

  function next(): { chat: string; end: () => void } | null {
    if (inFlight >= IN_FLIGHT_MAX) return null
    const first = urgent.shift()
    const chat = first ?? (noticesInFlight < NOTICES_IN_FLIGHT_MAX ? calm.shift() : undefined)
    if (chat === undefined) return null
    const notices = first === undefined ? 1 : 0
    inFlight += 1
    noticesInFlight += notices
    const end = () => {
      inFlight -= 1
      noticesInFlight -= notices
    }
    return { chat, end }
  }

  return { add: (chat: string, first: boolean) => void (first ? urgent : calm).push(chat), next }
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
