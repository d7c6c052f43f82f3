import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import { csvLines } from '../../../core/reports/csv.ts'
import { parseDecimal } from '../../../core/quantity.ts'
import { type Column } from '../../../core/reports/report.ts'

/** Cells of a csv text, by a grammar of its own: quoted or bare, `;` between, CRLF after. */
function parse(text: string): string[][] {
  const rows: string[][] = [[]]
  for (const [, quoted, bare = '', end] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^;"\r\n]*))(;|\r\n)/g,
  )) {
    rows.at(-1)?.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'))
    if (end !== ';') rows.push([])
  }
  return rows.slice(0, -1)
}

const special = fc.string({
  unit: fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', ';', '"', "'", 'a', 'є', ' ', '1'),
  maxLength: 8,
})
const columns: Column[] = [
  { name: 'a', unit: 'text' },
  { name: 'b', unit: 'kopecks' },
  { name: 'c', unit: 'text' },
]
const rows = fc.array(
  fc.record({ a: special, b: fc.bigInt(-(10n ** 16n), 10n ** 16n), c: special }),
)

it('any rows come back as they were, and no text begins a formula', async () => {
  await fc.assert(
    fc.asyncProperty(rows, async (given) => {
      let text = ''
      for await (const line of csvLines({ columns, rows: given, totals: [] })) text += line
      const [, ...read] = parse(text.slice(1))
      expect(read).toHaveLength(given.length)
      for (const [index, [a = '', b = '', c = '']] of read.entries()) {
        const row = given[index]
        for (const [cell, was] of [
          [a, row?.a],
          [c, row?.c],
        ]) {
          expect(cell).not.toMatch(/^[=+\-@\t\r\n]/)
          expect([was, `'${was}`]).toContain(cell)
        }
        expect(parseDecimal(b)).toBe((row?.b ?? 0n) * 1_000_000n)
      }
    }),
  )
})
