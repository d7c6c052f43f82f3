import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Database, openTown } from '../../../core/db/open-town.ts'
import { serverUrl, silent } from '../../support/backends.ts'

const dataDir = await mkdtemp(path.join(tmpdir(), 'oselia-'))
const run = randomBytes(4).toString('hex')
const backends = [
  { name: 'embedded', place: { dataDir } },
  ...(serverUrl ? [{ name: 'server', place: { databaseUrl: serverUrl } }] : []),
]
afterAll(() => rm(dataDir, { recursive: true }))

const open = (schema: string, place: object) => openTown({ schema, log: silent, ...place })

describe.each(backends)('a town on the $name database', ({ place }) => {
  let north: Database
  let south: Database
  beforeAll(async () => {
    north = await open(`north_${run}`, place)
    south = await open(`south_${run}`, place)
  })
  afterAll(() => Promise.all([north, south].map(drop)))

  it('does not see another town of the same process', async () => {
    await Promise.all([north, south].map(nameIt))
    expect(await namesIn(north)).toEqual({ prisma: [north.schema], sql: [north.schema] })
    expect(await namesIn(south)).toEqual({ prisma: [south.schema], sql: [south.schema] })
  })

  it('keeps what was written when it is closed and opened again', async () => {
    await north.sql.run`insert into consumer (created_at) values (${new Date(0)})`
    await north.close()
    north = await open(north.schema, place)
    expect(await north.sql.many`select id, created_at from consumer`).toEqual([
      { id: 1, created_at: new Date(0) },
    ])
  })

  it('shows Prisma and raw SQL the same instant', async () => {
    const created_at = new Date('2026-10-31T22:30:00.123Z')
    const { id } = await north.prisma.consumer.create({ data: { createdAt: created_at } })
    expect(await north.sql.one`select created_at from consumer where id = ${id}`).toEqual({
      created_at,
    })
    const row = await north.prisma.consumer.findUniqueOrThrow({ where: { id } })
    expect(row.createdAt).toEqual(created_at)
  })

  it('commits a transaction of Prisma, or nothing of it', async () => {
    const before = await north.prisma.consumer.count()
    const failing = north.prisma.$transaction(async (tx) => {
      await tx.consumer.create({ data: { createdAt: new Date(0) } })
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    await north.prisma.$transaction(async (tx) => {
      await tx.consumer.create({ data: { createdAt: new Date(0) } })
      await tx.consumer.create({ data: { createdAt: new Date(0) } })
    })
    expect(await north.prisma.consumer.count()).toBe(before + 2)
  })

  it('keeps working beside statements of Prisma that fail', async () => {
    const orphan = { consumerId: -1, channel: 'x', externalId: 'x', lastSeenAt: new Date(0) }
    const failing = () =>
      north.prisma.identity.create({ data: { ...orphan, createdAt: new Date(0) } })
    const answers = await Promise.allSettled(
      Array.from({ length: 40 }, (_, index) =>
        index % 2
          ? failing()
          : north.sql.one`select ${index}::int4 as index, current_schema() as schema`,
      ),
    )
    for (const [index, answer] of answers.entries())
      expect(answer).toMatchObject(
        index % 2
          ? { status: 'rejected', reason: { code: 'P2003' } }
          : { status: 'fulfilled', value: { index, schema: north.schema } },
      )
  })

  it.each(['', 'Town', 'a-b', 'a"b', '1a', 'x'.repeat(42)])('%j names no town', async (schema) => {
    await expect(open(schema, place)).rejects.toThrow(RangeError)
  })
})

describe('an embedded town', () => {
  it('may be named by a word that SQL reserves, and is opened once only', async () => {
    const town = await open('user', { dataDir })
    try {
      expect(await town.sql.one`select current_schema() as schema`).toEqual({ schema: 'user' })
      await expect(open('user', { dataDir })).rejects.toThrow('held by another process')
    } finally {
      await town.close()
    }
  })

  it('says what is wrong with a directory that does not open', async () => {
    const file = path.join(dataDir, 'file')
    await writeFile(file, 'not a directory')
    await expect(open('town', { dataDir: file })).rejects.toThrow('ENOTDIR')
    await mkdir(path.join(dataDir, 'old'), { recursive: true })
    await writeFile(path.join(dataDir, 'old/PG_VERSION'), '9.6')
    await expect(open('old', { dataDir })).rejects.toThrow(
      /embedded database in .*old does not open/,
    )
  })

  it('needs a place', async () => {
    await expect(open('town', {})).rejects.toThrow('databaseUrl, dataDir or memory')
  })
})

const profile = {
  country: 'ua',
  currency: 'UAH',
  zone: 'Europe/Kyiv',
  billCodeSecret: new Uint8Array(32),
}

async function nameIt({ prisma, schema }: Database): Promise<void> {
  await prisma.town.create({ data: { ...profile, name: schema } })
}

async function namesIn({ prisma, sql }: Database) {
  const seenByPrisma = await prisma.town.findMany()
  const seenBySql = await sql.many<{ name: string }>`select name from town`
  return {
    prisma: seenByPrisma.map(({ name }) => name),
    sql: seenBySql.map(({ name }) => name),
  }
}

async function drop({ sql, schema, close }: Database): Promise<void> {
  await sql.unsafe(`SET client_min_messages = error; DROP SCHEMA "${schema}" CASCADE`)
  await close()
}
