import { accept, refuse } from '../result.ts'
import { type Kopecks } from '../money.ts'
import { isEdrpou, isTaxNumber } from './edrpou.ts'
import { ibanFault } from '../registry/iban.ts'
import { encodeWindows1251, windows1251Byte } from './windows-1251.ts'

// The code a Ukrainian bank's application reads to fill in a transfer.
// Source: Rules of the National Bank of Ukraine, resolution № 68 of 28.05.2020 in the wording of
// № 11 of 01.02.2021 (formats 001 and 002), resolution № 97 of 19.08.2025 (format 003, the ₴ sign).

/** What a transfer says in every format. */
export type NbuTransfer = {
  recipient: string
  /** Without spaces. */
  iban: string
  /** The recipient's code: of an organisation (8 digits), of a person (10), or a passport. */
  code: string
  /** Above zero; without it the payer types the sum. */
  amount?: Kopecks | undefined
  purpose: string
}

/** What format 003 says besides. Times are local in Kyiv, `yyyy-mm-ddThh:mm:ss`. */
export type NbuTransfer003 = NbuTransfer & {
  /** Credit transfer, instant transfer, or either; a credit transfer when left out. */
  kind?: NbuKind | undefined
  /** ISO 20022 category and purpose, `SUPP/REGU`. */
  category: string
  /** Number of the bill, ASCII. */
  reference?: string | undefined
  display?: string | undefined
  /** What the payer may change; left out, his bank decides. */
  editable?: readonly NbuEditable[] | undefined
  validUntil?: string | undefined
  createdAt?: string | undefined
}

export type NbuContent = ({ format: '002' } & NbuTransfer) | ({ format: '003' } & NbuTransfer003)

export type NbuKind = 'UCT' | 'ICT' | 'XCT'

/** Fields a payer can be let to change: the bit of each in the locking mask is its line number. */
export const EDITABLE_LINES = {
  recipient: 6,
  iban: 7,
  amount: 8,
  code: 9,
  category: 10,
  purpose: 12,
  display: 13,
} as const
export type NbuEditable = keyof typeof EDITABLE_LINES

/** How the symbol is to be drawn: QR version (17 + 4 × version modules a side) and error correction. */
export type NbuSymbol = {
  version: number
  level: 'low' | 'medium' | 'quartile'
  /** Whether the ₴ sign stands in the middle. */
  sign: boolean
}

/** A code ready to print: its text, its symbol, and the transfer exactly as a bank will read it. */
export type NbuQr<T = NbuTransfer> = { text: string; symbol: NbuSymbol; transfer: T }

export type NbuQrOptions = {
  encoding?: 'windows-1251' | 'utf-8' | undefined
  /** The Rules recommend LF; some banks are said to want CR LF. */
  lineEnding?: 'lf' | 'crlf' | undefined
  /** The Rules of 2025 ask for the ₴ sign; without it format 002 holds 500 bytes instead of 412. */
  sign?: boolean | undefined
}

/** Longest texts in characters. A recipient in 002: the text of the Rules (п. 9), their table allows 70. */
const LIMITS = {
  '002': { recipient: 38, purpose: 140 },
  '003': { recipient: 140, purpose: 420, display: 140 },
} as const

/** `https://bank.gov.ua/qr/` is read in 003 too. */
export const PREFIXES = { '002': 'https://bank.gov.ua/qr/', '003': 'https://qr.bank.gov.ua/' }

const REFERENCE_BYTES_MAX = 35
const AMOUNT_MAX = 99_999_999_999n

type SymbolRule = { level: NbuSymbol['level']; textMax: number; sign: boolean }
/** Tried in turn; level L may not carry the sign. Encoded part in 003 is at most 475 bytes. */
const SYMBOLS: Record<NbuContent['format'], { versionMin: number; rules: SymbolRule[] }> = {
  '002': {
    versionMin: 1,
    rules: [
      { level: 'medium', textMax: 412, sign: true },
      { level: 'low', textMax: 500, sign: false },
    ],
  },
  '003': {
    versionMin: 10,
    rules: [
      { level: 'quartile', textMax: 364, sign: true },
      { level: 'medium', textMax: 498, sign: true },
    ],
  },
}

