import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { type BulkRow, bulkInsert } from '../../../core/db/bulk-insert.ts'
import { type Sql } from '../../../core/db/sql.ts'
import { backends, type TestDatabase } from '../../support/backends.ts'

const columns = {
  id: 'int8',
  label: 'text',
  day: 'date',
  at: 'timestamptz',
  extra: 'jsonb',
  bytes: 'bytea',
  tags: 'text[]',
  sure: 'bool',
}

const at = new Date('2026-11-05T10:00:00.123Z')
const plain = [1n, 'a', '2026-10-31', at, { a: 1 }, new Uint8Array([0, 255]), ['x'], true]
const hostile = [
  9007199254740993n,
  'tab\t line\n cr\r back\\slash \\N \\. "quoted" {brace,}',
  '1999-12-31',
  at,
  { 'k"\\\n': ['\t', null, "';--"] },
  new Uint8Array(),
  ['a,b', '{"x\\', '', 'NULL', null],
  false,
]
const empty = [3n, null, null, null, null, null, null, null]

describe.each(backends)('bulk insert on the $name database', ({ open }) => {
  let database: TestDatabase
  let sql: Sql
  beforeAll(async () => {
    database = await open()
    sql = database.sql
    await sql.unsafe(
      `CREATE TABLE item (id int8 PRIMARY KEY, label text, day date, at timestamptz, extra jsonb,
                          bytes bytea, tags text[], sure bool)`,
    )
  })
  beforeEach(() => sql.run`truncate item`)
  afterAll(() => database.discard())

  const stored = () => sql.many`select * from item order by id`
  const asRow = (row: BulkRow) =>
    Object.fromEntries(
      Object.keys(columns).map((name, index) => {
        const value = row[index]
        return [name, value instanceof Uint8Array ? Buffer.from(value) : value]
      }),
    )

  it.each([
    ['in one go', {}],
    ['by statements', { onConflict: { columns: ['id'] } }],
  ])('every kind of value arrives as it was, %s', async (_name, options) => {
    expect(await bulkInsert(sql, 'item', columns, [plain, hostile, empty], options)).toBe(3)
    expect(await stored()).toEqual([plain, empty, hostile].map(asRow))
  })

  it.each([
    ['in one go', {}],
    ['by statements', { onConflict: { columns: ['id'] } }],
  ])('25 000 rows arrive, %s', async (_name, options) => {
    const rows = Array.from({ length: 25_000 }, (_, index) => [index, `рядок ${index}`])
    expect(await bulkInsert(sql, 'item', { id: 'int8', label: 'text' }, rows, options)).toBe(25_000)
    expect(
      await sql.one`select count(*) n, sum(id)::int8 s from item where label = 'рядок ' || id`,
    ).toEqual({
      n: 25_000n,
      s: 312_487_500n,
    })
  })

  it('a row that cannot be stored leaves none of them', async () => {
    const rows = Array.from({ length: 10_001 }, (_, index) => [index % 10_000, 'x'])
    const failing = bulkInsert(sql, 'item', { id: 'int8', label: 'text' }, rows)
    await expect(failing).rejects.toMatchObject({ code: '23505' })
    expect(await stored()).toEqual([])
    expect(await sql.one`select 1 as x`).toEqual({ x: 1 })
  })

  it('a value that is none leaves no row, and the connection usable', async () => {
    const rows: BulkRow[] = Array.from({ length: 5_000 }, (_, index) => [index, 'x'.repeat(50)])
    rows.push([5_000, () => 'a function'])
    const failing = bulkInsert(sql, 'item', { id: 'int8', label: 'text' }, rows)
    await expect(failing).rejects.toThrow('function is no SQL value')
    expect(await stored()).toEqual([])
  })

  it('inside a transaction it shares its fate', async () => {
    const failing = sql.transaction(async (inside) => {
      expect(await bulkInsert(inside, 'item', columns, [plain])).toBe(1)
      expect(await inside.one`select count(*) as n from item`).toEqual({ n: 1n })
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    expect(await stored()).toEqual([])
  })

  it('gives back what the database made of the rows', async () => {
    const rows = await bulkInsert<{ id: bigint; day: string }>(
      sql,
      'item',
      { id: 'int8', day: 'date' },
      [
        [5n, '2026-02-28'],
        [6n, null],
      ],
      { returning: ['id', 'day'] },
    )
    expect(rows).toEqual([
      { id: 5n, day: '2026-02-28' },
      { id: 6n, day: null },
    ])
  })

  it('a known row is left as it is, or updated when asked', async () => {
    const two = { id: 'int8', label: 'text' }
    await bulkInsert(sql, 'item', two, [[1n, 'old']])
    const known = [
      [1n, 'new'],
      [2n, 'first'],
    ]
    const kept = await bulkInsert(sql, 'item', two, known, { onConflict: { columns: ['id'] } })
    expect(kept).toBe(1)
    expect(await sql.one`select label from item where id = 1`).toEqual({ label: 'old' })
    const changed = await bulkInsert(sql, 'item', two, known, {
      onConflict: { columns: ['id'], update: ['label'] },
    })
    expect(changed).toBe(2)
    expect(await sql.one`select label from item where id = 1`).toEqual({ label: 'new' })
  })

  it('no rows are no work', async () => {
    expect(await bulkInsert(sql, 'item', columns, [])).toBe(0)
    expect(await bulkInsert(sql, 'item', columns, [], { returning: ['id'] })).toEqual([])
  })

  it.each([
    ['a table', () => bulkInsert(sql, 'item"; drop table item; --', columns, [plain])],
    ['a column', () => bulkInsert(sql, 'item', { 'id) select 1; --': 'int8' }, [[1]])],
    [
      'a type',
      () =>
        bulkInsert(sql, 'item', { id: 'int8[]); drop table item; --' }, [[1]], {
          returning: ['id'],
        }),
    ],
    ['a row of another length', () => bulkInsert(sql, 'item', { id: 'int8' }, [[1], [2, 3]])],
  ])('%s that is none is refused', async (_name, insert) => {
    await expect(insert()).rejects.toThrow(RangeError)
  })
})
