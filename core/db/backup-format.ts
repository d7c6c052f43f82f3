import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { types } from 'node:util'
import { createGunzip } from 'node:zlib'
import { z } from 'zod'

// A backup is gzip of lines of JSON: a header; every row of every table in the header's order, an
// array of PostgreSQL texts or nulls; the SHA-256 of all bytes before it.

/** Raised when older programs could not read what is written. */
export const BACKUP_FORMAT = 'oselia-backup-1'

const Table = z.strictObject({
  name: z.string(),
  columns: z.array(z.strictObject({ name: z.string(), type: z.string() })),
  rows: z.int().min(0),
})
const Header = z.strictObject({
  format: z.literal(BACKUP_FORMAT),
  /** The newest migration of the town it was made from. */
  schemaVersion: z.string(),
  town: z.string(),
  writtenAt: z.string(),
  tables: z.array(Table),
  /** Numbers given last; null for a sequence never used. */
  sequences: z.array(z.strictObject({ name: z.string(), last: z.string().nullable() })),
})
const Row = z.array(z.string().nullable())
const Seal = z.strictObject({ sha256: z.string() })

export type BackupTable = z.infer<typeof Table>
export type BackupHeader = z.infer<typeof Header>
export type BackupRow = z.infer<typeof Row>

/** The file is no backup, was cut, or is not what was written. */
export class DamagedBackup extends Error {
  override name = 'DamagedBackup'
}

/** What `readBackup` gives, in this order: the header, then for each table its rows in pieces. */
export type BackupPart =
  { header: BackupHeader } | { table: BackupTable; rows: readonly BackupRow[] }

const PIECE_ROWS_MAX = 5000
const PIECE_CHARS_MAX = 2_000_000
const NEWLINE = 10

/**
 * The content of a backup in bounded memory. Only after the last part is it sure that the whole was
 * as written. Throws DamagedBackup, and what the file system says of a file it cannot read.
 */
export async function* readBackup(file: string): AsyncGenerator<BackupPart> {
  const hash = createHash('sha256')
  const lines = readLines(file)
  const next = async () => {
    const line = await lines.next()
    if (line.done) throw new DamagedBackup('the file ends too early')
    return line.value
  }
  const first = await next()
  const header = parse(Header, first)
  hash.update(first)
  yield { header }
  for (const table of header.tables) {
    let rows: BackupRow[] = []
    let chars = 0
    for (let left = table.rows; left > 0; left--) {
      const line = await next()
      hash.update(line)
      const row = parse(Row, line)
      if (row.length !== table.columns.length)
        throw new DamagedBackup(`a row of ${table.name} has another number of values`)
      rows.push(row)
      chars += line.length
      if (rows.length < PIECE_ROWS_MAX && chars < PIECE_CHARS_MAX && left > 1) continue
      yield { table, rows }
      rows = []
      chars = 0
    }
  }
  const { sha256 } = parse(Seal, await next())
  if (sha256 !== hash.digest('hex')) throw new DamagedBackup('the content was changed')
  if (!(await lines.next()).done) throw new DamagedBackup('there is more behind the end')
}

function parse<T>(schema: z.ZodType<T>, line: Buffer): T {
  try {
    return schema.parse(JSON.parse(line.toString('utf8')))
  } catch (cause) {
    // The cause may quote rows, so it goes no further than this.
    throw new DamagedBackup('a line is not what a backup has there', { cause })
  }
}

/** Lines with their ends. The reader of Node would also end lines inside texts, at U+2028. */
async function* readLines(file: string): AsyncGenerator<Buffer, void> {
  let parts: Buffer[] = []
  for await (const chunk of readBytes(file)) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      yield Buffer.concat([...parts, chunk.subarray(start, end + 1)])
      parts = []
      start = end + 1
    }
    if (start < chunk.length) parts.push(chunk.subarray(start))
  }
  if (parts.length > 0) throw new DamagedBackup('the last line has no end')
}

async function* readBytes(file: string): AsyncGenerator<Buffer, void> {
  const source = createReadStream(file)
  const unpacked = createGunzip()
  source.on('error', (error) => unpacked.destroy(error))
  source.pipe(unpacked)
  try {
    yield* unpacked as AsyncIterable<Buffer>
  } catch (cause) {
    if (isUnpackError(cause)) throw new DamagedBackup('the file is cut or is no backup', { cause })
    throw cause
  } finally {
    source.destroy()
  }
}

function isUnpackError(error: unknown): boolean {
  return types.isNativeError(error) && 'code' in error && String(error.code).startsWith('Z_')
}
