import { describe, expect, it } from '@jest/globals'
import { LINE_BYTES_MAX } from '../../../../core/exchange/formats/lines.ts'
import { readTable } from '../../../../core/exchange/formats/read-table.ts'
import { splitRecord } from '../../../../core/exchange/formats/split-record.ts'
import { inPieces, readAll } from './fixture.ts'

async function read(text: string, options = {}) {
  const table = await readAll(Buffer.from(text), options)
  return {
    ...table,
    cells: table.rows.map(({ cells }) => cells),
    lines: table.rows.map(({ line }) => line),
    errors: table.errors.map(({ line, code }) => [line, code]),
  }
}

describe('a record is split', () => {
  it.each([
    ['plain cells', 'a;b;c', ['a', 'b', 'c']],
    ['empty cells', ';;', ['', '', '']],
    ['nothing', '', ['']],
    ['a quoted delimiter', '"a;b";c', ['a;b', 'c']],
    ['doubled quotes', '"say ""yes""";c', ['say "yes"', 'c']],
    ['an empty quoted cell', '"";c', ['', 'c']],
    ['spaces after the closing quote', '"a" ;c', ['a', 'c']],
    ['quotes inside a cell', 'ОСББ "Мрія";c', ['ОСББ "Мрія"', 'c']],
    ['words after the closing quote', '"Мрія" ОСББ;c', ['"Мрія" ОСББ', 'c']],
    ['a delimiter inside such quotes', '"a;b" c;d', ['"a;b" c', 'd']],
    ['a line break', '"a\nb";c', ['a\nb', 'c']],
    ['an open quote', 'a;"b;c', 'open'],
    ['words after a quote of several lines', '"a\nb" c;d', 'broken'],
  ])('%s', (_, text, cells) => {
    expect(splitRecord(text, ';')).toEqual(cells)
  })
})

describe('the delimiter is found', () => {
  it.each([
    ['a;b\n1;2\n', ';'],
    ['a,b\n1,2\n', ','],
    ['a\tb\n1\t2\n', '\t'],
    ['a|b\n1|2\n', '|'],
    ['a;b\n1,5;2,5\n3,5;4,5\n', ';'],
    ['Рахунок;Сума, грн\n97;10,00\n98;11,00\n', ';'],
    ['a,"b;c;d"\n1,"2;3;4"\n', ','],
    ['a\n1\n', ';'],
  ])('%j', async (text, delimiter) => {
    expect((await read(text)).delimiter).toBe(delimiter)
  })
})

describe('lines are numbered as an editor does', () => {
  it.each([
    ['CRLF', 'a;b\r\n1;2\r\n3;4\r\n', [2, 3]],
    ['LF, none at the end', 'a;b\n1;2\n3;4', [2, 3]],
    ['CR of old Macs', 'a;b\r1;2\r3;4\r', [2, 3]],
    ['blank lines', '\n\na;b\n\n1;2\n \n;\n3;4\n\n', [5, 8]],
    ['a cell of three lines', 'a;b\n"1\n\n";2\n3;4\n', [2, 5]],
    ['a heading of two lines', '"a\n(m)";b\n1;2\n', [3]],
    ['an end mark of DOS', 'a;b\r\n1;2\r\n\x1A', [2]],
  ])('%s', async (_, text, lines) => {
    const table = await read(text)
    expect(table.errors).toEqual([])
    expect(table.lines).toEqual(lines)
  })
})

describe('a quote that never closes', () => {
  it.each([
    ['in the middle', 'a;b\n1;"x\n2;y\n3;z\n', [[2, 'unbalanced-quotes']], [3, 4]],
    ['on the last line', 'a;b\n1;x\n2;"y', [[3, 'unbalanced-quotes']], [2]],
    [
      'on every line',
      'a;b\n"1;x\n"2;y\n"3;z\n',
      [
        [2, 'unbalanced-quotes'],
        [3, 'unbalanced-quotes'],
        [4, 'unbalanced-quotes'],
      ],
      [],
    ],
    ['before a good quoted cell', 'a;b\n1;"x\n2;"y"\n3;z\n', [[2, 'unbalanced-quotes']], [3, 4]],
    [
      'closed by a quote of another row',
      'a;b\n1;"x\n2;y;"\n3;z\n',
      [
        [2, 'unbalanced-quotes'],
        [3, 'unbalanced-quotes'],
      ],
      [4],
    ],
  ])('%s', async (_, text, errors, lines) => {
    const table = await read(text)
    expect(table.errors).toEqual(errors)
    expect(table.lines).toEqual(lines)
  })

  it('is not looked for without end', async () => {
    const rest = '1;2\n'.repeat(LINE_BYTES_MAX)
    const table = await read(`a;b\n1;"x\n${rest}3;"\n`)
    expect(table.errors).toEqual([
      [2, 'unbalanced-quotes'],
      [LINE_BYTES_MAX + 3, 'unbalanced-quotes'],
    ])
    expect(table.lines).toHaveLength(LINE_BYTES_MAX)
  })
})

it('a line without end is an error of its own, not of the memory', async () => {
  const long = Buffer.from(`a;b\n1;${'x'.repeat(3_000_000)}\n2;y\n`)
  const table = await readAll(inPieces(long, 10_000))
  expect(table.errors).toEqual([{ ok: false, line: 2, raw: '', code: 'line-too-long' }])
  expect(table.rows).toMatchObject([{ line: 3, cells: ['2', 'y'] }])
})

it('a line in another encoding far inside the file is an error of its own', async () => {
  const good = Buffer.from('1;Боромира\n'.repeat(30_000))
  const stranger = Buffer.from([0x31, 0x3b, 0xc1, 0xee, 0xf0, 0xee, 0xec, 0xe8, 0x0a])
  const table = await readAll(Buffer.concat([Buffer.from('a;b\n'), good, stranger, good]))
  expect(table.errors.map(({ line, code }) => [line, code])).toEqual([[30_002, 'wrong-encoding']])
  expect(table.rows).toHaveLength(60_000)
})

it('a byte order mark is no part of the first heading', async () => {
  for (const encoding of ['utf8', 'utf16le'] as const) {
    const table = await readAll(Buffer.from('\uFEFFРахунок;Сума\n1;2\n', encoding))
    expect(table.columns).toEqual(['Рахунок', 'Сума'])
  }
})

it('titles above the heading are passed over when the profile names its line', async () => {
  const text = 'Реєстр платежів\nза 03.11.2026; банк\nРахунок;Сума;Дата\n1;2;3\n'
  const table = await read(text, { headingLine: 3 })
  expect(table.columns).toEqual(['Рахунок', 'Сума', 'Дата'])
  expect(table.lines).toEqual([4])
})

it('the settings of the operator win', async () => {
  const bytes = Buffer.from('\uFEFFa,b;c\n1,2;3\n')
  const table = await readAll(bytes, { encoding: 'windows-1251', delimiter: ',' })
  expect(table.encoding).toBe('windows-1251')
  expect(table.rows[0]?.cells).toEqual(['1', '2;3'])
})

it.each([
  ['blank lines only', '\n \r\n\n', 'empty-file'],
  ['a heading with an open quote', 'a;"b\n1;2\n', 'bad-heading'],
  ['a heading with a name twice in another case', 'a;Sum;sum\n', 'duplicate-heading'],
])('%s is refused', async (_, text, code) => {
  expect(await readTable(Buffer.from(text))).toMatchObject({ ok: false, code })
})

it('columns without a name may repeat', async () => {
  expect((await read('a;;\n1;2;3\n')).columns).toEqual(['a', '', ''])
})
