import { describe, expect, it } from '@jest/globals'
import { csvLines } from '../../../core/reports/csv.ts'
import { type AnyRow, type Cell, type Column, type Unit } from '../../../core/reports/report.ts'
import { wireRow } from '../../../core/reports/wire-cell.ts'

async function csv(columns: Column[], rows: AnyRow[], totals: AnyRow[] = []): Promise<string> {
  let text = ''
  for await (const line of csvLines({ columns, rows, totals })) text += line
  return text
}

const CELLS: [Unit, Cell, text: string, wire: string | number | null][] = [
  ['kopecks', 126_470n, '1264.70', '126470'],
  ['kopecks', -5n, '-0.05', '-5'],
  ['kopecks', 0n, '0.00', '0'],
  ['kopecks', null, '', null],
  ['quantity', 360_000_000n, '3.6', '3.6'],
  ['quantity', -4_000_000_000n, '-40', '-40'],
  ['percent', 9853n, '98.53', '98.53'],
  ['percent', 10_000n, '100', '100'],
  ['month', 202610, '2026-10', 202610],
  ['count', 12, '12', 12],
  ['text', '00123', '00123', '00123'],
  ['text', '12,5', '12,5', '12,5'],
  ['text', 'вул. "Лісова"; 1', '"вул. ""Лісова""; 1"', 'вул. "Лісова"; 1'],
  ['text', 'two\nlines', '"two\nlines"', 'two\nlines'],
  ['text', '=HYPERLINK("x")', `"'=HYPERLINK(""x"")"`, '=HYPERLINK("x")'],
  ['text', '+38', "'+38", '+38'],
  ['text', '-12', "'-12", '-12'],
  ['text', '@SUM(1)', "'@SUM(1)", '@SUM(1)'],
  ['text', '\tx', "'\tx", '\tx'],
  ['text', '\rx', `"'\rx"`, '\rx'],
  ['text', '\uFF1Dx', "'\uFF1Dx", '\uFF1Dx'],
]

describe('a cell', () => {
  it.each(CELLS)('of %s %p is written so that a spreadsheet reads it', async (unit, cell, text) => {
    const columns: Column[] = [{ name: 'x', unit }]
    expect(await csv(columns, [{ x: cell }])).toBe(`\uFEFFx\r\n${text}\r\n`)
  })

  it.each(CELLS)('of %s %p goes to programs as it is', (unit, cell, _text, wire) => {
    expect(wireRow([{ name: 'x', unit }], { x: cell })).toEqual({ x: wire })
  })
})

describe('the csv of a report', () => {
  const columns: Column[] = [
    { name: 'name', unit: 'text' },
    { name: 'unit', unit: 'text' },
    { name: 'debt', unit: 'kopecks' },
  ]

  it('has a heading, rows and totals, in the order of the columns', async () => {
    const rows = [
      { debt: 100n, name: 'a', unit: 'x' },
      { debt: 250n, name: 'b', unit: 'y' },
    ]
    const text = await csv(columns, rows, [{ debt: 350n }, { unit: '=z', debt: 1n }])
    expect(text).toBe(
      "\uFEFFname;unit;debt\r\na;x;1.00\r\nb;y;2.50\r\ntotal;;3.50\r\ntotal;'=z;0.01\r\n",
    )
  })

  it('of nothing is a heading', async () => {
    expect(await csv(columns, [])).toBe('\uFEFFname;unit;debt\r\n')
  })

  it('leaves out of a row for programs what it does not have', () => {
    expect(wireRow(columns, { debt: 350n })).toEqual({ debt: '350' })
  })
})
