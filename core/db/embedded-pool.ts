import pg from 'pg'
import { pgliteStreams } from './pglite-stream.ts'
import { type PgliteThread } from './pglite-thread.ts'

/**
 * How long one use of the pool waits for the only session. A use inside an open transaction of the
 * same process would wait for ever; this makes that mistake an error.
 */
const SESSION_WAIT_MS = 60_000

/** A pool of one connection to an embedded database, prepared by `setUp` each time it is opened. */
export function embeddedPool(
  thread: PgliteThread,
  setUp: string,
  sessionWaitMs = SESSION_WAIT_MS,
): pg.Pool {
  return new pg.Pool({
    host: 'embedded',
    user: 'postgres',
    database: 'postgres',
    ssl: false,
    max: 1,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: sessionWaitMs,
    stream: pgliteStreams(thread),
    // PGlite ignores the options of a startup message.
    // oxlint-disable-next-line typescript/no-misused-promises -- the pool awaits it, its types lag
    onConnect: async (client: pg.ClientBase) => void (await client.query(setUp)),
  })
}
