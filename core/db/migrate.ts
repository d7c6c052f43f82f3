import { createHash, randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import type pg from 'pg'

export type Migration = {
  /** Folder name: `<timestamp>_<what>`; their order is the order of the names. */
  name: string
  sql: string
  /** SHA-256 of the file's bytes in hex, as Prisma records it. */
  checksum: string
}

type Applied = { migration_name: string; checksum: string; finished_at: Date | null }

/** The advisory lock `prisma migrate` takes, so that it and we never run together. */
const PRISMA_LOCK = 72707369
/** Another process's migration may rebuild a large table; waiting longer means it hangs. */
const LOCK_WAIT_MS = 10 * 60_000

// As Prisma's own engine creates it.
const CREATE_JOURNAL = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id                  VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum            VARCHAR(64) NOT NULL,
  finished_at         TIMESTAMPTZ,
  migration_name      VARCHAR(255) NOT NULL,
  logs                TEXT,
  rolled_back_at      TIMESTAMPTZ,
  started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`

/**
 * Brings the connection's current schema to the newest migration and returns the names it applied;
 * records them as `prisma migrate deploy` does. Each migration and its record are one transaction:
 * one that fails or is killed leaves nothing behind and is tried again at the next start.
 *
 * Throws when the schema's history is not ours to continue: a migration edited after it was
 * applied, or one left half-applied by another tool.
 */
export async function migrate(
  client: pg.ClientBase,
  migrations: readonly Migration[],
): Promise<string[]> {
  if (pending(migrations, await readApplied(client)).length === 0) return []
  await client.query(`SET lock_timeout = ${LOCK_WAIT_MS}`)
  await client.query('SELECT pg_advisory_lock($1)', [PRISMA_LOCK])
  await client.query('RESET lock_timeout')
  try {
    await client.query(CREATE_JOURNAL)
    // Read again: another process may have migrated while this one waited.
    const missing = pending(migrations, await readApplied(client))
    for (const migration of missing) await apply(client, migration)
    return missing.map(({ name }) => name)
  } finally {
    // On a broken connection the lock is gone already, and the first error is the one to tell.
    await client.query('SELECT pg_advisory_unlock($1)', [PRISMA_LOCK]).catch(() => {})
  }
}

/** The migrations shipped with the product, or those of another folder, oldest first. */
export async function readMigrations(folder = shippedFolder()): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  return Promise.all(
    names.sort().map(async (name) => {
      const bytes = await readFile(path.join(folder, name, 'migration.sql'))
      const checksum = createHash('sha256').update(bytes).digest('hex')
      return { name, sql: bytes.toString('utf8'), checksum }
    }),
  )
}

// Found through the package, because this file lies deeper in a build than in the sources.
function shippedFolder(): string {
  const root = path.dirname(createRequire(import.meta.url).resolve('#package.json'))
  return path.join(root, 'prisma/migrations')
}

async function readApplied(client: pg.ClientBase): Promise<Applied[]> {
  const { rows: found } = await client.query(
    `SELECT 1 FROM pg_tables
     WHERE schemaname = current_schema() AND tablename = '_prisma_migrations'`,
  )
  if (found.length === 0) return []
  const { rows } = await client.query<Applied>(
    `SELECT migration_name, checksum, finished_at FROM _prisma_migrations
     WHERE rolled_back_at IS NULL ORDER BY started_at`,
  )
  return rows
}

function pending(migrations: readonly Migration[], applied: readonly Applied[]): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]))
  for (const { migration_name: name, checksum, finished_at } of applied) {
    if (!finished_at)
      throw new Error(
        `migration ${name} was begun by another tool and never finished: repair the schema by hand, ` +
          'then set finished_at (it is complete) or rolled_back_at (nothing of it is left) ' +
          'in its row of _prisma_migrations',
      )
    const ours = known.get(name)
    if (ours && ours.checksum !== checksum)
      throw new Error(
        `migration ${name} was edited after it was applied: restore its file and put the change ` +
          'into a new migration',
      )
  }
  const done = new Set(applied.map(({ migration_name }) => migration_name))
  return migrations.filter(({ name }) => !done.has(name))
}

async function apply(client: pg.ClientBase, { name, sql, checksum }: Migration): Promise<void> {
  await client.query('BEGIN')
  try {
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at)
       VALUES ($1, $2, $3, clock_timestamp())`,
      [randomUUID(), checksum, name],
    )
    await client.query(sql)
    await client.query(
      `UPDATE _prisma_migrations SET finished_at = clock_timestamp(), applied_steps_count = 1
       WHERE migration_name = $1 AND rolled_back_at IS NULL`,
      [name],
    )
    await client.query('COMMIT')
  } catch (cause) {
    await client.query('ROLLBACK').catch(() => {})
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`migration ${name} failed, nothing of it was applied: ${reason}`, { cause })
  }
}
