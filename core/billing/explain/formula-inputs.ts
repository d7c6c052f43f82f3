import { parseDecimal, type Quantity } from '../../quantity.ts'

/** A number of a formula and where it comes from: `reading` 12, `tariff` 7; `days` and the like have no id. */
export type FormulaInput = { value: Quantity; source: string; id: bigint | null }

/** The numbers of a formula that name their source, in order, each once. */
export function formulaInputs(formula: string): FormulaInput[] {
  const inputs = new Map<string, FormulaInput>()
  for (const [text, number = '', source = '', id] of formula.matchAll(
    /(-?\d+(?:\.\d+)?)\[([a-z-]+)(?::(\d+))?\]/g,
  )) {
    const value = parseDecimal(number)
    if (value !== null)
      inputs.set(text, { value, source, id: id === undefined ? null : BigInt(id) })
  }
  return [...inputs.values()]
}

/** The formula as people write it: without sources. */
export function plainFormula(formula: string): string {
  return formula.replace(/\[[^\]]*\]/g, '')
}
