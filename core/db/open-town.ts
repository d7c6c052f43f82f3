import path from 'node:path'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { type Logger } from '../log.ts'
import { type Serve } from './control-channel.ts'
import { holdDirectory } from './directory-lock.ts'
import { embeddedPool } from './embedded-pool.ts'
import { PrismaClient } from './generated/client.ts'
import { migrate, readMigrations } from './migrate.ts'
import { PgliteThread } from './pglite-thread.ts'
import { poolSql } from './pool-sql.ts'
import { type Sql } from './sql.ts'

export type TownOptions = {
  /** PostgreSQL schema of the town: lower-case letters, digits and `_`, 41 at most. */
  schema: string
  log: Logger
  /** A PostgreSQL server; without it the town is embedded. */
  databaseUrl?: string | undefined
  /** Connections to the server; the embedded database is always one. */
  poolSize?: number | undefined
  /** Where the embedded database keeps its files: `<dataDir>/<schema>`. */
  dataDir?: string | undefined
  /** An embedded database that ends with the process, empty or from the file of a dump. */
  memory?: { image?: string } | undefined
  /** The embedded database died by itself: nothing works any more, the process should end. */
  onDeath?: ((error: Error) => void) | undefined
  /** Embedded: does the commands other processes bring, because only this one has the data. */
  serve?: Serve | undefined
}

export type Database = {
  schema: string
  prisma: PrismaClient
  sql: Sql
  /** True for PGlite inside the process, false for a PostgreSQL server. */
  embedded: boolean
  /** Waits for the work in progress and lets the database go. */
  close: () => Promise<void>
}

type Backend = { pool: pg.Pool; embedded: boolean; close: () => Promise<void> }

const POOL_SIZE_DEFAULT = 10
const CONNECT_TIMEOUT_MS = 10_000
/** A connection knows its prepared statements, so it is kept longer than the pool would. */
const IDLE_TIMEOUT_MS = 5 * 60_000
const SERVER_VERSION_MIN = 150_000

/**
 * The town's database, migrated and ready. Prisma and raw SQL see this one schema: both are told here
 * and nowhere else. Creates the schema when it is missing.
 *
 * Throws when the database does not open, is older than PostgreSQL 15, is held by another process
 * (embedded), does not put the session into the schema, or its migrations cannot be continued.
 */
export async function openTown(options: TownOptions): Promise<Database> {
  const { schema, log } = options
  if (!/^[a-z_][a-z0-9_]{0,40}$/.test(schema)) throw new RangeError(`${schema} cannot name a town`)
  const { pool, embedded, close } = options.databaseUrl
    ? openServer(options.databaseUrl, options)
    : await openEmbedded(options)
  pool.on('error', (error) => log.warn({ schema, error: error.message }, 'connection lost'))
  // While a client is in use the pool does not listen, and an unheard error would end the process;
  // whoever uses the client gets the same error from its statement.
  pool.on('connect', (client) => client.on('error', () => {}))
  try {
    await prepare(pool, schema, log)
  } catch (error) {
    await close()
    throw error
  }
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool, { schema }),
    // Prisma's own 2 and 5 seconds are shorter than a queue for the embedded session may be.
    transactionOptions: { maxWait: 60_000, timeout: 60_000 },
  })
  return {
    schema,
    prisma,
    sql: poolSql(pool, !embedded),
    embedded,
    close: async () => {
      await prisma.$disconnect()
      await close()
    },
  }
}

function openServer(url: string, { schema, poolSize }: TownOptions): Backend {
  const { connectionString, options } = splitUrl(url)
  const pool = new pg.Pool({
    connectionString,
    max: poolSize ?? POOL_SIZE_DEFAULT,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    keepAlive: true,
    application_name: `oselia ${schema}`,
    // Prisma's adapter ignores offsets and would store shifted instants in another zone than UTC.
    options: `${options} -c search_path="${schema}" -c TimeZone=UTC`.trim(),
  })
  return { pool, embedded: false, close: () => pool.end() }
}

// In node-postgres the options of the URL would replace ours.
function splitUrl(url: string): { connectionString: string; options: string } {
  if (!URL.canParse(url)) throw new RangeError('the address of the database is not a URL')
  const parsed = new URL(url)
  const options = parsed.searchParams.get('options') ?? ''
  parsed.searchParams.delete('options')
  return { connectionString: parsed.href, options }
}

async function openEmbedded({ schema, log, ...options }: TownOptions): Promise<Backend> {
  const onDeath = (error: Error) => {
    log.error({ schema, error: error.message }, 'the embedded database died')
    options.onDeath?.(error)
  }
  const setUp = `SET search_path = "${schema}"; SET TimeZone = 'UTC'`
  if (options.memory) {
    const thread = await PgliteThread.start({ ...options.memory, onDeath })
    return embeddedBackend(thread, setUp)
  }
  if (options.dataDir === undefined)
    throw new RangeError('a town needs databaseUrl, dataDir or memory')
  const dataDir = path.join(options.dataDir, schema)
  const hold = await holdDirectory(dataDir, options.serve)
  if (!hold.ok) throw new Error(`${dataDir} is held by another process: two would damage the data`)
  try {
    const thread = await PgliteThread.start({ dataDir, onDeath })
    return embeddedBackend(thread, setUp, hold.value.release)
  } catch (error) {
    await hold.value.release()
    throw error
  }
}

function embeddedBackend(
  thread: PgliteThread,
  setUp: string,
  release?: () => Promise<void>,
): Backend {
  const pool = embeddedPool(thread, setUp)
  const close = async () => {
    await pool.end()
    await thread.close()
    await release?.()
  }
  return { pool, embedded: true, close }
}

async function prepare(pool: pg.Pool, schema: string, log: Logger): Promise<void> {
  const client = await pool.connect()
  try {
    await createSchema(client, schema)
    await refuseWrongSession(client, schema)
    const applied = await migrate(client, await readMigrations())
    if (applied.length > 0) log.info({ schema, migrations: applied }, 'migrations applied')
  } finally {
    client.release()
  }
}

const UNIQUE_VIOLATION = '23505'

async function createSchema(client: pg.PoolClient, schema: string): Promise<void> {
  // IF NOT EXISTS alone would ask for the right to create schemas even when there is nothing to do.
  const { rows } = await client.query('SELECT FROM pg_namespace WHERE nspname = $1', [schema])
  if (rows.length > 0) return
  await client.query(`CREATE SCHEMA IF NOT EXISTS "${schema}"`).catch((error: unknown) => {
    // Another process created it at the same moment.
    if (!(error instanceof pg.DatabaseError && error.code === UNIQUE_VIOLATION)) throw error
  })
}

async function refuseWrongSession(client: pg.PoolClient, schema: string): Promise<void> {
  const { rows } = await client.query(
    `SELECT current_schema() AS schema, current_setting('TimeZone') AS zone,
            current_setting('server_version_num')::int AS version`,
  )
  const session = rows[0]
  if (session.version < SERVER_VERSION_MIN)
    throw new Error(`PostgreSQL 15 or newer is needed, this one is ${session.version}`)
  if (session.schema !== schema || session.zone !== 'UTC')
    throw new Error(
      `a session for ${schema} came up in schema ${session.schema} and zone ${session.zone}: ` +
        'is there a connection pooler that drops the options of a connection?',
    )
}
