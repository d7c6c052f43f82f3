import { addDays, makeDate, plainDate, type PlainDate } from '../../period.ts'
import { type DbfColumn } from './dbf-header.ts'
import { type MemoReader } from './dbf-memo.ts'
import { type Decoder } from './encoding.ts'
import { type CellFault } from './table.ts'

/** Text of a cell, or why there is none. `text` is the record with one character for each byte. */
export type CellReader = (record: Buffer, text: string) => string | { fault: CellFault }

type Surroundings = {
  decode: Decoder
  /** True when `text` is decoded already (single-byte encodings). */
  isTextDecoded: boolean
  memo: MemoReader | null
}

/**
 * How cells of a column become text. Empty is `''` for every type. Numbers are exact plain decimals
 * with a dot (`-0.50`); currency has 4 decimals; a double is the shortest decimal that means it.
 * Days are `yyyy-mm-dd`, moments `yyyy-mm-ddThh:mm:ss`, logical values `T` and `F`.
 */
export function cellReader(column: DbfColumn, around: Surroundings): CellReader {
  const { offset, length } = column
  switch (column.type) {
    case 'C':
      return textReader(column, around)
    case 'N':
    case 'F':
      return (_, text) => decimalText(trimPadding(text.slice(offset, offset + length)))
    case 'D':
      return (_, text) => dayText(trimPadding(text.slice(offset, offset + length)))
    case 'L':
      return (_, text) => LOGICAL[text[offset] ?? ' '] ?? ''
    case 'I':
      return (record) => String(record.readInt32LE(offset))
    case 'Y':
      return (record) => currencyText(record.readBigInt64LE(offset))
    case 'B':
      return (record) => doubleText(record.readDoubleLE(offset))
    case 'T':
      return (record) => momentText(record.readInt32LE(offset), record.readInt32LE(offset + 4))
    case 'M':
      return (record, text) => memoText(memoBlock(column, record, text), around)
  }
}

const LOGICAL: Record<string, string> = {
  T: 'T',
  t: 'T',
  Y: 'T',
  y: 'T',
  F: 'F',
  f: 'F',
  N: 'F',
  n: 'F',
}
const DECIMAL = /^[-+]?(?:\d+\.?\d*|\.\d+)$/
const OVERFLOW = /^[-+.]?\*+[.*]*$/

function textReader({ offset, length }: DbfColumn, around: Surroundings): CellReader {
  if (around.isTextDecoded)
    return (_, text) => {
      const cell = trimPadding(text.slice(offset, offset + length))
      return cell.includes('\uFFFD') ? { fault: 'wrong-encoding' } : cell
    }
  return (record) => {
    const text = around.decode(record.subarray(offset, offset + length))
    return text === null ? { fault: 'wrong-encoding' } : trimPadding(text)
  }
}

function memoBlock({ offset, length }: DbfColumn, record: Buffer, text: string): number {
  return length === 4 ? record.readInt32LE(offset) : Number(text.slice(offset, offset + length))
}

function memoText(block: number, { memo, decode }: Surroundings) {
  if (block === 0) return ''
  const bytes = Number.isSafeInteger(block) ? memo?.(block) : null
  if (!bytes) return { fault: 'memo-missing' as const }
  return decode(bytes) ?? { fault: 'wrong-encoding' as const }
}

function decimalText(text: string): string | { fault: CellFault } {
  if (text === '') return ''
  if (!DECIMAL.test(text))
    return { fault: OVERFLOW.test(text) ? 'overflowed-number' : 'not-a-number' }
  if (text.startsWith('+') || text.endsWith('.')) return decimalText(text.replace(/^\+|\.$/g, ''))
  // programs of the Clipper family leave out the zero: `.50`, `-.50`
  if (text.startsWith('.')) return `0${text}`
  return text.startsWith('-.') ? `-0${text.slice(1)}` : text
}

function dayText(text: string): string | { fault: CellFault } {
  if (text === '') return ''
  const match = /^(\d{4})(\d{2})(\d{2})$/.exec(text)
  const day = match && makeDate(Number(match[1]), Number(match[2]), Number(match[3]))
  return day ?? dottedDayText(text)
}

// One cabinet of a water utility declares D of length 10 and writes dd.mm.yyyy.
function dottedDayText(text: string): string | { fault: CellFault } {
  const match = /^(\d{2})\.(\d{2})\.(\d{4})$/.exec(text)
  const day = match && makeDate(Number(match[3]), Number(match[2]), Number(match[1]))
  return day ?? { fault: 'not-a-day' }
}

function currencyText(tenThousandths: bigint): string {
  const sign = tenThousandths < 0n ? '-' : ''
  const digits = tenThousandths.toString().replace('-', '').padStart(5, '0')
  return `${sign}${digits.slice(0, -4)}.${digits.slice(-4)}`
}

function doubleText(value: number): string | { fault: CellFault } {
  if (!Number.isFinite(value)) return { fault: 'not-a-number' }
  const [mantissa = '', exponent] = String(value).split('e')
  if (exponent === undefined) return mantissa
  const sign = mantissa.startsWith('-') ? '-' : ''
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.')
  const shift = Number(exponent)
  if (shift < 0) return `${sign}0.${'0'.repeat(-shift - 1)}${whole}${fraction}`
  return `${sign}${whole}${fraction.padEnd(shift, '0')}`
}

/** Julian day number of 1970-01-01. */
const EPOCH_JULIAN_DAY = 2_440_588
const EPOCH = plainDate('1970-01-01')
const DAY_MS = 86_400_000
/** Days the calendar of `core/period` knows: 1900-01-01…2199-12-31. */
const JULIAN_DAY_MIN = 2_415_021
const JULIAN_DAY_MAX = 2_524_593

function momentText(julianDay: number, milliseconds: number): string | { fault: CellFault } {
  // all zeros or all spaces
  if (julianDay === 0 || (julianDay === 0x20202020 && milliseconds === 0x20202020)) return ''
  if (julianDay < JULIAN_DAY_MIN || julianDay > JULIAN_DAY_MAX) return { fault: 'not-a-day' }
  if (milliseconds < 0 || milliseconds >= DAY_MS) return { fault: 'not-a-time' }
  const day: PlainDate = addDays(EPOCH, julianDay - EPOCH_JULIAN_DAY)
  // FoxPro stores whole seconds with an error of a millisecond or so
  const seconds = Math.min(Math.floor((milliseconds + 500) / 1000), 86_399)
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return `${day}T${parts.map((part) => String(part).padStart(2, '0')).join(':')}`
}

/** Without the spaces and zeros that fill a field up; inner spaces stay. */
export function trimPadding(text: string): string {
  let from = 0
  let to = text.length
  while (to > from && isPadding(text.charCodeAt(to - 1))) to--
  while (from < to && isPadding(text.charCodeAt(from))) from++
  return text.slice(from, to)
}

function isPadding(code: number): boolean {
  return code === 0x20 || code === 0
}
