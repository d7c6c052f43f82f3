import { describe, expect, it } from '@jest/globals'
import { createHash } from 'node:crypto'
import iconv from 'iconv-lite'
import { readTable } from '../../../../core/exchange/formats/read-table.ts'
import { column, fixture, inPieces, readAll, total, totals } from './fixture.ts'

type Column = { name: string; type: string; length: number; decimals?: number }

/** A table as a DOS program would write it; every record begins with its flag. */
function dbf(columns: Column[], records: (string | Buffer)[], header: Record<number, number> = {}) {
  const head = Buffer.alloc(32)
  head.set([0x03, 126, 11, 1])
  head.writeUInt32LE(records.length, 4)
  head.writeUInt16LE(33 + 32 * columns.length, 8)
  head.writeUInt16LE(1 + columns.reduce((sum, { length }) => sum + length, 0), 10)
  for (const [at, byte] of Object.entries(header)) head[Number(at)] = byte
  const descriptors = columns.map(({ name, type, length, decimals = 0 }) => {
    const descriptor = Buffer.alloc(32)
    descriptor.write(name + '\0'.repeat(11 - name.length) + type, 'latin1')
    descriptor.set([length % 256, decimals], 16)
    return descriptor
  })
  const bodies = records.map((body) =>
    typeof body === 'string' ? Buffer.from(body, 'latin1') : body,
  )
  return Buffer.concat([head, ...descriptors, Buffer.from('\r'), ...bodies, Buffer.from('\x1A')])
}

/** The only cell of a one-record table: its text, or the fault of the cell. */
async function cell(type: string, bytes: Buffer | string, version = 0x03) {
  const content = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes
  const record = Buffer.concat([Buffer.from(' '), content])
  const table = await readAll(
    dbf([{ name: 'X', type, length: content.length }], [record], { 0: version, 29: 0xc9 }),
  )
  const row = table.rows[0]
  return row?.broken[0]?.code ?? row?.cells[0]
}

const int32 = (...values: number[]) => {
  const bytes = Buffer.alloc(values.length * 4)
  values.forEach((value, index) => bytes.writeInt32LE(value, index * 4))
  return bytes
}
const int64 = (value: bigint) => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE(value)
  return bytes
}
const double = (value: number) => {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return bytes
}

it('the table of the description is read byte by byte', async () => {
  const bytes = Buffer.from(
    'AxoLAQIAAAChACIAAAAAAAAAAAAAAAAAAAAAAADJAABMUwAAAAAAAAAAAEMAAAAABgAAAAAAAAAAAAAAAAAAAEZJTwAAAAAAAAAA' +
      'QwAAAAAKAAAAAAAAAAAAAAAAAAAAU1VNTUEAAAAAAABOAAAAAAkCAAAAAAAAAAAAAAAAAABEQVRQAAAAAAAAAEQAAAAACAAAAAAA' +
      'AAAAAAAAAAAAAA0gMDAwMTAxr+bg6iCyLiCqLiAgIDM4OS40NjIwMjYxMTAyIDI4NS8xM6Xz5Of8IM4uICAgICAtMTIuMDAyMDI2' +
      'MTEwMxo=',
    'base64',
  )
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(
    '4403102629e00ed33babf4d0f1bed326307e32484344cb6cc462df5a94792ba8',
  )
  const table = await readAll(bytes)
  expect(table).toMatchObject({
    type: 'dbf',
    encoding: 'windows-1251',
    delimiter: null,
    decimal: '.',
    columns: ['LS', 'FIO', 'SUMMA', 'DATP'],
  })
  expect(table.rows.map(({ line, cells }) => [line, ...cells])).toEqual([
    [2, '000101', 'Їжак І. Є.', '389.46', '2026-11-02'],
    [3, '285/13', 'Ґудзь О.', '-12.00', '2026-11-03'],
  ])
})

