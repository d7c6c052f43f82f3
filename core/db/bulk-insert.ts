import { setImmediate } from 'node:timers/promises'
import { type Sql, type SqlParam } from './sql.ts'
import { sqlText } from './sql-values.ts'

/** Column names and their PostgreSQL types, in the order of the values of a row. */
export type BulkColumns = Readonly<Record<string, string>>
export type BulkRow = readonly SqlParam[]

export type BulkOptions = {
  /** The unique columns a row may meet itself on; with `update` the present row gets these columns. */
  onConflict?: { columns: readonly string[]; update?: readonly string[] }
  /** Columns to give back, one row for each row inserted or updated. */
  returning?: readonly string[]
}

/** Memory and time of one statement stay bounded; larger ones are no faster. */
const STATEMENT_ROWS_MAX = 10_000
/** Text handed to a COPY at a time. */
const COPY_CHUNK_CHARS = 64 * 1024

/**
 * Inserts rows of one table, all or none, and returns how many it inserted or updated, or what
 * `returning` asks of them. Between pieces other work of the process runs, but outside a
 * transaction of the caller's the whole call is one: on the embedded database, whose only session it
 * holds, give it bounded batches.
 *
 * Throws RangeError for a name that is no identifier, a type that is no type, and a row of another
 * length than the columns.
 */
export async function bulkInsert<R>(
  sql: Sql,
  table: string,
  columns: BulkColumns,
  rows: readonly BulkRow[],
  options: BulkOptions & { returning: readonly string[] },
): Promise<R[]>
export async function bulkInsert(
  sql: Sql,
  table: string,
  columns: BulkColumns,
  rows: readonly BulkRow[],
  options?: BulkOptions & { returning?: never },
): Promise<number>
export async function bulkInsert(
  sql: Sql,
  table: string,
  columns: BulkColumns,
  rows: readonly BulkRow[],
  options: BulkOptions = {},
): Promise<number | unknown[]> {
  const { onConflict, returning } = options
  const width = Object.keys(columns).length
  const wrong = rows.find((row) => row.length !== width)
  if (wrong) throw new RangeError(`a row of ${wrong.length} values for ${width} columns`)
  if (rows.length === 0) return returning ? [] : 0
  const into = `${identifier(table)} (${identifiers(Object.keys(columns))})`
  if (sql.copy && !onConflict && !returning)
    return sql.copy(`COPY ${into} FROM STDIN`, copyChunks(rows))

  const text = insertText(into, columns, options)
  return sql.transaction(async (inside) => {
    const answers: { affected: number }[] = []
    for (let start = 0; start < rows.length; start += STATEMENT_ROWS_MAX) {
      if (start > 0) await setImmediate()
      const piece = rows.slice(start, start + STATEMENT_ROWS_MAX)
      answers.push(
        ...(await inside.unsafe<{ affected: number }>(text, columnArrays(columns, piece))),
      )
    }
    return returning ? answers : answers.reduce((sum, { affected }) => sum + affected, 0)
  })
}

function insertText(into: string, columns: BulkColumns, options: BulkOptions): string {
  const { onConflict, returning } = options
  const sources = Object.values(columns).map((type, index) => source(type, index + 1))
  const insert =
    `INSERT INTO ${into} SELECT ${sources.map(({ value }) => value).join(', ')}` +
    ` FROM unnest(${sources.map(({ array }) => array).join(', ')})` +
    ` AS given (${sources.map(({ name }) => name).join(', ')})${conflictText(onConflict)}`
  if (returning) return `${insert} RETURNING ${identifiers(returning)}`
  return `WITH affected AS (${insert} RETURNING 1) SELECT count(*)::int4 AS affected FROM affected`
}

function source(type: string, number: number): { name: string; value: string; array: string } {
  if (!/^([a-z][a-z0-9_ ]*|"[A-Za-z_]\w*")(\[\])?$/.test(type))
    throw new RangeError(`${type} is not a type`)
  const name = `c${number}`
  // Arrays of arrays come out of unnest flat, so an array travels as its text.
  if (type.endsWith('[]')) return { name, value: `${name}::${type}`, array: `$${number}::text[]` }
  return { name, value: name, array: `$${number}::${type}[]` }
}

function conflictText(onConflict: BulkOptions['onConflict']): string {
  if (!onConflict) return ''
  const target = ` ON CONFLICT (${identifiers(onConflict.columns)})`
  const update = (onConflict.update ?? []).map(identifier)
  if (update.length === 0) return `${target} DO NOTHING`
  return `${target} DO UPDATE SET ${update.map((name) => `${name} = excluded.${name}`).join(', ')}`
}

function columnArrays(columns: BulkColumns, rows: readonly BulkRow[]): SqlParam[] {
  return Object.values(columns).map((type, index) => {
    const values = rows.map((row) => row[index] ?? null)
    return type.endsWith('[]') ? values.map(sqlText) : values
  })
}

async function* copyChunks(rows: readonly BulkRow[]): AsyncGenerator<string> {
  let chunk = ''
  for (const row of rows) {
    chunk += `${row.map(copyText).join('\t')}\n`
    if (chunk.length < COPY_CHUNK_CHARS) continue
    yield chunk
    chunk = ''
    await setImmediate()
  }
  yield chunk
}

const COPY_ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
}

function copyText(value: SqlParam): string {
  const text = sqlText(value)
  if (text === null) return '\\N'
  return text.replace(/[\\\t\n\r]/g, (letter) => COPY_ESCAPES[letter] ?? letter)
}

function identifiers(names: readonly string[]): string {
  return names.map(identifier).join(', ')
}

function identifier(name: string): string {
  if (!/^[A-Za-z_]\w{0,62}$/.test(name)) throw new RangeError(`${name} is not an identifier`)
  return `"${name}"`
}
