import { randomBytes } from 'node:crypto'
import { type Database, openTown } from '../../core/db/open-town.ts'
import { type Logger } from '../../core/log.ts'

export const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} }

/** Opens a town nobody else uses; `discard` closes it and leaves nothing of it. */
export type Backend = {
  name: string
  open: (options?: { poolSize?: number }) => Promise<TestDatabase>
}
export type TestDatabase = Database & { discard: () => Promise<void> }

const embedded: Backend = {
  name: 'embedded',
  open: async () => {
    const image = process.env['OSELIA_TEST_IMAGE']
    if (!image) throw new Error('run through jest: its global setup makes the database image')
    const database = await openTown({ schema: 'town', memory: { image }, log: silent })
    return { ...database, discard: database.close }
  },
}

function server(databaseUrl: string): Backend {
  return {
    name: 'server',
    open: async ({ poolSize } = {}) => {
      const schema = `test_${randomBytes(8).toString('hex')}`
      const database = await openTown({ schema, databaseUrl, poolSize, log: silent })
      const discard = async () => {
        // To look at what a failing test left behind.
        if (!process.env['KEEP_TEST_TOWNS'])
          await database.sql.unsafe(
            `SET client_min_messages = error; DROP SCHEMA ${schema} CASCADE`,
          )
        await database.close()
      }
      return { ...database, discard }
    },
  }
}

/** The address of the PostgreSQL server to test on, when there is one. */
export const serverUrl = process.env['TEST_DATABASE_URL']

/** The databases these tests can run on: the embedded one, and the server of TEST_DATABASE_URL. */
export const backends: readonly Backend[] = serverUrl ? [embedded, server(serverUrl)] : [embedded]

/** The database most tests run on: the server when there is one. */
export const backend: Backend = serverUrl ? server(serverUrl) : embedded
