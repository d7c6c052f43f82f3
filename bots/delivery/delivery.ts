import { type Channel } from '../../core/access/channel.ts'
import { type Context } from '../../core/context.ts'
import { claimLetters } from '../../core/outbox/deliver.ts'
import { type QueuedLetter } from '../../core/outbox/enqueue.ts'
import { type Receipt } from '../dialog/input.ts'
import { openChatQueues } from './chat-queues.ts'
import { openNotes } from './notes.ts'
import { poll } from './poll.ts'
import { type Sender } from './sender.ts'
import { trySend } from './try-send.ts'

export type Delivery = {
  /** Sends letters this process has just queued, without asking the database again. */
  take: (letters: readonly QueuedLetter[]) => void
  /** Takes receipts just noted: one may be of a letter whose sending is not noted yet. */
  hear: (receipts: readonly Receipt[]) => void
  /** Notices may be due: look at once. */
  wake: () => void
  /** Ends when everything in hand is sent and noted; what waits in the database goes on waiting. */
  stop: () => Promise<void>
}

/** Letters a process holds: as many as it can surely send before their lease ends. */
const HAND_MAX = 200
const POLL_MS = 1_000

/**
 * Sends the outbox: letters of one chat in order, chats side by side, answers first. What was sent is
 * noted after it is sent, so a crash between the two sends an answer twice rather than never.
 */
export function startDelivery(ctx: Context, senders: Record<Channel, Sender>): Delivery {
  let stopped = false
  let drained: (() => void) | null = null
  const notes = openNotes(ctx, () => checkDrained())
  const send = (letter: QueuedLetter) => trySend(ctx, senders, letter)
  const queues = openChatQueues(ctx, send, notes.add, () => checkDrained())

  function checkDrained(): void {
    if (queues.size() === 0 && notes.isDone()) drained?.()
  }

  async function claim(): Promise<void> {
    try {
      for (let more = true; more && !stopped;) {
        const room = HAND_MAX - queues.size()
        if (room <= 0) return
        const letters = await claimLetters(ctx, room)
        queues.take(letters)
        more = letters.length === room
      }
    } catch (error) {
      const name = error instanceof Error ? error.name : 'unknown'
      ctx.log.error({ error: name }, 'the outbox could not be read')
    }
  }

  const polling = poll(claim, POLL_MS)
  return {
    take: queues.take,
    hear: notes.hear,
    wake: polling.wake,
    stop: async () => {
      stopped = true
      await polling.stop()
      notes.hurry()
      await new Promise<void>((resolve) => {
        drained = resolve
        checkDrained()
      })
    },
  }
}
