import { accept, refuse, type Result } from '../../result.ts'
import { kopecks, type Kopecks } from '../../money.ts'
import { makeDate, type Period, period, type PlainDate } from '../../period.ts'
import { parseDecimal, type Quantity } from '../../quantity.ts'
import { accountKey } from '../../registry/account-number.ts'

/** The decimal sign a profile fixes; without it only spellings with one meaning are read. */
export type DecimalSign = '.' | ','

/** Digits before the decimal sign: far above any town, far below what the database can hold. */
const AMOUNT_DIGITS = 13
const INTEGER_DIGITS = 15

/**
 * An amount of money in kopecks, with the sign written in front of it.
 *
 * Thousands may be parted by spaces, dots or commas in groups of three; zeros after the kopecks are
 * allowed. Nothing is rounded and nothing is guessed: `1 366,52`, `1.366,52`, `1366.5200` → 136652.
 * Refuses: `amount-missing`; `amount-unreadable` (words, exponents, brackets, a sign at the end,
 * groups not of three); `amount-ambiguous` (`1,366`: thousands or decimals); `amount-below-kopeck`
 * (a part of a kopeck); `amount-out-of-range` (10¹³ hryvnias or more).
 */
export function parseAmount(text: string, decimal?: DecimalSign) {
  const plain = text.replace(/[\u00A0\u2007\u2009\u202F]/g, ' ').trim()
  if (plain === '') return refuse('amount-missing')
  const match = /^([-+\u2212]?)(\d[\d ,.]*|[,.]\d+)$/.exec(plain)
  if (!match) return refuse('amount-unreadable')
  const [, sign = '', body = ''] = match

  const parts = splitNumber(body, decimal)
  if (parts === null) return refuse('amount-unreadable')
  if (parts === 'ambiguous') return refuse('amount-ambiguous')
  const fraction = parts.fraction.replace(/0+$/, '')
  if (fraction.length > 2) return refuse('amount-below-kopeck')
  const whole = parts.whole.replace(/^0+/, '')
  if (whole.length > AMOUNT_DIGITS) return refuse('amount-out-of-range')
  const value = BigInt(whole + fraction.padEnd(2, '0'))
  return accept<Kopecks>(kopecks(sign === '' || sign === '+' ? value : -value))
}

type NumberParts = { whole: string; fraction: string }

function splitNumber(body: string, decimal?: DecimalSign): NumberParts | 'ambiguous' | null {
  if (decimal === undefined && /^[1-9]\d{0,2}[.,]\d{3}$/.test(body)) return 'ambiguous'
  const signs = decimal ? [decimal] : ['.', ',']
  for (const sign of signs) {
    const at = body.lastIndexOf(sign)
    if (at === -1 || at === body.length - 1) continue
    const whole = ungroup(body.slice(0, at), sign)
    const fraction = body.slice(at + 1)
    if (whole !== null && /^\d+$/.test(fraction)) return { whole, fraction }
  }
  const whole = ungroup(body, decimal ?? null)
  return whole === null ? null : { whole, fraction: '' }
}

// Digits in one run, or in groups of three parted by one sign that is not the decimal one.
function ungroup(text: string, decimal: string | null): string | null {
  if (/^\d*$/.test(text)) return text
  const separator = [' ', '.', ','].find((sign) => text.includes(sign)) ?? ''
  if (separator === decimal) return null
  const [first = '', ...groups] = text.split(separator)
  const isGrouped = /^\d{1,3}$/.test(first) && groups.every((group) => /^\d{3}$/.test(group))
  return isGrouped ? first + groups.join('') : null
}

/**
 * A volume, area or share, at most 8 decimals; the sign is kept. No grouping: `12 345` is no
 * quantity.
 * Refuses: `quantity-missing`, `quantity-unreadable`.
 */
export function parseQuantity(
  text: string,
): Result<Quantity, 'quantity-missing' | 'quantity-unreadable'> {
  if (text.trim() === '') return refuse('quantity-missing')
  const value = parseDecimal(text)
  return value === null ? refuse('quantity-unreadable') : accept(value)
}

/**
 * A count, code or meter value: digits only, so `-0`, `1e3`, `0x1F` and `12 345` are not integers.
 * Refuses: `integer-missing`, `integer-negative`, `integer-fraction`, `integer-unreadable`,
 * `integer-too-long` (more than `digits`, 15 unless told).
 */
export function parseInteger(text: string, digits = INTEGER_DIGITS) {
  const plain = text.trim()
  if (plain === '') return refuse('integer-missing')
  if (/^[-\u2212]\d+$/.test(plain)) return refuse('integer-negative')
  if (/^\d+[.,]\d+$/.test(plain)) return refuse('integer-fraction')
  if (!/^\d+$/.test(plain)) return refuse('integer-unreadable')
  if (plain.length > digits) return refuse('integer-too-long')
  return accept(Number(plain))
}

export type DatePattern = keyof typeof DATE_PATTERNS

/**
 * Spellings of a day. Where a time may follow, it is checked and left out: the day is the one the
 * sender wrote, in the sender's time zone.
 */
