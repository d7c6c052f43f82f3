import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { BACKUP_FORMAT, readBackup } from '../../core/db/backup-format.ts'
import { readTables } from '../../core/db/town-tables.ts'
import { loadProfile } from '../../core/tariffs/load-profile.ts'
import { type TownSettings } from '../../core/town.ts'
import { runBackup } from '../../scripts/backup.ts'
import { runRestore } from '../../scripts/restore.ts'
import { backend, type Backend, backends, silent, type TestDatabase } from '../support/backends.ts'
import { buildSmallTown } from '../support/small-town.ts'
import { testTown, type TestTown } from '../support/town.ts'
import { listen } from './spoken.ts'

const SETTINGS: TownSettings = {
  name: 'Another',
  country: 'by',
  currency: 'BYN',
  zone: 'Europe/Minsk',
}
const opened: TestDatabase[] = []
const folder = await mkdtemp(path.join(tmpdir(), 'oselia-'))
afterEach(() => Promise.all(opened.splice(0).map((database) => database.discard())))
afterAll(() => rm(folder, { recursive: true }))

async function open(backend: Backend): Promise<TestDatabase> {
  const database = await backend.open()
  opened.push(database)
  return database
}

const town = await testTown()
beforeAll(() => fill(town))

/** A town with a little of everything, and with what text formats stumble over. */
async function fill(source: TestTown): Promise<void> {
  await buildSmallTown(source)
  await loadProfile(source)
  const awkward = 'tab\t newline\n quote" back\\slash \u2028 null \\N ₴ 🏠'
  await source.sql.run`insert into api_key (name, hash, scopes, created_at)
    values (${awkward}, ${new Uint8Array([0, 92, 255])}, ${[awkward, 'NULL', '']}, ${source.now()})`
  await source.sql.run`insert into inbox (channel, update_id, chat, payload, received_at)
    values ('telegram', '1', '1', ${{ text: awkward, none: null, list: [1, 'a'] }}, ${source.now()})`
  await source.sql.unsafe(`SELECT nextval('registration_no'), nextval('charge_id_seq')`)
}

let files = 0
async function backUp(origin = town): Promise<string> {
  const name = `${++files}.backup`
  const io = listen(folder)
  expect([await runBackup(origin, [name], io), io.said()[1]]).toEqual([0, ''])
  return path.join(folder, name)
}

async function restore(database: TestDatabase, file: string) {
  const io = listen()
  const exit = await runRestore(database, SETTINGS, silent, file, io)
  return [exit, ...io.said()] as const
}

/** Every row of every table as text, and where every sequence stands. */
async function contentOf({ sql }: Pick<TestDatabase, 'sql'>) {
  const tables = await readTables(sql)
  const rows: Record<string, unknown[]> = {}
  for (const { name } of tables)
    rows[name] = await sql.unsafe(`SELECT t::text FROM "${name}" t ORDER BY t::text COLLATE "C"`)
  const sequences = await sql.many`
    select sequencename as name, last_value as last from pg_sequences
    where schemaname = current_schema() order by 1`
  return { rows, sequences }
}

const ways = backends.flatMap((source) =>
  backends.map((target) => ({ from: source.name, to: target.name, source, target })),
)

describe.each(ways)('a backup of the $from database in the $to one', ({ source, target }) => {
  it('is the same town, whole and able to go on', async () => {
    const { schema, sql, ...rest } = await open(source)
    const origin = { ...town, schema, sql, database: { schema, sql, ...rest } }
    await fill(origin)
    const database = await open(target)
    const [exit, out, err] = await restore(database, await backUp(origin))
    expect([exit, err]).toEqual([0, ''])
    expect(out).toMatch(/^\d+ rows of \d+ tables of .* are restored\nthe journal is whole\n$/)
    expect(await contentOf(database)).toEqual(await contentOf(origin))
    const { id } = await database.sql.one<{ id: number }>`
      insert into house (street_type, street, number) values ('', '', '') returning id`
    expect(id).toBeGreaterThan(1)
  })
})

describe.each(backends)('the $name database', (target) => {
  it('is backed up as of one moment while it goes on', async () => {
    const { schema, sql, ...rest } = await open(target)
    const origin = { ...town, schema, sql, database: { schema, sql, ...rest } }
    await fill(origin)
    let file: string | null = null
    const written = backUp(origin).then((name) => (file = name))
    for (let number = 0; file === null; number++)
      await sql.run`insert into house (street_type, street, number) values ('', '', ${number})`
    // Reading throws when a table has another number of rows than was counted at first.
    for await (const part of readBackup(await written)) expect(part).toBeDefined()
  })

  it('takes the row of the town from the backup when it was only started', async () => {
    const database = await open(target)
    await database.sql.run`insert into town (name, country, currency, zone, bill_code_secret)
      values ('Started', 'by', 'BYN', 'Europe/Minsk', ${new Uint8Array(32)})`
    expect((await restore(database, await backUp()))[0]).toBe(0)
    expect(await database.sql.one`select name, zone from town`).toEqual({
      name: 'Тестове',
      zone: 'Europe/Kyiv',
    })
  })

  it('takes no backup where it has something', async () => {
    const database = await open(target)
    await database.sql.run`insert into house (street_type, street, number) values ('', '', '')`
    const [exit, out, err] = await restore(database, await backUp())
    expect([exit, out]).toEqual([1, ''])
    expect(err).toMatch(/^town-not-empty: the town has rows in house: .*nothing was changed\n$/)
    expect(await database.sql.many`select 1 from entry`).toEqual([])
  })
})

