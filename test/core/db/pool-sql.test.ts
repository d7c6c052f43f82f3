import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Sql } from '../../../core/db/sql.ts'
import { backends, type TestDatabase } from '../../support/backends.ts'

const RELEASED = 'the transaction of this sql has ended'

describe.each(backends)('raw SQL on the $name database', ({ open }) => {
  let database: TestDatabase
  let sql: Sql
  beforeAll(async () => {
    database = await open()
    sql = database.sql
    await sql.unsafe(
      `CREATE TABLE item (id int8 PRIMARY KEY, label text);
       CREATE TABLE part (item_id int8 REFERENCES item DEFERRABLE INITIALLY DEFERRED)`,
    )
  })
  afterAll(() => database.discard())

  const count = async () => (await sql.one<{ n: bigint }>`select count(*) as n from item`).n

  describe('values', () => {
    const instant = new Date('2026-10-31T22:30:00.123Z')

    it.each<[string, unknown, (sql: Sql) => Promise<{ v: unknown }>]>([
      [
        'a bigint beyond 2^53',
        9007199254740993n,
        (s) => s.one`select ${9007199254740993n}::int8 v`,
      ],
      ['the least bigint', -(2n ** 63n), (s) => s.one`select ${-(2n ** 63n)}::int8 v`],
      ['an integer', -42, (s) => s.one`select ${-42}::int4 v`],
      ['a small integer', 7, (s) => s.one`select ${7}::int2 v`],
      ['a float', 0.1, (s) => s.one`select ${0.1}::float8 v`],
      ['a numeric', '12345678901234567890.10', (s) => s.one`select 12345678901234567890.10 v`],
      ['true', true, (s) => s.one`select ${true}::bool v`],
      ['false', false, (s) => s.one`select ${false}::bool v`],
      ['null', null, (s) => s.one`select ${null}::int8 v`],
      ['a text', `'";\\ \n\t їжак 🦔`, (s) => s.one`select ${`'";\\ \n\t їжак 🦔`}::text v`],
      ['an empty text', '', (s) => s.one`select ${''}::text v`],
      ['a day', '2026-03-29', (s) => s.one`select ${'2026-03-29'}::date v`],
      ['a day before the epoch', '1900-01-01', (s) => s.one`select ${'1900-01-01'}::date v`],
      ['an instant', instant, (s) => s.one`select ${instant}::timestamptz v`],
      [
        'a uuid',
        'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
        (s) => s.one`select ${'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'}::uuid v`,
      ],
      [
        'an object',
        { a: [1, 'x"\\', null], b: { c: true } },
        (s) => s.one`select ${{ a: [1, 'x"\\', null], b: { c: true } }}::jsonb v`,
      ],
      [
        'bytes',
        Buffer.from([0, 92, 255]),
        (s) => s.one`select ${new Uint8Array([0, 92, 255])}::bytea v`,
      ],
      ['no bytes', Buffer.alloc(0), (s) => s.one`select ${new Uint8Array()}::bytea v`],
      [
        'bigints',
        [1n, null, -(2n ** 60n)],
        (s) => s.one`select ${[1n, null, -(2n ** 60n)]}::int8[] v`,
      ],
      ['no bigints', [], (s) => s.one`select ${[]}::int8[] v`],
      [
        'texts',
        ['a,b', '{"x\\', '', 'NULL', null],
        (s) => s.one`select ${['a,b', '{"x\\', '', 'NULL', null]}::text[] v`,
      ],
      ['days', ['2026-10-31', null], (s) => s.one`select ${['2026-10-31', null]}::date[] v`],
      ['instants', [instant, null], (s) => s.one`select ${[instant, null]}::timestamptz[] v`],
      ['booleans', [true, false, null], (s) => s.one`select ${[true, false, null]}::bool[] v`],
      ['integers', [1, null], (s) => s.one`select ${[1, null]}::int4[] v`],
    ])('%s comes back as it was', async (_name, expected, ask) => {
      expect(await ask(sql)).toEqual({ v: expected })
    })

    it('a slice of a larger buffer is sent alone', async () => {
      const slice = new Uint8Array([1, 2, 3, 4]).subarray(1, 3)
      expect(await sql.one`select ${slice}::bytea v`).toEqual({ v: Buffer.from([2, 3]) })
    })

    it('undefined is refused instead of becoming null', async () => {
      const missing = undefined as unknown as null
      await expect(sql.one`select ${missing}::text v`).rejects.toThrow('undefined is no SQL value')
    })

    it('an answer of many megabytes arrives whole', async () => {
      const rows = await sql.many<{ text: string }>`
        select repeat('ї', 10000) as text from generate_series(1, ${300})`
      expect(rows.map(({ text }) => text.length)).toEqual(Array(300).fill(10000))
    })
  })

  describe('rows', () => {
    it('one, maybe and run count rows', async () => {
      expect(await sql.maybe`select 1 as x where false`).toBeNull()
      expect(await sql.maybe`select 1 as x`).toEqual({ x: 1 })
      await expect(sql.one`select 1 where false`).rejects.toThrow('expected one row, got 0')
      await expect(sql.one`select generate_series(1, 2)`).rejects.toThrow('expected one row, got 2')
      await expect(sql.maybe`select generate_series(1, 2)`).rejects.toThrow(
        'at most one row, got 2',
      )
      expect(await sql.run`update item set label = 'x' where false`).toBe(0)
    })

    it('one place in the code is prepared once', async () => {
      const prepared = await sql.transaction(async (inside) => {
        const ask = (what: string) => inside.one`select ${what}::text as asked_from_here`
        await ask('a')
        await ask('b')
        return inside.one`
          select count(*) as n from pg_prepared_statements
          where statement like ${'%asked_from_here%'}`
      })
      expect(prepared).toEqual({ n: 1n })
    })

    it('a text of several statements gives the rows of the last', async () => {
      expect(await sql.unsafe('select 1 as x; select 2 as x')).toEqual([{ x: 2 }])
    })
  })

  describe('transactions', () => {
    it('commits what the work wrote and returns what it returned', async () => {
      const answer = await sql.transaction(async (inside) => {
        await inside.run`insert into item values (${1n}, ${'kept'})`
        return 'done'
      })
      expect(answer).toBe('done')
      expect(await sql.one`select label from item where id = 1`).toEqual({ label: 'kept' })
    })

    it('keeps nothing of work that throws', async () => {
      const before = await count()
      const failing = sql.transaction(async (inside) => {
        await inside.run`insert into item values (${2n}, ${'lost'})`
        throw new Error('changed my mind')
      })
      await expect(failing).rejects.toThrow('changed my mind')
      expect(await count()).toBe(before)
    })

    it('reports a commit that fails', async () => {
      const failing = sql.transaction((inside) => inside.run`insert into part values (${404n})`)
      await expect(failing).rejects.toMatchObject({ code: '23503' })
      expect(await sql.many`select * from part`).toEqual([])
    })

    it('reports work that hides the error of a statement', async () => {
      const before = await count()
      const hiding = sql.transaction(async (inside) => {
        await inside.run`insert into item values (${3n}, ${'lost'})`
        await inside.run`insert into item values (${3n}, ${'again'})`.catch(() => {})
      })
      await expect(hiding).rejects.toThrow('nothing was saved')
      expect(await count()).toBe(before)
    })

    it('joins the transaction it is opened in', async () => {
      const before = await count()
      const failing = sql.transaction(async (outer) => {
        await outer.transaction((inner) => inner.run`insert into item values (${4n}, ${'lost'})`)
        throw new Error('outer fails')
      })
      await expect(failing).rejects.toThrow('outer fails')
      expect(await count()).toBe(before)
    })

    it('leaves the connection usable after an error', async () => {
      for (let round = 0; round < 20; round++) {
        await expect(
          sql.transaction((inside) => inside.run`select 1 / ${0}::int4`),
        ).rejects.toThrow('division by zero')
        await expect(sql.one`select ${'x'}::int4`).rejects.toMatchObject({ code: '22P02' })
        expect(await sql.one`select ${round}::int4 as round`).toEqual({ round })
      }
    })

    it('refuses a statement after its end', async () => {
      const leaked = await sql.transaction((inside) => Promise.resolve(inside))
      await expect(leaked.one`select 1`).rejects.toThrow(RELEASED)
    })

    it('runs no statement behind the rollback of work that failed beside it', async () => {
      const before = await count()
      const others: Promise<unknown>[] = []
      const failing = sql.transaction(async (inside) => {
        others.push(inside.one`select pg_sleep(0.05)`)
        others.push(inside.run`insert into item values (${5n}, ${'escaped'})`.catch(String))
        await Promise.reject(new Error('fails at once'))
      })
      await expect(failing).rejects.toThrow('fails at once')
      expect((await Promise.all(others))[1]).toBe(`Error: ${RELEASED}`)
      expect(await count()).toBe(before)
    })

    it('statements started together run one after another', async () => {
      const rows = await sql.transaction((inside) =>
        Promise.all([1, 2, 3, 4, 5].map((n) => inside.one<{ n: number }>`select ${n}::int4 as n`)),
      )
      expect(rows.map(({ n }) => n)).toEqual([1, 2, 3, 4, 5])
    })

    it.each([
      ['is repeated when asked', { retry: true }, 4],
      ['is not repeated by itself', {}, 1],
    ])('one that lost to another %s', async (_name, options, attempts) => {
      let count = 0
      const losing = sql.transaction(async (inside) => {
        count += 1
        await inside.unsafe(`do $$ begin raise serialization_failure; end $$`)
      }, options)
      await expect(losing).rejects.toMatchObject({ code: '40001' })
      expect(count).toBe(attempts)
    })

    it('two hundred at once all commit', async () => {
      await sql.run`insert into item values (${100n}, ${'0'})`
      await Promise.all(
        Array.from({ length: 200 }, () =>
          sql.transaction(async (inside) => {
            const row = await inside.one<{ label: string }>`
              select label from item where id = ${100n} for update`
            await inside.run`
              update item set label = ${String(Number(row.label) + 1)} where id = ${100n}`
          }),
        ),
      )
      expect(await sql.one`select label from item where id = ${100n}`).toEqual({ label: '200' })
    })
  })
})
