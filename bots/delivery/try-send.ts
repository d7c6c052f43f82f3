import { type Channel } from '../../core/access/channel.ts'
import { setReachable } from '../../core/access/person.ts'
import { type Context } from '../../core/context.ts'
import { type Outcome } from '../../core/outbox/deliver.ts'
import { type QueuedLetter } from '../../core/outbox/enqueue.ts'
import { type Sender, type SendResult } from './sender.ts'

const BACKOFF_FIRST_MS = 2_000
const BACKOFF_MAX_MS = 10 * 60_000
/** Tries of a letter that we cannot make ourselves; a messenger that is away is tried for a day. */
const FAULTS_MAX = 8

/** One try to send a letter, and what is to become of it. Never throws. */
export async function trySend(
  ctx: Context,
  senders: Record<Channel, Sender>,
  letter: QueuedLetter,
): Promise<Outcome> {
  const { id } = letter
  let result: SendResult
  try {
    result = await senders[letter.channel](letter)
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown'
    ctx.log.error({ outboxId: id.toString(), error: name }, 'a letter could not be made')
    if (letter.attempts + 1 >= FAULTS_MAX) return { id, sent: false, then: 'failed', error: name }
    result = { sent: false, then: 'again', afterMs: null, error: name }
  }
  if (result.sent) return { id, ...result }
  if (result.then === 'unreachable') await setReachable(ctx, letter, false).catch(() => undefined)
  if (result.then !== 'again') return { id, ...result, then: result.then }
  const backoffMs = Math.min(BACKOFF_FIRST_MS * 2 ** letter.attempts, BACKOFF_MAX_MS)
  const afterMs = result.afterMs ?? backoffMs
  return { id, sent: false, then: 'again', tried: true, afterMs, error: result.error }
}
