import { parseDecimal, type Quantity } from '../../quantity.ts'

/**
 * A number of a formula and where it comes from: `reading` 12, `tariff` 7, `days` of `2026-10-01..09`.
 * `id` is of the fact behind it, where there is one; `about` is what else the source says.
 */
export type FormulaInput = {
  value: Quantity
  source: string
  id: bigint | null
  about: string | null
}

/** The numbers of a formula that name their source, in order, each once. */
export function formulaInputs(formula: string): FormulaInput[] {
  const inputs = new Map<string, FormulaInput>()
  for (const [text, number = '', source = '', rest] of formula.matchAll(
    /(-?\d+(?:\.\d+)?)\[([a-z-]+)(?::([^\]]+))?\]/g,
  )) {
    const value = parseDecimal(number)
    if (value === null) continue
    const isId = rest !== undefined && /^\d+$/.test(rest)
    inputs.set(text, {
      value,
      source,
      id: isId ? BigInt(rest) : null,
      about: isId ? null : (rest ?? null),
    })
  }
  return [...inputs.values()]
}

/** The formula as people write it: without sources. */
export function plainFormula(formula: string): string {
  return formula.replace(/\[[^\]]*\]/g, '')
}

/** Days of the month that bore penalty, each once however many debts there were. */
export function penaltyDays(formula: string): number {
  const dated = new Set<string>()
  let longest = 0
  for (const [, count, from, until] of formula.matchAll(
    /(\d+)\[days(?::(\d{4}-\d{2}-\d{2})\.\.(\d{2}))?\]/g,
  )) {
    longest = Math.max(longest, Number(count))
    if (from === undefined) continue
    for (let day = Number(from.slice(8)); day <= Number(until); day += 1)
      dated.add(`${from.slice(0, 8)}${day}`)
  }
  return Math.max(longest, dated.size)
}
