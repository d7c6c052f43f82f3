import { types } from 'node:util'
import pg from 'pg'
import { type SqlParam } from './sql.ts'

/**
 * A value as the text PostgreSQL reads for it, null for null: `{1,NULL}` for an array, `\x0f` for
 * bytes, JSON for an object. Throws TypeError for what is no SQL value (undefined, a function).
 */
export function sqlText(value: SqlParam): string | null {
  if (typeof value === 'string' || value === null) return value
  if (typeof value === 'object') return objectText(value)
  if (typeof value === 'undefined' || typeof value === 'function')
    throw new TypeError(`${typeof value} is no SQL value`)
  return String(value)
}

/** A value as node-postgres sends it: its text, but bytes as they are. */
export function sqlParam(value: SqlParam): string | Uint8Array | null {
  return types.isUint8Array(value) ? value : sqlText(value)
}

function objectText(value: object): string {
  if (types.isDate(value)) return value.toISOString()
  if (types.isUint8Array(value)) return `\\x${Buffer.from(value).toString('hex')}`
  return Array.isArray(value) ? arrayText(value) : JSON.stringify(value)
}

function arrayText(values: readonly SqlParam[]): string {
  let text = '{'
  for (const value of values) text += (text.length > 1 ? ',' : '') + elementText(value)
  return `${text}}`
}

function elementText(value: SqlParam): string {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (Array.isArray(value)) return arrayText(value)
  const text = sqlText(value)
  return text === null ? 'NULL' : `"${text.replace(/["\\]/g, '\\$&')}"`
}

type Parse = (text: string) => unknown

const BYTEA = 17
const TEXT_ARRAY: number = 1009
const TIMESTAMPTZ = 1184

const parseBytes: Parse = pg.types.getTypeParser(BYTEA)
const parseInstant: Parse = pg.types.getTypeParser(TIMESTAMPTZ)
const parseTexts = pg.types.getTypeParser(TEXT_ARRAY) as (text: string) => (string | null)[]
const keepText: Parse = (text) => text

// Type, its array's type, parser; numbers are the fixed ones of PostgreSQL's catalogue. What is not
// here (numeric, date, uuid, an enum) is text as it comes.
const ROWS: readonly [number, number, Parse][] = [
  [16, 1000, (text) => text === 't'],
  [BYTEA, 1001, parseBytes],
  [20, 1016, BigInt],
  [21, 1005, Number],
  [23, 1007, Number],
  [25, TEXT_ARRAY, keepText],
  [26, 1028, Number],
  [114, 199, JSON.parse],
  [700, 1021, Number],
  [701, 1022, Number],
  [1042, 1014, keepText],
  [1043, 1015, keepText],
  [1082, 1182, keepText],
  [TIMESTAMPTZ, 1185, parseInstant],
  [1700, 1231, keepText],
  [2950, 2951, keepText],
  [3802, 3807, JSON.parse],
]

const parsers = new Map<number, Parse>()
for (const [type, array, parse] of ROWS) {
  parsers.set(type, (text) => parse(text))
  parsers.set(array, (text) => parseTexts(text).map((item) => (item === null ? null : parse(item))))
}

/**
 * How rows of raw SQL are read (see `Sql`). Given with every statement, because the settings of the
 * whole pool belong to Prisma's adapter.
 */
export const ROW_TYPES = {
  getTypeParser: (type: number) => parsers.get(type) ?? keepText,
} as pg.CustomTypesConfig
