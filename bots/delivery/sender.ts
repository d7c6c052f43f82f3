import { type QueuedLetter } from '../../core/outbox/enqueue.ts'

/** What an adapter says of a try: sent, never possible, or worth another try. */
export type SendResult =
  | { sent: true; messageId: string }
  | { sent: false; then: 'unreachable' | 'failed'; error: string }
  /** `afterMs` when the messenger said how long to wait. */
  | { sent: false; then: 'again'; afterMs: number | null; error: string }

/** Sends a letter in one messenger. Throws only for a fault of ours: a paper that cannot be drawn. */
export type Sender = (letter: QueuedLetter) => Promise<SendResult>

/** Tells whoever runs the bots that a messenger refuses the bot itself; `status` is its own code. */
export type CallOperator = (status: number) => void
