import { kopecks, type Kopecks } from '../money.ts'
import { type Period, period, periodOf, type PlainDate, plainDate } from '../period.ts'
import { quantity, type Quantity } from '../quantity.ts'
import { refuse, type Result } from '../result.ts'
import { type Findings } from './findings.ts'
import {
  type DecimalSign,
  parseAccount,
  parseAmount,
  parseDate,
  parseInteger,
  parsePeriod,
  parseQuantity,
  parseText,
} from './formats/fields.ts'
import { type ReadRow } from './formats/table.ts'
import { type Match } from './layout.ts'

export type AccountNumber = { number: string; key: string }

/**
 * The cells of one row by role. A cell that cannot be read refuses the row and gives a placeholder, so
 * that all faults of a row are found at once; refused rows are never used.
 */
export type Cells = {
  line: number
  /** Whether the file has the column. */
  has: (role: string) => boolean
  /** The column's heading in the file. */
  heading: (role: string) => string
  /** `''` when there is nothing. */
  text: (role: string, limit?: number) => string
  /** Refuses `text-missing`. */
  words: (role: string, limit?: number) => string
  account: (role: string) => AccountNumber
  amount: (role: string) => Kopecks
  /** Nothing is 0. */
  amountOrZero: (role: string) => Kopecks
  /** At most 10¹⁰ units either way. */
  quantity: (role: string) => Quantity
  quantityOrNull: (role: string) => Quantity | null
  /** Digits only (9 at most unless told), not negative. */
  integer: (role: string, digits?: number) => number
  integerOrNull: (role: string) => number | null
  day: (role: string) => PlainDate
  dayOrNull: (role: string) => PlainDate | null
  /** A day that is not after today. */
  pastDay: (role: string) => PlainDate
  /** A month that is not after the current one. */
  pastMonth: (role: string) => Period
  monthOrNull: (role: string) => Period | null
  /** Refuses the row for what this cell says; not when it is refused already: it may hold placeholders. */
  refuse: (role: string, code: string) => void
}

const TEXT_CHARACTERS = 200
/** Fits into an integer of the database. */
const INTEGER_DIGITS = 9
/** 10¹⁰ units in 10⁻⁸: fits into a bigint of the database. */
const QUANTITY_MAX = 10n ** 18n
const NO_DAY = plainDate('1900-01-01')
const NO_MONTH = period(190001)

/** Reads rows of a file, one at a time: `readCells(…)(row)` is valid until the next row. */
export function readCells(
  { places }: Match,
  findings: Findings,
  known: { decimal: DecimalSign | null; today: PlainDate },
): (row: ReadRow) => Cells {
  let row: ReadRow = { ok: true, line: 0, cells: [], raw: '', cleaned: [], broken: [] }
  const raw = (role: string) => row.cells[places.get(role)?.index ?? -1] ?? ''
  const isEmpty = (role: string) => raw(role).trim() === ''
  const decimal = known.decimal ?? undefined

  function take<T>(role: string, read: (text: string) => Result<T, string>, placeholder: T): T {
    const index = places.get(role)?.index
    const broken = row.broken.find((cell) => cell.column === index)
    const result = broken ? { ok: false as const, code: broken.code } : read(raw(role))
    if (result.ok) return result.value
    findings.refuse(row.line, role, result.code, raw(role))
    return placeholder
  }
  const amount = (role: string) => take(role, (text) => parseAmount(text, decimal), kopecks(0))
  const number = (role: string) => take(role, parseBounded, quantity(0n))
  const integer = (role: string, digits = INTEGER_DIGITS) =>
    take(role, (text) => parseInteger(text, digits), 0)
  const text = (role: string, limit = TEXT_CHARACTERS) =>
    take(role, (given) => parseText(given, limit), '')
  const day = (role: string, latest?: PlainDate) =>
    take(role, (given) => parseDate(given, latest === undefined ? {} : { latest }), NO_DAY)
  const month = (role: string, latest?: Period) =>
    take(role, (given) => parsePeriod(given, latest), NO_MONTH)

  const cells: Cells = {
    line: 0,
    has: (role) => places.has(role),
    heading: (role) => places.get(role)?.heading ?? '',
    text,
    words: (role, limit = TEXT_CHARACTERS) => take(role, (given) => parseWords(given, limit), ''),
    account: (role) => take(role, (given) => parseAccount(given), { number: '', key: '' }),
    amount,
    amountOrZero: (role) => (isEmpty(role) ? kopecks(0) : amount(role)),
    quantity: number,
    quantityOrNull: (role) => (isEmpty(role) ? null : number(role)),
    integer,
    integerOrNull: (role) => (isEmpty(role) ? null : integer(role)),
    day: (role) => day(role),
    dayOrNull: (role) => (isEmpty(role) ? null : day(role)),
    pastDay: (role) => day(role, known.today),
    pastMonth: (role) => month(role, periodOf(known.today)),
    monthOrNull: (role) => (isEmpty(role) ? null : month(role)),
    refuse(role, code) {
      if (!findings.isRefused(row.line)) findings.refuse(row.line, role, code, raw(role))
    },
  }
  return (next) => {
    row = next
    cells.line = next.line
    return cells
  }
}

function parseBounded(text: string) {
  const parsed = parseQuantity(text)
  const isWide = parsed.ok && (parsed.value > QUANTITY_MAX || parsed.value < -QUANTITY_MAX)
  return isWide ? refuse('quantity-out-of-range') : parsed
}

function parseWords(text: string, limit: number) {
  const words = parseText(text, limit)
  return words.ok && words.value === '' ? refuse('text-missing') : words
}
