import { setTimeout as sleep } from 'node:timers/promises'
import { type Context } from '../../../../core/context.ts'

const LOOK_EVERY_MS = 10
const PATIENCE_MS = 20_000

/** Stops everybody who touches a table, in the middle of what they do, until the release. */
export async function holdTable(
  ctx: Context,
  table: 'household' | 'statement',
): Promise<() => Promise<void>> {
  let release = () => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  let holding = () => {}
  const held = new Promise<void>((resolve) => (holding = resolve))
  const over = ctx.sql.transaction(async (sql) => {
    await sql.unsafe(`lock table ${table} in access exclusive mode`)
    holding()
    await released
  })
  await Promise.race([held, over])
  return async () => {
    release()
    await over
  }
}

/** Resolves when so many sessions of the town wait for a lock; gives their process ids. */
export async function untilWaiting(ctx: Context, count: number): Promise<number[]> {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    const rows = await ctx.sql.many<{ pid: number }>`
      select pid from pg_stat_activity
      where application_name = ${`oselia ${ctx.schema}`} and wait_event_type = 'Lock'`
    if (rows.length >= count) return rows.map(({ pid }) => pid)
    if (performance.now() > deadline) throw new Error(`${rows.length} wait, not ${count}`)
    await sleep(LOOK_EVERY_MS)
  }
}