const DATE_PATTERNS = {
  'dd.mm.yyyy': /^(?<d>\d{2})\.(?<m>\d{2})\.(?<y>\d{4})(?: (?<time>\S+))?$/,
  'yyyy-mm-dd':
    /^(?<y>\d{4})-(?<m>\d{2})-(?<d>\d{2})(?:[T ](?<time>\S+?)(?:Z|[-+]\d{2}:?\d{2})?)?$/,
  yyyymmdd: /^(?<y>\d{4})(?<m>\d{2})(?<d>\d{2})$/,
  'd.m.yyyy': /^(?<d>\d{1,2})\.(?<m>\d{1,2})\.(?<y>\d{4})$/,
  'd.m.yy': /^(?<d>\d{1,2})\.(?<m>\d{1,2})\.(?<yy>\d{2})$/,
  'dd/mm/yyyy': /^(?<d>\d{2})\/(?<m>\d{2})\/(?<y>\d{4})$/,
  'mm/dd/yyyy': /^(?<m>\d{2})\/(?<d>\d{2})\/(?<y>\d{4})$/,
  ddmmyyyy: /^(?<d>\d{2})(?<m>\d{2})(?<y>\d{4})$/,
} as const

/** Read without a profile: no text fits two of them. */
const PLAIN_PATTERNS: readonly DatePattern[] = ['dd.mm.yyyy', 'yyyy-mm-dd', 'yyyymmdd']

const TIME = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?$/

/**
 * `patterns` are the profile's; `latest` is the last day that can be meant (today), none when
 * absent.
 */
export type DateOptions = { patterns?: readonly DatePattern[]; latest?: PlainDate }

/**
 * A day in one of the patterns; two-digit years are 20yy. The first pattern that fits decides.
 *
 * Refuses: `date-missing`; `date-unreadable` (no pattern fits); `date-not-in-calendar` (31.02,
 * month 13); `date-time-invalid` (24:30); `date-out-of-range` (before 1900 or after 2199);
 * `date-in-future`.
 */
export function parseDate(text: string, { patterns = PLAIN_PATTERNS, latest }: DateOptions = {}) {
  const plain = text.trim()
  if (plain === '') return refuse('date-missing')
  for (const pattern of patterns) {
    const parts = DATE_PATTERNS[pattern].exec(plain)?.groups
    if (!parts) continue
    const year = Number(parts['y'] ?? `20${parts['yy']}`)
    if (year < 1900 || year > 2199) return refuse('date-out-of-range')
    const day = makeDate(year, Number(parts['m']), Number(parts['d']))
    if (!day) return refuse('date-not-in-calendar')
    if (parts['time'] !== undefined && !isTime(parts['time'])) return refuse('date-time-invalid')
    return latest !== undefined && day > latest ? refuse('date-in-future') : accept(day)
  }
  return refuse('date-unreadable')
}

function isTime(text: string): boolean {
  const match = TIME.exec(text)
  return (
    match !== null && Number(match[1]) < 24 && Number(match[2]) < 60 && Number(match[3] ?? 0) < 60
  )
}

/**
 * A month as `mm.yyyy`, `yyyymm` or `yyyy-mm`.
 * Refuses: `period-missing`, `period-unreadable`, `period-not-in-calendar` (month 13, a year
 * outside 1900–2199), `period-in-future` (after `latest`).
 */
export function parsePeriod(text: string, latest?: Period) {
  const plain = text.trim()
  if (plain === '') return refuse('period-missing')
  const match = /^(?<m>\d{2})\.(?<y>\d{4})$/.exec(plain) ?? /^(?<y>\d{4})-?(?<m>\d{2})$/.exec(plain)
  if (!match) return refuse('period-unreadable')
  const year = Number(match.groups?.['y'])
  const month = Number(match.groups?.['m'])
  if (!makeDate(year, month, 1)) return refuse('period-not-in-calendar')
  const value = period(year * 100 + month)
  return latest !== undefined && value > latest ? refuse('period-in-future') : accept(value)
}

/**
 * Account numbers have 3 to 13 characters, ERIP ones at most 30; the rest is room for other towns.
 */
const ACCOUNT_CHARACTERS = 40

/**
 * An account number as written (trimmed) and the key it is found by.
 *
 * Refuses: `account-missing`; `account-too-long` (above 40 characters); `suspicious-account` (a
 * letter among digits that looks like a digit: `1O1`): it is for a person to correct, unless the
 * provider does number accounts so (`lettersAmongDigits`).
 */
export function parseAccount(text: string, options: { lettersAmongDigits?: boolean } = {}) {
  const number = text.normalize('NFC').trim()
  const key = accountKey(number)
  if (key === '') return refuse('account-missing')
  if (number.length > ACCOUNT_CHARACTERS) return refuse('account-too-long')
  if (!options.lettersAmongDigits && /\d[OIL]+\d/.test(key)) return refuse('suspicious-account')
  return accept({ number, key })
}

/**
 * Words: trimmed, runs of spaces and line breaks made one space; `''` when there are none. Text
 * stays text: a leading `=` means nothing here. Invisible characters were taken out (with a
 * warning) by the row reader.
 * Refuses: `text-too-long` (characters above `limit`).
 */
export function parseText(text: string, limit: number): Result<string, 'text-too-long'> {
  const words = text.normalize('NFC').replace(/\s+/g, ' ').trim()
  return words.length > limit ? refuse('text-too-long') : accept(words)
}
