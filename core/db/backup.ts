import { createHash } from 'node:crypto'
import { open, rename, rm, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { type Context } from '../context.ts'
import { accept, refuse } from '../result.ts'
import { BACKUP_FORMAT, type BackupHeader, type BackupTable } from './backup-format.ts'
import { type Sql } from './sql.ts'
import { identifier, readSchemaVersion, readTables, type Table } from './town-tables.ts'

/** Text of rows held at a time: what a backup costs in memory whatever the town's size. */
const PIECE_CHARS = 2_000_000
const PIECE_ROWS_FIRST = 16
const PIECE_ROWS_MAX = 5000

/**
 * Writes everything the town knows into a new file that only its owner can read, as one consistent
 * moment, in bounded memory; the file appears under its name only when it is whole. On the embedded
 * database, which has one session, other work waits meanwhile.
 *
 * Gives how many tables and rows were written, and the size of the file in bytes.
 * Refuses: `file-exists`.
 */
export async function writeBackup(ctx: Context, file: string) {
  if (await exists(file)) return refuse('file-exists')
  const unfinished = `${file}.unfinished`
  // What a killed backup left; never opened, because others may be able to read it.
  await rm(unfinished, { force: true })
  const target = await open(unfinished, 'wx', 0o600)
  try {
    const header = await ctx.sql.transaction(async (sql) => {
      await sql.unsafe('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY')
      const tables = await readTables(sql)
      const made = await makeHeader({ ...ctx, sql }, tables)
      const stream = target.createWriteStream({ flush: true })
      await pipeline(Readable.from(sealed(content(sql, made, tables))), createGzip(), stream)
      return made
    })
    const { size } = await stat(unfinished)
    await rename(unfinished, file)
    const rows = header.tables.reduce((sum, table) => sum + table.rows, 0)
    return accept({ tables: header.tables.length, rows, bytes: size })
  } catch (error) {
    await target.close().catch(() => {})
    await rm(unfinished, { force: true })
    throw error
  }
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}

async function makeHeader(ctx: Context, tables: readonly Table[]): Promise<BackupHeader> {
  const { sql } = ctx
  const counted: BackupTable[] = []
  for (const { columns, name } of tables) {
    const [count] = await sql.unsafe<{ rows: number }>(
      `SELECT count(*)::float8 AS rows FROM ${identifier(name)}`,
    )
    counted.push({ name, columns, rows: count?.rows ?? 0 })
  }
  const sequences = await sql.many<{ name: string; last: string | null }>`
    select sequencename as name, last_value::text as last from pg_sequences
    where schemaname = current_schema() order by sequencename`
  return {
    format: BACKUP_FORMAT,
    schemaVersion: await readSchemaVersion(sql),
    town: ctx.schema,
    writtenAt: ctx.now().toISOString(),
    tables: counted,
    sequences,
  }
}

async function* content(
  sql: Sql,
  header: BackupHeader,
  tables: readonly Table[],
): AsyncGenerator<string> {
  yield `${JSON.stringify(header)}\n`
  for (const table of tables) yield* rowsOf(sql, table)
}

/** Rows as JSON arrays of texts, made by the database itself: the same on every kind of it. */
async function* rowsOf(sql: Sql, { columns, name }: Table): AsyncGenerator<string> {
  const texts = columns.map((column) => `${identifier(column.name)}::text`)
  await sql.unsafe(
    `DECLARE backup_rows NO SCROLL CURSOR FOR
     SELECT json_build_array(${texts.join(', ')})::text AS line FROM ${identifier(name)}`,
  )
  for (let rows = PIECE_ROWS_FIRST; ;) {
    const piece = await sql.unsafe<{ line: string }>(`FETCH ${rows} FROM backup_rows`)
    const text = piece.map(({ line }) => `${line}\n`).join('')
    if (text) yield text
    if (piece.length < rows) break
    // A posting's manifest is as long as it has entries: the next piece follows what rows weigh.
    const fitting = Math.floor((PIECE_CHARS * piece.length) / text.length)
    rows = Math.max(1, Math.min(PIECE_ROWS_MAX, fitting))
  }
  await sql.unsafe('CLOSE backup_rows')
}

/** Puts the hash of all lines behind them. */
async function* sealed(lines: AsyncIterable<string>): AsyncGenerator<string> {
  const hash = createHash('sha256')
  for await (const text of lines) {
    hash.update(text)
    yield text
  }
  yield `${JSON.stringify({ sha256: hash.digest('hex') })}\n`
}