/** Bytes a symbol holds, by version from 1. Source: ISO/IEC 18004, byte mode. */
const CAPACITY: Record<NbuSymbol['level'], readonly number[]> = {
  low: [17, 32, 53, 78, 106, 134, 154, 192, 230, 271, 321, 367, 425, 458, 520, 586, 644],
  medium: [14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504],
  quartile: [11, 20, 32, 46, 60, 74, 86, 108, 130, 151, 177, 203, 241, 258, 292, 322, 364],
}

/**
 * The code of a transfer in format 002 or 003, Windows-1251 and LF unless told otherwise.
 *
 * Characters a code may not hold are replaced or left out first; `transfer` is what remained, and a
 * bill must print that: its words and the code's have to be identical (№ 68, п. 15).
 * Refuses: `recipient-missing`, `recipient-too-long`, `iban-form`, `iban-checksum`, `code-form`,
 * `code-checksum`, `amount-out-of-range`, `purpose-missing`, `purpose-too-long`, `category-form`,
 * `reference-form`, `display-too-long`, `time-form`, `qr-too-long`.
 */
export function encodeNbuQr<T extends NbuContent>(content: T, options: NbuQrOptions = {}) {
  const clean = sanitize(content)
  const [fault] = findFaults(clean)
  if (fault) return refuse(fault)

  const lines = clean.format === '002' ? lines002(clean, options) : lines003(clean, options)
  const inner = lines.join(options.lineEnding === 'crlf' ? '\r\n' : '\n')
  const bytes = options.encoding === 'utf-8' ? Buffer.from(inner) : encodeWindows1251(inner)
  const text = `${PREFIXES[clean.format]}${Buffer.from(bytes).toString('base64url')}`
  const symbol = chooseSymbol(clean.format, text.length, options.sign ?? true)
  if (!symbol) return refuse('qr-too-long')
  return accept<NbuQr<T>>({ text, symbol, transfer: clean })
}

/** The smallest symbol the format allows for a text of that many bytes, or null when there is none. */
function chooseSymbol(
  format: NbuContent['format'],
  bytes: number,
  sign: boolean,
): NbuSymbol | null {
  const { versionMin, rules } = SYMBOLS[format]
  const rule = rules.find((one) => bytes <= one.textMax && (one.sign || !sign))
  if (!rule) return null
  const fitting = CAPACITY[rule.level].findIndex((capacity) => bytes <= capacity) + 1
  return { version: Math.max(versionMin, fitting), level: rule.level, sign }
}

function lines002(content: NbuTransfer, options: NbuQrOptions): string[] {
  const { recipient, iban, code, purpose } = content
  const head = ['BCD', '002', encodingMark(options), 'UCT', '', recipient, iban]
  // the last, empty string makes the thirteenth line end like the others
  return [...head, formatUah(content.amount), code, '', '', purpose, '', '']
}

function lines003(content: NbuTransfer003, options: NbuQrOptions): string[] {
  const { recipient, iban, code, purpose, kind = 'UCT', category } = content
  const head = ['BCD', '003', encodingMark(options), kind, '', recipient, iban]
  const what = [formatUah(content.amount), code, category, content.reference ?? '', purpose]
  const rights = [content.display ?? '', formatMask(content.editable)]
  const times = [formatTime(content.validUntil), formatTime(content.createdAt)]
  return [...head, ...what, ...rights, ...times, '']
}

function encodingMark(options: NbuQrOptions): string {
  return options.encoding === 'utf-8' ? '1' : '2'
}

/** `UAH576.40`, `UAH3`: no fraction or exactly two digits, the shorter of them. */
function formatUah(amount: Kopecks | undefined): string {
  if (amount === undefined) return ''
  const fraction = amount % 100n
  return `UAH${amount / 100n}${fraction ? `.${fraction.toString().padStart(2, '0')}` : ''}`
}

