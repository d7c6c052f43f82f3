import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { type Sql, type SqlParam, type TransactionOptions } from './sql.ts'
import { ROW_TYPES, sqlParam } from './sql-values.ts'

type Run = (statement: pg.QueryConfig) => Promise<pg.QueryResult>
type Lines = AsyncIterable<string>

/** A transaction that lost to another one is worth this many more attempts. */
const RETRIES_MAX = 3
const SERIALIZATION_FAILURE = '40001'
const DEADLOCK_DETECTED = '40P01'

/** Raw SQL over a pool. `canCopy` says whether its database survives COPY FROM STDIN. */
export function poolSql(pool: pg.Pool, canCopy: boolean): Sql {
  const run: Run = async (statement) => {
    const client = await pool.connect()
    try {
      return await client.query(statement)
    } finally {
      // A client whose connection broke is thrown away by the pool itself.
      client.release()
    }
  }
  const copy = async (text: string, lines: Lines) => {
    const client = await pool.connect()
    try {
      return await copyInto(client, text, lines)
    } finally {
      client.release()
    }
  }
  const transaction = <T>(work: (sql: Sql) => Promise<T>, options: TransactionOptions = {}) =>
    withRetries(options.retry ? RETRIES_MAX : 0, () => transact(pool, canCopy, work))
  return sqlOver(run, transaction, canCopy ? copy : null)
}

async function transact<T>(
  pool: pg.Pool,
  canCopy: boolean,
  work: (sql: Sql) => Promise<T>,
): Promise<T> {
  const client = await pool.connect()
  const inside = clientSql(client, canCopy)
  let isUsable = true
  try {
    await client.query('BEGIN')
    const result = await work(inside.sql).finally(inside.end)
    const { command } = await client.query('COMMIT')
    // PostgreSQL answers COMMIT with ROLLBACK, and no error, when a statement had failed before.
    if (command !== 'COMMIT')
      throw new Error('nothing was saved: the work hid the error of a failed statement')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch(() => (isUsable = false))
    throw error
  } finally {
    client.release(!isUsable)
  }
}

/**
 * Raw SQL on one client that is in a transaction. After `end` it refuses every statement, those still
 * waiting for their turn too: they must not run behind the COMMIT or ROLLBACK.
 */
function clientSql(client: pg.PoolClient, canCopy: boolean): { sql: Sql; end: () => void } {
  let isOpen = true
  let running: Promise<unknown> | null = null
  // One at a time: node-postgres will stop queueing statements by itself.
  const inTurn = async <T>(start: () => Promise<T>): Promise<T> => {
    while (running) await running.catch(() => {})
    if (!isOpen) throw new Error('the transaction of this sql has ended')
    const mine = start()
    running = mine
    try {
      return await mine
    } finally {
      running = null
    }
  }
  const run: Run = (statement) => inTurn(() => client.query(statement))
  const copy = (text: string, lines: Lines) => inTurn(() => copyInto(client, text, lines))
  const sql: Sql = sqlOver(run, (work) => work(sql), canCopy ? copy : null)
  return { sql, end: () => void (isOpen = false) }
}

function sqlOver(run: Run, transaction: Sql['transaction'], copy: Sql['copy']): Sql {
  const rowsOf = async (text: TemplateStringsArray, params: SqlParam[]) => {
    const { rows } = await run(prepared(text, params))
    return rows
  }
  return {
    many: (text, ...params) => rowsOf(text, params),
    maybe: async (text, ...params) => {
      const rows = await rowsOf(text, params)
      if (rows.length > 1) throw unexpected('at most one row', rows.length, text)
      return rows[0] ?? null
    },
    one: async (text, ...params) => {
      const rows = await rowsOf(text, params)
      if (rows.length !== 1) throw unexpected('one row', rows.length, text)
      return rows[0]
    },
    run: async (text, ...params) => (await run(prepared(text, params))).rowCount ?? 0,
    unsafe: async (text, params = []) => {
      const result = await run({ text, values: params.map(sqlParam), types: ROW_TYPES })
      // Several statements in one text have several results; the type does not say so.
      const last = Array.isArray(result) ? (result as pg.QueryResult[]).at(-1) : result
      return last?.rows ?? []
    },
    transaction,
    copy,
  }
}

type Prepared = { name: string; text: string }

// A template's strings are one object for all calls from one place in the code.
const known = new WeakMap<TemplateStringsArray, Prepared>()

function prepared(strings: TemplateStringsArray, params: SqlParam[]): pg.QueryConfig {
  let statement = known.get(strings)
  if (!statement) {
    statement = prepare(strings)
    known.set(strings, statement)
  }
  return {
    name: statement.name,
    text: statement.text,
    values: params.map(sqlParam),
    types: ROW_TYPES,
  }
}

function prepare(strings: TemplateStringsArray): Prepared {
  const text = strings.reduce((whole, part, index) => `${whole}$${index}${part}`)
  return { name: createHash('sha256').update(text).digest('base64url').slice(0, 20), text }
}

async function copyInto(client: pg.PoolClient, text: string, lines: Lines): Promise<number> {
  const stream = client.query(copyFrom(text))
  await pipeline(Readable.from(lines), stream)
  return stream.rowCount
}

async function withRetries<T>(retries: number, attempt: () => Promise<T>): Promise<T> {
  for (let left = retries; ; left--) {
    try {
      return await attempt()
    } catch (error) {
      if (left === 0 || !lostToAnother(error)) throw error
    }
  }
}

function lostToAnother(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return false
  return error.code === SERIALIZATION_FAILURE || error.code === DEADLOCK_DETECTED
}

function unexpected(wanted: string, count: number, strings: TemplateStringsArray): Error {
  return new Error(`expected ${wanted}, got ${count}, from: ${strings.join('?').trim()}`)
}