describe('a cell', () => {
  it.each([
    ['C', '  a  b ', 'a  b'],
    ['C', 'ab\0\0\0', 'ab'],
    ['C', '     ', ''],
    ['N', '  12.50', '12.50'],
    ['N', '   -.50', '-0.50'],
    ['N', '     5.', '5'],
    ['N', '    +5 ', '5'],
    ['N', '       ', ''],
    ['N', '\0\0\0\0\0\0', ''],
    ['N', '*******', 'overflowed-number'],
    ['N', '1.2E+05', 'not-a-number'],
    ['N', '12 5   ', 'not-a-number'],
    ['F', '99999999999999999.99', '99999999999999999.99'],
    ['D', '20240229', '2024-02-29'],
    ['D', '        ', ''],
    ['D', '20230229', 'not-a-day'],
    ['D', '00000000', 'not-a-day'],
    ['D', '05.10.2026', '2026-10-05'],
    ['L', 'y', 'T'],
    ['L', 'F', 'F'],
    ['L', '?', ''],
    ['I', int32(-2_147_483_648), '-2147483648'],
    ['Y', int64(27_361_000n), '2736.1000'],
    ['Y', int64(-5n), '-0.0005'],
    ['Y', int64(-9_223_372_036_854_775_808n), '-922337203685477.5808'],
    ['B', double(0.1), '0.1'],
    ['B', double(-1.5e-9), '-0.0000000015'],
    ['B', double(1.25e21), '1250000000000000000000'],
    ['B', double(Number.NaN), 'not-a-number'],
    ['T', int32(2_461_319, 36_000_000), '2026-10-05T10:00:00'],
    ['T', int32(2_461_319, 35_999_999), '2026-10-05T10:00:00'],
    ['T', int32(0, 0), ''],
    ['T', '        ', ''],
    ['T', int32(-1, 0), 'not-a-day'],
    ['T', int32(2_461_319, 86_400_000), 'not-a-time'],
    ['M', '          ', ''],
    ['M', '         7', 'memo-missing'],
  ])('of type %s: %j is %s', async (type, bytes, expected) => {
    expect(await cell(type, bytes, type === 'M' ? 0x83 : 0x30)).toBe(expected)
  })

  it('of every Visual FoxPro type is exact', async () => {
    const table = await readAll(fixture('isengard/vodokanal/vfp-types.dbf'))
    expect(table.columns).toEqual([
      'RAH',
      'NPP',
      'SALDO',
      'OBSYAG',
      'KOLY',
      'AKTYV',
      'DATA',
      'KOEF',
    ])
    expect(table.rows.slice(0, 3).map(({ cells }) => cells)).toEqual([
      ['73', '1', '1264.7000', '0', '', 'T', '', '1.0835'],
      ['74', '2', '-0.0100', '1.25', '2026-10-25T23:59:01', 'F', '2024-02-29', '2.0835'],
      ['75', '3', '0.0000', '2.5', '2026-10-25T23:59:02', '', '', '3.0835'],
    ])
  })
})

describe('memos', () => {
  it('of dBASE IV are read out of the file beside', async () => {
    const memo = fixture('isengard/payments-memo.dbt')
    const table = await readAll(fixture('isengard/payments-memo.dbf'), { memo })
    const texts = column(table, 'PRYZN')
    const expected = totals['isengard/payments-memo.dbf'] as unknown as Record<string, number>
    expect(table.rows.flatMap(({ broken }) => broken)).toEqual([])
    expect(texts.filter((text) => text === '')).toHaveLength(expected['empty_memo'] ?? -1)
    expect(Math.max(...texts.map((text) => text.length))).toBe(expected['longest_memo'])
    expect(texts.join('')).toHaveLength(expected['memo_chars'] ?? -1)
    expect(texts[0]).toBe(
      'за послугу Водопостачання без ПДВ, о/р 108, Гемджій Тетяна Денеторівна, за 09.2026',
    )
  })

  it('are missing cells without that file, the row stays', async () => {
    const table = await readAll(fixture('isengard/payments-memo.dbf'))
    expect(total(table, 'SUMA')).toBe(5315361n)
    expect(table.rows.flatMap(({ broken }) => broken)).toHaveLength(178)
  })

  const column8 = [{ name: 'M', type: 'M', length: 10 }]

  it('of dBASE III end with 1A', async () => {
    const memo = Buffer.concat([Buffer.alloc(512), Buffer.from('paid\x1Arest')])
    const table = await readAll(dbf(column8, ['          1', '          2'], { 0: 0x83 }), { memo })
    expect(table.rows.map(({ cells, broken }) => broken[0]?.code ?? cells[0])).toEqual([
      'paid',
      'memo-missing',
    ])
  })

  it('of FoxPro have a length, which may lie', async () => {
    const memo = Buffer.alloc(256)
    memo.writeUInt16BE(64, 6)
    memo.writeUInt32BE(1, 64)
    memo.writeUInt32BE(4, 68)
    memo.write('paid', 72)
    memo.writeUInt32BE(4_000_000_000, 132)
    const records = [1, 2, 3, 9].map((block) => Buffer.concat([Buffer.from(' '), int32(block)]))
    const table = await readAll(dbf([{ name: 'M', type: 'M', length: 4 }], records, { 0: 0x30 }), {
      memo,
    })
    expect(table.rows.map(({ cells, broken }) => broken[0]?.code ?? cells[0])).toEqual([
      'paid',
      'memo-missing',
      '',
      'memo-missing',
    ])
  })
})

