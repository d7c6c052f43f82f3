import { divideRounded, type Kopecks, kopecks } from './money.ts'

/** A volume, area or meter value in 10⁻⁸ of its unit (1 m³ = 100_000_000n). */
export type Quantity = bigint & { readonly __unit: 'e-8' }
/** A price per unit in 10⁻⁸ of the town's currency (26.85 UAH = 2_685_000_000n). */
export type Rate = bigint & { readonly __unit: 'currency e-8' }

const SCALE = 100_000_000n
const DECIMALS = 8

/** Marks an integer count of 10⁻⁸ as a quantity. */
export function quantity(e8: bigint): Quantity {
  return e8 as Quantity
}

/** Marks an integer count of 10⁻⁸ of the currency as a rate. */
export function rate(e8: bigint): Rate {
  return e8 as Rate
}

/** A whole number of units: `wholeQuantity(12)` is 12 m³. */
export function wholeQuantity(units: bigint | number): Quantity {
  return (BigInt(units) * SCALE) as Quantity
}

/** quantity × rate in kopecks, rounded once, half away from zero; the sign follows the quantity. */
export function cost(volume: Quantity, price: Rate): Kopecks {
  return kopecks(divideRounded(volume * price * 100n, SCALE * SCALE))
}

/**
 * Reads a plain decimal (`12`, `12.5`, `12,5`, `-0.125`), at most 8 decimals.
 * Returns null for anything else: exponents, grouping, words, more decimals.
 */
export function parseDecimal(text: string): Quantity | null {
  const match = /^([-+]?)(\d{1,15})(?:[.,](\d{1,8}))?$/.exec(text.trim())
  if (!match) return null
  const [, sign, whole = '0', fraction = ''] = match
  const value = BigInt(whole) * SCALE + BigInt(fraction.padEnd(DECIMALS, '0') || '0')
  return quantity(sign === '-' ? -value : value)
}

/** Shortest plain decimal with a dot: 1_250_000_000n → `12.5`. `parseDecimal` reads it back. */
export function formatDecimal(value: bigint): string {
  const sign = value < 0n ? '-' : ''
  const positive = value < 0n ? -value : value
  const fraction = (positive % SCALE).toString().padStart(DECIMALS, '0').replace(/0+$/, '')
  return `${sign}${positive / SCALE}${fraction ? `.${fraction}` : ''}`
}
