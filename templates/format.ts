import { type Kopecks } from '../core/money.ts'
import { type Period, type PlainDate } from '../core/period.ts'
import { formatDecimal } from '../core/quantity.ts'

const NBSP = '\u00a0'
const MINUS = '\u2212'

/** `1 366,52`: groups of three by a no-break space, comma, two decimals, a real minus sign. */
export function formatAmount(amount: Kopecks): string {
  const positive = amount < 0n ? -amount : amount
  const whole = group((positive / 100n).toString())
  return `${amount < 0n ? MINUS : ''}${whole},${(positive % 100n).toString().padStart(2, '0')}`
}

/** `1 366,52 грн`: the amount with the currency's short name, never broken over lines. */
export function formatMoney(amount: Kopecks, currencyName: string): string {
  return `${formatAmount(amount)}${NBSP}${currencyName}`
}

/** A quantity or rate in 10⁻⁸ for people: `12,5`, `1 234`. */
export function formatQuantity(value: bigint): string {
  const [whole = '', fraction] = formatDecimal(value).replace('-', '').split('.')
  return `${value < 0n ? MINUS : ''}${group(whole)}${fraction ? `,${fraction}` : ''}`
}

/** `31.10.2026` */
export function formatDay(day: PlainDate): string {
  return `${day.slice(8)}.${day.slice(5, 7)}.${day.slice(0, 4)}`
}

/** `10.2026` */
export function formatPeriod(month: Period): string {
  return `${String(month % 100).padStart(2, '0')}.${Math.floor(month / 100)}`
}

function group(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, NBSP)
}