function formatMask(editable: readonly NbuEditable[] | undefined): string {
  if (!editable) return ''
  const mask = editable.reduce((bits, field) => bits & ~(1 << EDITABLE_LINES[field]), 0xffff)
  return mask.toString(16).toUpperCase().padStart(4, '0')
}

function formatTime(time: string | undefined): string {
  return time?.slice(2).replace(/\D/g, '') ?? ''
}

const TIME = /^20\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3])(:[0-5]\d){2}$/

/** What of a transfer is against the Rules. */
export type NbuFault =
  | 'recipient-missing'
  | 'recipient-too-long'
  | 'iban-form'
  | 'iban-checksum'
  | 'code-form'
  | 'code-checksum'
  | 'amount-out-of-range'
  | 'purpose-missing'
  | 'purpose-too-long'
  | 'category-form'
  | 'reference-form'
  | 'display-too-long'
  | 'time-form'

/** Every fault of a transfer, the first field first: reasons to refuse it on the way out, to warn on the way in. */
export function findFaults(content: NbuContent): NbuFault[] {
  const { recipient, iban, amount, purpose } = content
  const limits = LIMITS[content.format]
  const account = iban.startsWith('UA') ? ibanFault(iban) : 'form'
  const code = codeFault(content.code)
  const faults: (NbuFault | false | null)[] = [
    !recipient && 'recipient-missing',
    recipient.length > limits.recipient && 'recipient-too-long',
    account && `iban-${account}`,
    code && `code-${code}`,
    amount !== undefined && (amount <= 0n || amount > AMOUNT_MAX) && 'amount-out-of-range',
    !purpose && 'purpose-missing',
    purpose.length > limits.purpose && 'purpose-too-long',
    ...(content.format === '003' ? findFaults003(content) : []),
  ]
  return faults.filter((fault) => fault !== false && fault !== null)
}

function findFaults003(content: NbuTransfer003): (NbuFault | false)[] {
  const { category, reference = '', display = '', validUntil, createdAt } = content
  const isReference = reference.length <= REFERENCE_BYTES_MAX && /^[ -~]*$/.test(reference)
  const times = [validUntil, createdAt]
  return [
    !/^[A-Z0-9]{4}\/[A-Z0-9]{4}$/.test(category) && 'category-form',
    !isReference && 'reference-form',
    display.length > LIMITS['003'].display && 'display-too-long',
    times.some((time) => time !== undefined && !TIME.test(time)) && 'time-form',
  ]
}

function codeFault(code: string): 'form' | 'checksum' | null {
  const isPassport = /^(?:[А-ЯҐЄІЇ]{2}\d{6}|\d{9})$/.test(code)
  if (isPassport) return null
  if (!/^(?:\d{8}|\d{10})$/.test(code)) return 'form'
  return isEdrpou(code) || isTaxNumber(code) ? null : 'checksum'
}

function sanitize<T extends NbuContent>(content: T): T {
  const texts = Object.entries(content).map(([key, value]) => [
    key,
    typeof value === 'string' ? allowedText(value) : value,
  ])
  return Object.fromEntries(texts) as T
}

/** Letters people and programs use for those the code page has. */
const LOOK_ALIKES: Record<string, string> = { ʼ: '’', '−': '-', '‑': '-', '‐': '-' }

/**
 * The text with only what a code may hold: Windows-1251 from 32, without 127, 152 and 160, in both
 * encodings. A line break inside a value would move all fields after it.
 */
function allowedText(text: string): string {
  const spaced = text.normalize('NFC').replace(/\s+/g, ' ').trim()
  return Array.from(spaced, (character) => LOOK_ALIKES[character] ?? character)
    .filter(isAllowed)
    .join('')
    .trim()
}

function isAllowed(character: string): boolean {
  const byte = windows1251Byte(character)
  return byte !== undefined && byte >= 32 && ![127, 152, 160].includes(byte)
}
