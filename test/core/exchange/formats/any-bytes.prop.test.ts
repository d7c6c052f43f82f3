import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { readTable } from '../../../../core/exchange/formats/read-table.ts'
import { fixture, inPieces } from './fixture.ts'

/** Runs of each property; SOAK=100000 for a long night. */
const RUNS = Number(process.env['SOAK'] ?? 300)
const SEED = 20261101
const HEADING = Buffer.from('Рахунок;ПІБ;Сума\n')

/** Reads to the end whatever it is; what does not hold for every input is returned. */
async function read(bytes: Buffer, pieces: number | null): Promise<unknown[]> {
  const memo = bytes.subarray(0, 4096)
  const table = await readTable(pieces ? inPieces(bytes, pieces) : bytes, { memo })
  if (!table.ok) return /^[a-z]+(-[a-z]+)*$/.test(table.code) ? [] : [table]
  const wrong: unknown[] = []
  let line = 0
  for await (const row of table.value.rows) {
    const isWhole = !row.ok || row.cells.length === table.value.columns.length
    if (row.line <= line || row.raw.includes('\0') || !isWhole) wrong.push(row)
    line = row.line
  }
  return wrong
}

const buffer = (constraints: fc.IntArrayConstraints) =>
  fc.uint8Array(constraints).map((bytes) => Buffer.from(bytes))

/** Bytes in which the things a reader looks for are frequent. */
const spicy = fc
  .array(
    fc.constantFrom(
      '"',
      '""',
      ';',
      ',',
      '\n',
      '\r\n',
      '\r',
      '\t',
      '|',
      '\0',
      '\x1A',
      'a',
      '5',
      'і',
    ),
    { maxLength: 400 },
  )
  .map((parts) => Buffer.from(parts.join(''), 'utf8'))

const damaged = (name: string) => {
  const good = fixture(name)
  const cuts = fc.integer({ min: 0, max: good.length })
  const change = fc.tuple(fc.integer({ min: 0, max: 700 }), fc.integer({ min: 0, max: 255 }))
  return fc.tuple(cuts, fc.array(change, { maxLength: 8 })).map(([cut, changes]) => {
    const bytes = Buffer.from(good.subarray(0, cut))
    for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte
    return bytes
  })
}

describe('the reader ends without a crash', () => {
  it.each<[string, fc.Arbitrary<Buffer>]>([
    ['random bytes', buffer({ maxLength: 2000 })],
    ['delimiters, quotes and line ends in any order', spicy],
    ['such texts under a heading', spicy.map((body) => Buffer.concat([HEADING, body]))],
    [
      'random bytes after the first one of a dbf',
      buffer({ maxLength: 2000 }).map((body) => Buffer.concat([Buffer.from([0x30]), body])),
    ],
    ['damaged tables', damaged('isengard/vodokanal/vfp-types.dbf')],
    ['damaged tables with memos', damaged('isengard/payments-memo.dbf')],
    ['damaged texts', damaged('bad/13-formula-injection.csv')],
  ])('on %s', (_, bytes) => {
    const pieces = fc.option(fc.integer({ min: 1, max: 999 }))
    return fc.assert(
      fc.asyncProperty(bytes, pieces, async (input, size) => {
        expect(await read(input, size)).toEqual([])
      }),
      { numRuns: RUNS, seed: SEED },
    )
  })
})

it('every cell survives being quoted', () => {
  const cell = fc.string({ unit: fc.constantFrom(...'aї5"; ,\t=\n'.split('')), maxLength: 8 })
  const row = fc.tuple(cell, cell, cell).filter((cells) => cells.some((text) => text.trim() !== ''))
  // a cell with as many delimiters as a row, and a line break, is what a lost quote looks like
  const plain = row.filter((cells) =>
    cells.every((text) => !(text.includes('\n') && text.includes(';'))),
  )
  return fc.assert(
    fc.asyncProperty(fc.array(plain, { minLength: 1, maxLength: 5 }), async (rows) => {
      const lines = rows.map((cells) =>
        cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(';'),
      )
      const table = await readTable(Buffer.from(['a;b;c', ...lines].join('\r\n')), {
        delimiter: ';',
      })
      if (!table.ok) throw new Error(table.code)
      const read: unknown[] = []
      for await (const line of table.value.rows) read.push(line.ok ? line.cells : line.code)
      expect(read).toEqual(rows)
    }),
    { numRuns: RUNS, seed: SEED },
  )
})
