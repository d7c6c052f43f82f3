import { accept, refuse, type Refused } from '../../result.ts'

export type DbfColumn = {
  /** As stored, zero padding removed; bytes, because the encoding is decided later. */
  name: Buffer
  type: DbfType
  /** In the record, after its deletion flag. */
  offset: number
  length: number
}

const TYPES = ['C', 'N', 'F', 'D', 'L', 'M', 'I', 'Y', 'B', 'T'] as const
type DbfType = (typeof TYPES)[number]

export type DbfHeader = {
  /** First byte of the file. */
  version: number
  /** Records announced, deleted ones included. */
  records: number
  headerLength: number
  recordLength: number
  /** Language byte: a hint about the encoding, not a promise. */
  language: number
  columns: readonly DbfColumn[]
}

export type HeaderRefusal =
  | Refused<'bad-header'>
  | Refused<'record-length-mismatch', { stated: number; needed: number }>
  | Refused<'unsupported-column-type', { column: string; type: string }>

const PREFIX_BYTES = 32
const DESCRIPTOR_BYTES = 32
const END_OF_DESCRIPTORS = 0x0d
/** Columns a program made for itself (flags of nulls); no data of the user. */
const SYSTEM_COLUMN = 0x01

// dBASE III, IV, FoxPro 2 and Visual FoxPro, with and without memo; dBASE 7 has another header
const VERSIONS = new Set([0x03, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8b, 0xcb, 0xf5, 0xfb])

/** True when the bytes begin as a dbf file does; a text or a random file does not. */
export function looksLikeDbf(head: Buffer): boolean {
  if (head.length < PREFIX_BYTES + 1 || !VERSIONS.has(head[0] ?? 0)) return false
  const month = head[2] ?? 0
  const day = head[3] ?? 0
  const headerLength = head.readUInt16LE(8)
  if (month > 12 || day > 31 || headerLength <= PREFIX_BYTES || head.readUInt16LE(10) === 0)
    return false
  // reserved bytes: no text has zeros there
  return head.subarray(12, 28).includes(0)
}

/**
 * Reads the header; its stated length is trusted, not the count of descriptors.
 *
 * Refuses: `bad-header` (cut, no columns, no end mark); `record-length-mismatch` (the columns need
 * another length than the records have: values would shift); `unsupported-column-type`.
 * Source: dBASE III+, dBASE IV and Visual FoxPro table file structure.
 */
export function readDbfHeader(head: Buffer) {
  const headerLength = head.readUInt16LE(8)
  if (head.length < headerLength) return refuse('bad-header')
  const recordLength = head.readUInt16LE(10)
  const descriptors = readDescriptors(head.subarray(0, headerLength))
  if (descriptors.length === 0) return refuse('bad-header')

  const lengths = columnLengths(descriptors, recordLength)
  const needed = 1 + lengths.reduce((a, b) => a + b, 0)
  if (needed !== recordLength)
    return refuse('record-length-mismatch', { stated: recordLength, needed })

  const columns: DbfColumn[] = []
  let offset = 1
  for (const [index, descriptor] of descriptors.entries()) {
    const length = lengths[index] ?? 0
    if (!descriptor.isSystem) {
      const type = TYPES.find((known) => known === descriptor.type)
      if (!type || !fits(type, length)) {
        const column = descriptor.name.toString('latin1')
        return refuse('unsupported-column-type', { column, type: descriptor.type })
      }
      columns.push({ name: descriptor.name, type, offset, length })
    }
    offset += length
  }
  const records = head.readUInt32LE(4)
  const version = head[0] ?? 0
  const language = head[29] ?? 0
  return accept<DbfHeader>({ version, records, headerLength, recordLength, language, columns })
}

type Descriptor = {
  name: Buffer
  type: string
  length: number
  decimals: number
  isSystem: boolean
}

// None when the list has no end mark: then it is not known where the columns stop.
function readDescriptors(header: Buffer): Descriptor[] {
  const found: Descriptor[] = []
  for (let at = PREFIX_BYTES; at < header.length; at += DESCRIPTOR_BYTES) {
    if (header[at] === END_OF_DESCRIPTORS) return found
    if (at + DESCRIPTOR_BYTES > header.length) break
    const end = header.subarray(at, at + 11).indexOf(0)
    found.push({
      name: header.subarray(at, end === -1 ? at + 11 : at + end),
      type: String.fromCharCode(header[at + 11] ?? 0),
      length: header[at + 16] ?? 0,
      decimals: header[at + 17] ?? 0,
      isSystem: ((header[at + 18] ?? 0) & SYSTEM_COLUMN) !== 0 && header[at + 11] === 0x30,
    })
  }
  return []
}

// Clipper and FoxPro keep texts over 255 long: the byte of decimals is then the high byte of the
// length. Others leave rubbish there, so this is tried only when the plain lengths do not add up.
function columnLengths(descriptors: readonly Descriptor[], recordLength: number): number[] {
  const plain = descriptors.map(({ length }) => length)
  const long = descriptors.map(({ type, length, decimals }) =>
    type === 'C' ? length + decimals * 256 : length,
  )
  return 1 + long.reduce((a, b) => a + b, 0) === recordLength ? long : plain
}

function fits(type: DbfType, length: number): boolean {
  if (type === 'I') return length === 4
  if (type === 'Y' || type === 'B' || type === 'T') return length === 8
  if (type === 'M') return length === 4 || length === 10
  return length > 0
}
