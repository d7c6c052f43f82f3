import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { embeddedPool } from '../../../core/db/embedded-pool.ts'
import { migrate, type Migration, readMigrations } from '../../../core/db/migrate.ts'
import { PgliteThread } from '../../../core/db/pglite-thread.ts'
import { serverUrl } from '../../support/backends.ts'

const schema = `migrate_${randomBytes(4).toString('hex')}`

const backends = [
  {
    name: 'embedded',
    open: async () => {
      const thread = await PgliteThread.start({ image: process.env['OSELIA_TEST_IMAGE'] ?? '' })
      const pool = embeddedPool(thread, `SET search_path = ${schema}`)
      const close = async () => {
        await pool.end()
        await thread.close()
      }
      return { pool, close }
    },
  },
  ...[serverUrl ?? []].flat().map((url) => ({
    name: 'server',
    open: () => Promise.resolve(openServer(url)),
  })),
]

function openServer(connectionString: string) {
  const pool = new pg.Pool({ connectionString, options: `-c search_path=${schema}` })
  const close = async () => {
    await pool.query(`SET client_min_messages = error; DROP SCHEMA ${schema} CASCADE`)
    await pool.end()
  }
  return { pool, close }
}

function migration(name: string, sql: string): Migration {
  return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
}

const first = migration('20260101000000_first', 'CREATE TABLE a (id int PRIMARY KEY);')
const second = migration(
  '20260102000000_second',
  `INSERT INTO a VALUES (1);
   CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;`,
)
const broken = migration('20260103000000_broken', 'INSERT INTO a VALUES (2); SELECT 1 / 0;')

describe.each(backends)('migrations on the $name database', ({ open }) => {
  let pool: pg.Pool
  let close: () => Promise<void>
  beforeAll(async () => {
    const opened = await open()
    pool = opened.pool
    close = opened.close
  })
  beforeEach(() =>
    pool.query(
      `SET client_min_messages = error; DROP SCHEMA IF EXISTS ${schema} CASCADE; CREATE SCHEMA ${schema}`,
    ),
  )
  afterAll(() => close())

  const run = async (...migrations: Migration[]) => {
    const client = await pool.connect()
    try {
      return await migrate(client, migrations)
    } finally {
      client.release()
    }
  }
  const rows = async (text: string) => (await pool.query(text)).rows

  it('apply once, in order, and only what is new', async () => {
    expect(await run(first)).toEqual([first.name])
    expect(await run(first, second)).toEqual([second.name])
    expect(await run(first, second)).toEqual([])
    expect(await rows('SELECT * FROM a')).toEqual([{ id: 1 }])
  })

  it('are recorded as Prisma records them', async () => {
    await run(first)
    expect(
      await rows(
        `SELECT checksum, migration_name, logs, rolled_back_at, applied_steps_count AS steps,
                finished_at >= started_at AS finished, length(id) AS id
         FROM _prisma_migrations`,
      ),
    ).toEqual([
      {
        checksum: first.checksum,
        migration_name: first.name,
        logs: null,
        rolled_back_at: null,
        steps: 1,
        finished: true,
        id: 36,
      },
    ])
  })

  it('leave nothing of one that fails, which is tried again', async () => {
    await run(first)
    await expect(run(first, broken)).rejects.toThrow(
      'migration 20260103000000_broken failed, nothing of it was applied: division by zero',
    )
    expect(await rows('SELECT * FROM a')).toEqual([])
    const mended = migration(broken.name, 'INSERT INTO a VALUES (2);')
    expect(await run(first, mended)).toEqual([mended.name])
    expect(await rows('SELECT * FROM a')).toEqual([{ id: 2 }])
  })

  it('refuse one that was edited after it was applied', async () => {
    await run(first)
    const edited = migration(first.name, `${first.sql} -- edited`)
    await expect(run(edited, second)).rejects.toThrow('was edited after it was applied')
    expect(await rows('SELECT * FROM a')).toEqual([])
  })

  it('refuse to build on one that another tool left unfinished', async () => {
    await run(first)
    await pool.query('UPDATE _prisma_migrations SET finished_at = NULL')
    await expect(run(first, second)).rejects.toThrow('begun by another tool and never finished')
    await pool.query('UPDATE _prisma_migrations SET rolled_back_at = now(); DROP TABLE a')
    expect(await run(first, second)).toEqual([first.name, second.name])
  })

  it('leave alone what a newer version of the product applied', async () => {
    await run(first, second)
    expect(await run(first)).toEqual([])
  })

  it('started by several at once apply once', async () => {
    const slow = migration(first.name, `SELECT pg_sleep(0.2); ${first.sql}`)
    const answers = await Promise.all([run(slow, second), run(slow, second), run(slow, second)])
    expect(answers.flat().sort()).toEqual([slow.name, second.name])
  })
})

it('the shipped migrations are found in the order of their names', async () => {
  const names = (await readMigrations()).map(({ name }) => name)
  expect(names.length).toBeGreaterThan(0)
  expect(names).toEqual(names.toSorted())
})
