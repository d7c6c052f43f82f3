import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Context } from '../../../core/context.ts'
import { type Database, openTown } from '../../../core/db/open-town.ts'
import { contextOf } from '../../../core/town.ts'
import { openLog } from '../../../log.ts'

/** Where a town is: given to processes as JSON. */
export type Address = { schema: string; databaseUrl?: string | undefined; dataDir?: string }

const SETTINGS = { name: 'Тестове', country: 'ua', currency: 'UAH', zone: 'Europe/Kyiv' } as const

/** Opens the town whose clock shows `now` and does the work. */
export async function withTown<T>(
  address: Address,
  now: string,
  work: (ctx: Context) => Promise<T>,
): Promise<T> {
  const log = openLog('warn')
  const database = await openTown({ ...address, log })
  try {
    return await work(await contextAt(database, now))
  } finally {
    await database.close()
  }
}

async function contextAt(database: Database, now: string): Promise<Context> {
  const town = await contextOf(database, SETTINGS, openLog('warn'))
  const instantMs = Date.parse(now)
  return { ...town, now: () => new Date(instantMs) }
}

/** A town of the soak's own. */
export type Place = {
  address: Address
  name: string
  remove: () => Promise<void>
}

/** On the server a schema of its own; without a server, a directory. */
export async function choosePlace(databaseUrl: string | undefined): Promise<Place> {
  const schema = `soak_${randomBytes(6).toString('hex')}`
  if (databaseUrl === undefined) {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'oselia-soak-'))
    const remove = () => rm(dataDir, { recursive: true })
    return { address: { schema, dataDir }, name: dataDir, remove }
  }
  const address = { schema, databaseUrl }
  const remove = async () => {
    const database = await openTown({ ...address, log: openLog('error') })
    await database.sql.unsafe(`SET client_min_messages = error; DROP SCHEMA ${schema} CASCADE`)
    await database.close()
  }
  return { address, name: `schema ${schema}`, remove }
}

/** The same town undisturbed, in memory or beside it on the server, open until it is let go. */
export async function openTwin(databaseUrl: string | undefined) {
  const schema = `soak_${randomBytes(6).toString('hex')}`
  const where = databaseUrl === undefined ? { memory: {} } : { databaseUrl }
  const database = await openTown({ schema, ...where, log: openLog('warn') })
  return {
    at: (now: string) => contextAt(database, now),
    discard: async () => {
      if (databaseUrl !== undefined)
        await database.sql.unsafe(`SET client_min_messages = error; DROP SCHEMA ${schema} CASCADE`)
      await database.close()
    },
  }
}
