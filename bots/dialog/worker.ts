import { type Channel } from '../../core/access/channel.ts'
import { type Context } from '../../core/context.ts'
import { noteFailure, type StoredUpdate } from '../../core/inbox/claim-updates.ts'
import { readConversations } from '../../core/inbox/conversations.ts'
import { enqueueAnswers, type QueuedLetter } from '../../core/outbox/enqueue.ts'
import { say } from '../../core/outbox/message.ts'
import { LANGUAGES } from '../../templates/translate.ts'
import { type Engine } from './engine.ts'
import { type Handled, handleUpdates, type UpdateReader } from './handle-updates.ts'

export type Worker = {
  /** Something was stored: look at once. */
  wake: () => void
  /** Ends after the transaction under way. */
  stop: () => Promise<void>
}

/** Chats handled in one transaction: a commit's cost is shared, and a crash repeats little. */
const CHATS_A_BATCH = 32
/** Another process may have stored updates we were not woken for. */
const POLL_MS = 500
/** After an outage of the database. */
const PAUSE_MS = 1_000

/**
 * Handles the inbox until stopped, with `lanes` transactions at a time. A failing update cannot
 * hold up others: its batch is repeated one by one, and it is put aside after a few tries.
 */
export function startWorker(
  ctx: Context,
  engine: Engine,
  readers: Record<Channel, UpdateReader>,
  options: { lanes: number; onHandled: (handled: Handled) => void },
): Worker {
  let stopped = false
  let wakeAll: (() => void)[] = []
  // A wake that comes while a lane is busy is not lost.
  let news = 0

  async function lane(): Promise<void> {
    let alone = 0
    while (!stopped) {
      const at = news
      let claimed: readonly StoredUpdate[] = []
      try {
        const handled = await handleUpdates(ctx, engine, readers, {
          limit: alone > 0 ? 1 : CHATS_A_BATCH,
          onClaimed: (updates) => (claimed = updates),
        })
        if (alone > 0) alone--
        if (handled) {
          options.onHandled(handled)
          continue
        }
      } catch (error) {
        const [first] = claimed
        if (claimed.length === 1 && first) {
          const letters = await putAside(ctx, readers, first, error)
          options.onHandled({ count: 0, letters, presses: [], receipts: [] })
        } else if (claimed.length === 0) await pause(PAUSE_MS)
        alone = CHATS_A_BATCH
        continue
      }
      if (at === news) await rest()
    }
  }

  function rest(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, POLL_MS)
      wakeAll.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  const lanes = Promise.all(Array.from({ length: options.lanes }, lane))
  const wake = () => {
    news++
    const sleeping = wakeAll
    wakeAll = []
    for (const one of sleeping) one()
  }
  return {
    wake,
    stop: async () => {
      stopped = true
      wake()
      await lanes
    },
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

async function putAside(
  ctx: Context,
  readers: Record<Channel, UpdateReader>,
  update: StoredUpdate,
  error: unknown,
): Promise<QueuedLetter[]> {
  const name = error instanceof Error ? error.name : 'unknown'
  ctx.log.error({ inboxId: update.id.toString(), error: describe(error) }, 'an update failed')
  try {
    const said = readSaid(readers, update)
    return await ctx.sql.transaction(async (sql) => {
      const tx = { ...ctx, sql }
      const isOver = await noteFailure(tx, update.id, name)
      return isOver && said ? await apologise(tx, said) : []
    })
  } catch {
    await pause(PAUSE_MS)
    return []
  }
}

type Speaker = { channel: Channel; externalId: string }

// Null when nobody waits for an answer, or when it is the reading itself that fails.
function readSaid(
  readers: Record<Channel, UpdateReader>,
  { channel, payload }: StoredUpdate,
): Speaker | null {
  try {
    const update = readers[channel](payload)
    return update.kind === 'said' ? update : null
  } catch {
    return null
  }
}

async function apologise(ctx: Context, { channel, externalId }: Speaker): Promise<QueuedLetter[]> {
  const [known] = await readConversations(ctx, [{ channel, externalId }])
  const language = known?.language ?? LANGUAGES[0]
  const message = { lines: [say('dialog:failed')] }
  return enqueueAnswers(ctx, [{ channel, externalId, language, message }])
}

const FRAMES_LOGGED = 4

// The frames name our code; the message above them may quote what a person wrote.
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  const frames = (error.stack ?? '').replace(error.message, '').split('\n').slice(1)
  return [error.name, ...frames.slice(0, FRAMES_LOGGED).map((frame) => frame.trim())].join(' <- ')
}
