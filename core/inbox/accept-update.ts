import { type Channel } from '../access/channel.ts'
import { type Context } from '../context.ts'
import { storableJson } from './storable-json.ts'

/** An update as a messenger sent it. */
export type NewUpdate = {
  channel: Channel
  /** The messenger's own number of the update: the same one again is not stored again. */
  updateId: string
  /** Updates of one chat are handled in order. */
  chat: string
  payload: object
}

export type Inbox = {
  /** Resolves when the update is committed; gives false when it was known. */
  accept: (update: NewUpdate) => Promise<boolean>
}

type Waiting = NewUpdate & {
  resolve: (fresh: boolean) => void
  reject: (error: unknown) => void
}

const STATEMENT_ROWS_MAX = 500

/**
 * Opens the durable inbox. Updates that arrive while a commit is under way share the next one, so
 * a burst costs few commits. `onStored` wakes the worker.
 */
export function openInbox(ctx: Context, onStored: () => void): Inbox {
  let waiting: Waiting[] = []
  let busy = false

  async function settle(batch: readonly Waiting[]): Promise<boolean> {
    try {
      const fresh = await store(ctx, batch)
      for (const update of batch) update.resolve(fresh.delete(keyOf(update)))
      onStored()
      return true
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(error)
      return false
    }
  }

  async function flush(): Promise<void> {
    busy = true
    while (waiting.length > 0) {
      const batch = waiting.slice(0, STATEMENT_ROWS_MAX)
      waiting = waiting.slice(STATEMENT_ROWS_MAX)
      // One update that cannot be stored must not hold up those that came with it.
      if (!(await settle(batch)) && batch.length > 1)
        for (const update of batch) await settle([update])
    }
    busy = false
  }

  return {
    accept: (update) =>
      new Promise((resolve, reject) => {
        waiting.push({ ...update, resolve, reject })
        if (!busy) {
          busy = true
          setImmediate(() => void flush())
        }
      }),
  }
}

async function store(ctx: Context, updates: readonly NewUpdate[]): Promise<Set<string>> {
  const rows = await ctx.sql.many<{ channel: string; update_id: string }>`
    insert into inbox (channel, update_id, chat, payload, received_at)
    select channel, update_id, chat, payload, ${ctx.now()}
    from unnest(${updates.map((u) => u.channel)}::text[], ${updates.map((u) => u.updateId)}::text[],
      ${updates.map((u) => u.chat)}::text[],
      ${updates.map((u) => storableJson(u.payload))}::jsonb[])
      with ordinality as u (channel, update_id, chat, payload, n)
    order by n
    on conflict (channel, update_id) do nothing
    returning channel, update_id`
  return new Set(rows.map((row) => `${row.channel} ${row.update_id}`))
}

function keyOf(update: NewUpdate): string {
  return `${update.channel} ${update.updateId}`
}