describe('the encoding', () => {
  const NAMES = ['Їжакевич Ганна', 'Ґудзь Остап', 'Євген Щербак', 'Іван Кожемяка', 'Віра Лісова']
  const names = (encoding: string) =>
    NAMES.map((name) => {
      const text = iconv.encode(name, encoding)
      return Buffer.concat([Buffer.from(' '), text, Buffer.alloc(30 - text.length, ' ')])
    })
  const fio = [{ name: 'fio', type: 'C', length: 30 }]

  it.each([
    ['cp1125', 'cp1125', 0x65],
    ['cp1125', 'cp1125', 0x26],
    ['windows-1251', 'windows-1251', 0x65],
    ['windows-1251', 'windows-1251', 0x00],
    ['koi8-u', 'koi8-u', 0x00],
    ['utf-8', 'utf-8', 0xc9],
  ])('%s is read as %s under the language byte %i', async (written, read, language) => {
    const table = await readAll(dbf(fio, names(written), { 29: language }))
    expect(table.encoding).toBe(read)
    expect(column(table, 'FIO')).toEqual(NAMES)
  })

  it('chosen by the operator wins', async () => {
    const table = await readAll(dbf(fio, names('cp1125'), { 29: 0x65 }), { encoding: 'cp866' })
    expect(column(table, 'FIO')[3]).toBe('Ўван Кожемяка')
  })
})

describe('records', () => {
  const columns = [
    { name: 'A', type: 'C', length: 3 },
    { name: 'N', type: 'N', length: 4 },
  ]

  it('marked as deleted are passed over, counted and keep their number', async () => {
    const table = await readAll(
      dbf(
        columns,
        [' 101  1', '*102  2', ' 103  3'].map((row) => `${row} `),
      ),
    )
    expect(table.deleted).toBe(1)
    expect(table.rows.map(({ line, cells }) => [line, ...cells])).toEqual([
      [2, '101', '1'],
      [4, '103', '3'],
    ])
  })

  it('with another flag are errors', async () => {
    const table = await readAll(dbf(columns, [' 101   1', 'x102   2', ' 103   3']))
    expect(table.errors).toEqual([{ ok: false, line: 3, raw: 'x102   2', code: 'bad-record' }])
    expect(table.rows).toHaveLength(2)
  })

  it('beyond the announced ones are an error', async () => {
    const table = await readAll(dbf(columns, [' 101   1', ' 102   2'], { 4: 1 }))
    expect(table.rows).toHaveLength(1)
    expect(table.errors).toEqual([
      { ok: false, line: 3, raw: '', code: 'extra-records', expected: 1 },
    ])
  })

  it('with broken cells keep the others', async () => {
    const table = await readAll(dbf(columns, [' 1\x071****']))
    expect(table.rows).toEqual([
      {
        ok: true,
        line: 2,
        cells: ['11', '****'],
        raw: '1\x071;****',
        cleaned: [0],
        broken: [{ column: 1, code: 'overflowed-number' }],
      },
    ])
  })

  it('longer than 255 in one text have the length of Clipper', async () => {
    const long = [{ name: 'A', type: 'C', length: 300, decimals: 1 }]
    const table = await readAll(dbf(long, [` ${'x'.repeat(300)}`]))
    expect(table.rows[0]?.cells[0]).toHaveLength(300)
  })

  it('of a stream are the same as of a file', async () => {
    const bytes = fixture('isengard/accounts-town.dbf')
    const { rows } = await readAll(bytes)
    expect((await readAll(inPieces(bytes, 100))).rows).toEqual(rows)
  })
})

describe('a header is refused', () => {
  const columns = [{ name: 'A', type: 'C', length: 3 }]
  it.each([
    ['without columns', dbf([], []), 'bad-header'],
    ['that is cut', dbf(columns, [' 101']).subarray(0, 50), 'bad-header'],
    ['without an end mark', dbf(columns, [' 101'], { 8: 64 }), 'bad-header'],
    ['of another record length', dbf(columns, [' 101'], { 10: 5 }), 'record-length-mismatch'],
    [
      'with an unknown type',
      dbf([{ name: 'P', type: 'G', length: 10 }], []),
      'unsupported-column-type',
    ],
    [
      'with a type of a wrong length',
      dbf([{ name: 'P', type: 'I', length: 5 }], []),
      'unsupported-column-type',
    ],
    [
      'with a name twice',
      dbf([...columns, { name: 'a', type: 'C', length: 1 }], []),
      'duplicate-heading',
    ],
    ['that announces more than there is', dbf(columns, [' 101'], { 4: 2 }), 'file-cut'],
  ])('%s', async (_, bytes, code) => {
    expect(await readTable(bytes)).toMatchObject({ ok: false, code })
  })
})
