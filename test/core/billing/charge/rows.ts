import { expect, it } from '@jest/globals'
import { formatDecimal } from '../../../../core/quantity.ts'
import { evaluate } from '../../../support/evaluate.ts'
import { chargeLines, type Known } from './facts.ts'

/** A month and its lines. Amounts in kopecks with the kind of the line; volumes in units where they are the point. */
export type Row = [
  name: string,
  known: Known,
  month: number,
  lines: [kind: string, amount: number, volume?: string][],
]

/** Every row is a test: the month has these lines, and each formula evaluates to its amount. */
export function holds(rows: Row[]): void {
  it.each(rows)('%s', (_name, known, month, expected) => {
    const lines = chargeLines(known, month)
    const found = lines.map(({ amount, kind, volume }, index) => {
      const told = [kind, Number(amount)]
      return expected[index]?.[2] === undefined ? told : [...told, formatDecimal(volume ?? 0n)]
    })
    expect(found).toEqual(expected)
    for (const { amount, term } of lines) expect(evaluate(term.text)).toBe(amount)
  })
}
