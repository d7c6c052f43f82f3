import { createHash } from 'node:crypto'
import { afterAll } from '@jest/globals'
import { type Context } from '../../core/context.ts'
import { type Database } from '../../core/db/open-town.ts'
import { backend, silent } from './backends.ts'

export type TestTown = Context & { clock: Clock; database: Database }

type Clock = {
  /** Moves the town to a moment, written with its zone: `2026-11-05T10:00:00Z`. */
  set: (moment: string) => void
  advance: (by: { days?: number; hours?: number; minutes?: number; seconds?: number }) => void
}

type Options = {
  country?: Context['country']
  currency?: string
  zone?: string
  /** What the clock shows first. */
  now?: string
}

/**
 * An empty town of the test file's own, closed after its tests:
 * `const town = await testTown()` at the top of the file. Its clock moves only by `clock`, its random
 * bytes are the same in every run, its log is silent.
 */
export async function testTown(options: Options = {}): Promise<TestTown> {
  const database = await backend.open()
  afterAll(database.discard)
  const { country = 'ua', currency = 'UAH', zone = 'Europe/Kyiv' } = options
  let nowMs = instant(options.now ?? '2026-11-05T10:00:00Z')
  return {
    schema: database.schema,
    country,
    currency,
    zone,
    sql: database.sql,
    now: () => new Date(nowMs),
    log: silent,
    random: seededRandom(),
    database,
    clock: {
      set: (moment) => void (nowMs = instant(moment)),
      advance: ({ days = 0, hours = 0, minutes = 0, seconds = 0 }) =>
        void (nowMs += (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000),
    },
  }
}

function instant(moment: string): number {
  const ms = Date.parse(moment)
  if (Number.isNaN(ms) || !/(Z|[+-]\d\d:\d\d)$/.test(moment))
    throw new RangeError(`${moment} is not a moment with a zone`)
  return ms
}

function seededRandom(): Context['random'] {
  let calls = 0
  return (count) => {
    const bytes = new Uint8Array(count)
    calls += 1
    for (let start = 0; start < count; start += 32) {
      const block = createHash('sha256').update(`test ${calls} ${start}`).digest()
      bytes.set(block.subarray(0, count - start), start)
    }
    return bytes
  }
}
