import { type Context } from '../../core/context.ts'
import { type Sql } from '../../core/db/sql.ts'

/** What a piece of work took. `cpuSeconds` is this process alone: the rest of `seconds` is the database's. */
export type Measured = {
  seconds: number
  cpuSeconds: number
  peakMb: number
  /** Seconds waited for statements, by the verb and the tables of theirs and how many there were. */
  statements: Record<string, number>
}

type Waited = { calls: number; seconds: number }

const SAMPLE_EVERY_MS = 200
/** Statements that took a smaller share are not told. */
const SHARE_SHOWN = 0.01
const MB = 1024 * 1024

/** Does the work and tells what it took; resident memory is sampled all the while. */
export async function measure<T>(
  ctx: Context,
  work: (ctx: Context) => Promise<T>,
): Promise<{ answer: T; took: Measured }> {
  const times = new Map<string, Waited>()
  let peak = process.memoryUsage.rss()
  const sample = () => (peak = Math.max(peak, process.memoryUsage.rss()))
  const sampling = setInterval(sample, SAMPLE_EVERY_MS)
  const cpuBefore = process.cpuUsage()
  const startedAt = performance.now()
  try {
    const answer = await work({ ...ctx, sql: timed(ctx.sql, times) })
    const seconds = (performance.now() - startedAt) / 1000
    const { system, user } = process.cpuUsage(cpuBefore)
    sample()
    return {
      answer,
      took: {
        seconds,
        cpuSeconds: (system + user) / 1e6,
        peakMb: peak / MB,
        statements: longest(times, seconds * SHARE_SHOWN),
      },
    }
  } finally {
    clearInterval(sampling)
  }
}

function longest(times: ReadonlyMap<string, Waited>, secondsMin: number): Record<string, number> {
  const shown = [...times].filter(([, { seconds }]) => seconds >= secondsMin)
  shown.sort(([, a], [, b]) => b.seconds - a.seconds)
  return Object.fromEntries(
    shown.map(([statement, { calls, seconds }]) => [`${statement} ×${calls}`, seconds]),
  )
}

function timed(sql: Sql, times: Map<string, Waited>): Sql {
  const time = async <T>(text: string, ask: () => Promise<T>): Promise<T> => {
    const startedAt = performance.now()
    try {
      return await ask()
    } finally {
      const statement = nameOf(text)
      const known = times.get(statement) ?? { calls: 0, seconds: 0 }
      known.calls += 1
      known.seconds += (performance.now() - startedAt) / 1000
      times.set(statement, known)
    }
  }
  const { copy } = sql
  return {
    many: (text, ...params) => time(text.join('?'), () => sql.many(text, ...params)),
    maybe: (text, ...params) => time(text.join('?'), () => sql.maybe(text, ...params)),
    one: (text, ...params) => time(text.join('?'), () => sql.one(text, ...params)),
    run: (text, ...params) => time(text.join('?'), () => sql.run(text, ...params)),
    unsafe: (text, params) => time(text, () => sql.unsafe(text, params)),
    transaction: (work, options) =>
      sql.transaction((inside) => work(timed(inside, times)), options),
    copy: copy && ((text, lines) => time(text, () => copy(text, lines))),
  }
}

/** `select entry unnest payment`: the verb and the tables of a statement. */
function nameOf(text: string): string {
  const plain = text.toLowerCase().replaceAll('"', '')
  const [verb = ''] = plain.trim().split(/\s/, 1)
  const tables = [...plain.matchAll(/\b(?:from|join|into|update|copy)\s+([a-z_]+)/g)]
  return [verb, ...new Set(tables.map(([, table]) => table))].join(' ').slice(0, 100)
}
