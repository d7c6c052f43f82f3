import { parseDecimal, type Quantity } from '../../core/quantity.ts'

const GROUPED = /^\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d{1,3})?$/
const PLAIN = /^\d{1,12}(?:[.,]\d{1,3})?$/

/**
 * A meter value as people type it: `123`, `00123`, `12,5`, `12.5`, `1 234` (groups of exactly
 * three). Null for everything else: digits of a sentence are never glued together.
 */
export function parseValue(text: string): Quantity | null {
  const trimmed = text.trim()
  if (PLAIN.test(trimmed)) return parseDecimal(trimmed)
  return GROUPED.test(trimmed) ? parseDecimal(trimmed.replace(/[ \u00a0\u202f]/g, '')) : null
}

/** Hryvnias and kopecks as people type a sum: `200`, `200,20`, `1 366.52`; kopecks, or null. */
export function parseSum(text: string): bigint | null {
  const trimmed = text.trim().replace(/\s*(?:грн|руб|uah|byn|₴)\.?$/i, '')
  const match = /^(\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d{1,9})(?:[.,](\d{2}))?$/.exec(trimmed)
  if (!match) return null
  return BigInt((match[1] ?? '').replace(/\D/g, '')) * 100n + BigInt(match[2] ?? '0')
}
