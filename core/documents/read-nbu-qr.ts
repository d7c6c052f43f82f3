import { type Kopecks, kopecks } from '../money.ts'
import { accept, refuse } from '../result.ts'
import {
  EDITABLE_LINES,
  findFaults,
  type NbuContent,
  type NbuEditable,
  type NbuFault,
  type NbuKind,
  type NbuTransfer,
  type NbuTransfer003,
  PREFIXES,
} from './nbu-qr.ts'
import { decodeWindows1251 } from './windows-1251.ts'

/** What a scanned code says. Warnings name what is against the Rules, though it could be read. */
export type ReadNbuQr = {
  content: NbuContent | ({ format: '001' } & NbuTransfer)
  encoding: 'windows-1251' | 'utf-8'
  lineEnding: 'lf' | 'crlf'
  warnings: (NbuFault | 'amount-form' | 'function-form' | 'mask-form' | 'more-fields')[]
}

/** Links of banks that open their own application with the same text after them. */
const BANK_PREFIXES = [
  'https://www.privat24.ua/rd/send_qr/nbu/',
  'https://mbnk.app/qr/',
  'https://send.monobank.ua/qr/',
  'https://my-raif.apps.raiffeisen.ua/qr?payload=',
  'https://mobile-app.pumb.ua/bank.gov.ua/qr/',
  'abank24://bank.gov.ua/qr/',
]
const ALL_PREFIXES = [...Object.values(PREFIXES), ...BANK_PREFIXES]

type Format = '001' | '002' | '003'
const FIELDS: Record<Format, number> = { '001': 13, '002': 13, '003': 17 }

/**
 * Reads a code of format 001, 002 or 003: the text a scanner gives, with the prefix of the National
 * Bank, of a bank, or with none. Missing last fields are empty.
 *
 * Faults only warn: the official examples themselves break check digits and lengths.
 * Refuses: `not-base64`, `no-bcd`, `unknown-version`, `unknown-encoding`.
 */
export function decodeNbuQr(text: string) {
  const bytes = unpack(text)
  if (!bytes) return refuse('not-base64')
  // the first three lines are ASCII in every encoding
  const header = /^BCD(\r?\n)([^\r\n]*)\r?\n([^\r\n]*)/.exec(bytes.toString('latin1'))
  if (!header) return refuse('no-bcd')
  const [, ending = '', format, mark] = header
  if (!isFormat(format)) return refuse('unknown-version')
  if (mark !== '1' && mark !== '2') return refuse('unknown-encoding')

  const fields = (mark === '1' ? bytes.toString() : decodeWindows1251(bytes)).split(ending)
  const { content, warnings } = readFields(format, fields)
  return accept<ReadNbuQr>({
    content,
    encoding: mark === '1' ? 'utf-8' : 'windows-1251',
    lineEnding: ending === '\n' ? 'lf' : 'crlf',
    warnings,
  })
}

function unpack(text: string): Buffer | null {
  const start = text.trim()
  // 001 is plain text after a line of 23 spaces
  if (start.startsWith('BCD')) return Buffer.from(start)
  const prefix = ALL_PREFIXES.find((known) => start.startsWith(known)) ?? ''
  const encoded = start.slice(prefix.length).replace(/={0,2}$/, '')
  const isBase64 = /^[\w\-+/]+$/.test(encoded) && encoded.length % 4 !== 1
  return isBase64 ? Buffer.from(encoded, 'base64') : null
}

function isFormat(version: string | undefined): version is Format {
  return version !== undefined && version in FIELDS
}

function readFields(format: Format, fields: string[]): Pick<ReadNbuQr, 'content' | 'warnings'> {
  const [kind = '', , recipient = '', iban = '', uah = '', code = ''] = fields.slice(3)
  const amount = readUah(uah)
  // in 001 and 002 lines 10 and 11 are reserved
  const purpose = fields[11] ?? ''
  const base = { recipient, iban, code, ...(amount !== null && { amount }), purpose }
  const warnings: ReadNbuQr['warnings'] = []
  if (uah && !UAH.test(uah)) warnings.push('amount-form')
  if (!(format === '003' ? KINDS : KINDS.slice(0, 1)).includes(kind)) warnings.push('function-form')
  if (fields.slice(FIELDS[format]).some((field) => field !== '')) warnings.push('more-fields')
  if (format !== '003') {
    const faults = findFaults({ format: '002', ...base })
    return { content: { format, ...base }, warnings: [...faults, ...warnings] }
  }
  if (fields[13] && !MASK.test(fields[13])) warnings.push('mask-form')
  const content = { format, ...base, ...readRest003(kind, fields) }
  return { content, warnings: [...findFaults(content), ...warnings] }
}

/** The one form of a sum the Rules know, and whatever else can be understood. */
const UAH = /^UAH(?:0|[1-9]\d{0,8})(?:\.\d\d)?$/
const UNDERSTOOD_UAH = /^UAH(\d{1,12})(?:[.,](\d{0,2}))?$/
const KINDS: string[] = ['UCT', 'ICT', 'XCT'] satisfies NbuKind[]
const MASK = /^[0-9A-F]{4}$/i

function readUah(text: string): Kopecks | null {
  const match = UNDERSTOOD_UAH.exec(text)
  return match ? kopecks(BigInt(`${match[1]}${(match[2] ?? '').padEnd(2, '0')}`)) : null
}

function readRest003(kind: string, fields: string[]): Omit<NbuTransfer003, keyof NbuTransfer> {
  const [category = '', reference, , display, mask = '', validUntil, createdAt] = fields.slice(9)
  return {
    ...(KINDS.includes(kind) && { kind: kind as NbuKind }),
    category,
    ...(reference && { reference }),
    ...(display && { display }),
    ...(MASK.test(mask) && { editable: readMask(mask) }),
    ...(validUntil && { validUntil: readTime(validUntil) }),
    ...(createdAt && { createdAt: readTime(createdAt) }),
  }
}

/** A set bit locks its line. */
function readMask(mask: string): NbuEditable[] {
  const bits = Number.parseInt(mask, 16)
  const known = Object.entries(EDITABLE_LINES) as [NbuEditable, number][]
  return known.filter(([, line]) => !(bits & (1 << line))).map(([field]) => field)
}

/** `261231235959` → `2026-12-31T23:59:59`; anything else stays as it is and is warned of. */
function readTime(text: string): string {
  return text.replace(/^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '20$1-$2-$3T$4:$5:$6')
}