describe('a backup file', () => {
  it('can be read by its owner alone, and nothing unfinished stays beside it', async () => {
    const file = await backUp()
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await readdir(folder)).filter((name) => name.endsWith('.unfinished'))).toEqual([])
  })

  it('is never written over another one', async () => {
    const file = await backUp()
    const before = await readFile(file)
    const io = listen(folder)
    expect(await runBackup(town, [path.basename(file)], io)).toBe(1)
    expect(io.said()).toEqual(['', `file-exists: ${file} is there already and stays as it is\n`])
    expect(await readFile(file)).toEqual(before)
  })

  it('replaces what a killed backup left', async () => {
    await writeFile(path.join(folder, 'killed.unfinished'), 'half', { mode: 0o644 })
    expect(await runBackup(town, ['killed'], listen(folder))).toBe(0)
    expect((await stat(path.join(folder, 'killed'))).mode & 0o777).toBe(0o600)
  })

  it('is not begun where it cannot be', async () => {
    await expect(runBackup(town, ['none/file'], listen(folder))).rejects.toThrow('ENOENT')
  })

  it('says what it holds before it holds it', async () => {
    const [head = ''] = gunzipSync(await readFile(await backUp()))
      .toString()
      .split('\n')
    const header = JSON.parse(head)
    expect(header).toMatchObject({ format: BACKUP_FORMAT, writtenAt: town.now().toISOString() })
    const order = header.tables.map(({ name }: { name: string }) => name)
    for (const [first, then] of [
      ['provider', 'account'],
      ['house', 'premise'],
      ['account', 'agreement'],
      ['register', 'reading'],
    ])
      expect(order.indexOf(first)).toBeLessThan(order.indexOf(then))
  })

  it.each([[[]], [['a', 'b']], [['--all']]])('is not written by %j', async (argv) => {
    const io = listen(folder)
    expect(await runBackup(town, argv, io)).toBe(2)
    expect(io.said()[1]).toContain('backup -- FILE')
  })
})

describe('a file that is not what was written', () => {
  const [target = backend] = backends
  // One for all: what is refused changes nothing.
  let untouched: TestDatabase
  beforeAll(async () => {
    untouched = await target.open()
  })
  afterAll(() => untouched.discard())

  const edit = (change: (text: string) => string) => (bytes: Buffer) =>
    gzipSync(change(gunzipSync(bytes).toString()))
  const sealed = (text: string) =>
    `${text}${JSON.stringify({ sha256: createHash('sha256').update(text).digest('hex') })}\n`
  const body = (text: string) => text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1)

  it.each([
    ['cut', (bytes: Buffer) => bytes.subarray(0, bytes.length - 20), 'the file is cut'],
    ['of plain text', () => Buffer.from('hello'), 'the file is cut or is no backup'],
    ['empty', () => Buffer.alloc(0), 'the file is cut or is no backup'],
    ['of other gzip', () => gzipSync('{"a":1}\n'), 'a line is not what a backup has there'],
    ['altered', edit((text) => text.replace('Боромира', 'Фарамира')), 'the content was changed'],
    ['short of a row', edit((text) => text.replace(/\n\[.*\n/, '\n')), 'another number of values'],
    ['without its end', edit(body), 'the file ends too early'],
    ['longer', edit((text) => `${text}{}\n`), 'there is more behind the end'],
    ['without a last newline', edit((text) => `${text}{}`), 'the last line has no end'],
    [
      'of other columns',
      edit((text) => sealed(body(text).replace(/\n\[/, '\n["extra", '))),
      'has another number of values',
    ],
  ])('because it is %s is refused', async (_name, damage, reason) => {
    const file = path.join(folder, `damaged ${++files}`)
    await writeFile(file, damage(await readFile(await backUp())))
    const [exit, out, err] = await restore(untouched, file)
    expect([exit, out]).toEqual([1, ''])
    expect(err).toMatch(/^backup-damaged: /)
    expect(err).toContain(reason)
    expect(await untouched.sql.many`select 1 from house`).toEqual([])
  })

  it('because it is of another release is refused', async () => {
    const file = path.join(folder, 'old')
    const text = gunzipSync(await readFile(await backUp())).toString()
    const old = body(text).replace(/"schemaVersion":"[^"]+"/, '"schemaVersion":"20200101000000_a"')
    await writeFile(file, gzipSync(sealed(old)))
    const [exit, , err] = await restore(untouched, file)
    expect(exit).toBe(1)
    expect(err).toMatch(/^backup-of-other-version: .*20200101000000_a.*nothing was changed/)
  })

  it('because the journal was altered before it was written is restored and shown as such', async () => {
    const file = path.join(folder, 'forged')
    const text = gunzipSync(await readFile(await backUp())).toString()
    const forged = body(text).replace('"9651"', '"9652"')
    expect(forged).not.toBe(body(text))
    await writeFile(file, gzipSync(sealed(forged)))
    const [exit, out] = await restore(await open(target), file)
    expect(exit).toBe(1)
    expect(out).toMatch(/entry-altered|statement-wrong/)
  })

  it('is not found where it is not', async () => {
    const missing = restore(untouched, path.join(folder, 'missing'))
    await expect(missing).rejects.toThrow('ENOENT')
  })
})
