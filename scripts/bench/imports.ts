import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { openTown } from '../../core/db/open-town.ts'
import { importFile } from '../../core/exchange/import-file.ts'
import { contextOf } from '../../core/town.ts'
import { openLog } from '../../log.ts'

const ROWS = 20_000
const DEMO = path.join(import.meta.dirname, '..', 'demo', 'isengard')

export type ImportBench = { rows: number; ours: number; copy: number; ratio: number }

const SETTINGS = { name: 'bench', country: 'ua', currency: 'UAH', zone: 'Europe/Kyiv' } as const
/** What the floor is given beforehand, and what it is timed on: all an accounts file becomes. */
const GIVEN = ['provider', 'service', 'house']
const TIMED = ['premise', 'account', 'agreement']

/**
 * Rows of an accounts file a second, imported with every check into an empty town, against a bare
 * COPY of the very rows this made (premises, accounts, agreements) into the same tables of another
 * town, on the same server in the same run.
 */
export async function benchImports(databaseUrl: string): Promise<ImportBench> {
  const [schema, floorSchema] = [`bench_import_${process.pid}`, `bench_copy_${process.pid}`]
  const log = openLog('error')
  const database = await openTown({ schema, databaseUrl, log })
  const empty = await openTown({ schema: floorSchema, databaseUrl, log })
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const town = await contextOf(database, SETTINGS, log)
    for (const kind of ['providers', 'services'] as const) {
      const content = await readFile(path.join(DEMO, `${kind}.csv`))
      const fileName = `${kind}.csv`
      await importFile(town, { kind, fileName, content, dryRun: false, author: 'bench' })
    }
    const content = await accountsFile(ROWS)
    const oursMs = await timeMs(async () => {
      const input = { kind: 'accounts', fileName: 'accounts.csv', content } as const
      const done = await importFile(town, { ...input, dryRun: false, author: 'bench' })
      if (!done.ok) throw new Error(`the bench file was refused: ${done.code}`)
    })
    for (const table of GIVEN)
      await copyIn(client, floorSchema, table, await copyOut(client, schema, table))
    const rows = new Map<string, Buffer>()
    for (const table of TIMED) rows.set(table, await copyOut(client, schema, table))
    const copyMs = await timeMs(async () => {
      await client.query('begin')
      for (const [table, text] of rows) await copyIn(client, floorSchema, table, text)
      await client.query('commit')
    })
    const ours = (ROWS / oursMs) * 1000
    const floor = (ROWS / copyMs) * 1000
    return { rows: ROWS, ours, copy: floor, ratio: ours / floor }
  } finally {
    await database.close()
    await empty.close()
    await client.query(`drop schema "${schema}" cascade; drop schema "${floorSchema}" cascade`)
    await client.end()
  }
}

// The demo town's heading, and as many accounts of one provider as asked, ten to a house.
async function accountsFile(rows: number): Promise<Buffer> {
  const file = await readFile(path.join(DEMO, 'accounts.csv'), 'utf8')
  const [heading = '', sample = ''] = file.split('\r\n')
  const cells = sample.split(';')
  const lines = Array.from({ length: rows }, (_, index) => {
    const row = [...cells]
    row[2] = String(100_000 + index)
    row[6] = String(1 + Math.floor(index / 10))
    row[7] = String(1 + (index % 10))
    return row.join(';')
  })
  return Buffer.from([heading, ...lines, ''].join('\r\n'))
}

function copyOut(client: pg.Client, schema: string, table: string): Promise<Buffer> {
  return buffer(client.query(copyTo(`copy "${schema}"."${table}" to stdout`)))
}

async function copyIn(client: pg.Client, schema: string, table: string, text: Buffer) {
  const target = client.query(copyFrom(`copy "${schema}"."${table}" from stdin`))
  await pipeline(Readable.from([text]), target)
}

async function timeMs(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}
