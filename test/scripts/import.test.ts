import { describe, expect, it } from '@jest/globals'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ImportReport } from '../../core/exchange/report.ts'
import { runImport } from '../../scripts/import.ts'
import { testTown } from '../support/town.ts'

const cwd = fileURLToPath(new URL('../../scripts/demo/isengard', import.meta.url))
const OTHER = '../../../test/fixtures/isengard'
const town = await testTown()

/** What a command line prints and returns. */
async function run(...argv: string[]) {
  let out = ''
  let err = ''
  const io = { cwd, out: (text: string) => (out += text), err: (text: string) => (err += text) }
  const exit = await runImport(town, argv, io)
  return { exit, out, err }
}

const steps = [
  ['providers', 'providers.csv'],
  ['services', 'services.csv'],
  ['tariffs', 'tariffs.csv'],
  ['accounts', `${OTHER}/accounts-cp1251.csv`, '--encoding', 'windows-1251'],
] as const

describe('a new town from the command line', () => {
  it.each(steps)('%s are applied', async (kind, file, ...rest) => {
    const { err, exit, out } = await run('--kind', kind, ...rest, file)
    expect(err).toBe('')
    expect(out).toContain('Записано, пакет ')
    expect(exit).toBe(0)
  })

  it('a dry run with --json prints the report alone', async () => {
    const { exit, out } = await run('--kind', 'payments', '--dry-run', '--json', 'payments.dbf')
    const report = JSON.parse(out) as ImportReport
    expect(report).toMatchObject({ batchId: null, kind: 'payments', rows: 9688, new: 9688 })
    expect(report.sums).toEqual({ SUMA: '361878357', KOMIS: '1019131' })
    expect(exit).toBe(0)
  })

  it('the vodokanal file needs its sender', async () => {
    expect((await run('--kind', 'accounts', `${OTHER}/accounts.dbf`)).exit).toBe(1)
    const given = await run('--provider', '55101018', '--kind', 'accounts', `${OTHER}/accounts.dbf`)
    expect(given).toMatchObject({ exit: 0 })
    expect(given.out).toContain('Нових 0, змінених 0, без змін 126')
  })

  it('the same file again is told so', async () => {
    const { exit, out } = await run('--kind', 'accounts', `${OTHER}/accounts-cp1251.csv`)
    expect(out).toContain('Цей файл уже завантажено (пакет 4), нічого не змінено')
    expect(out).toContain('Сальдо на 01.11.2026: 509\u00a0264,35 грн')
    expect(exit).toBe(0)
  })
})

describe('what cannot be done', () => {
  it.each([
    [[]],
    [['--kind', 'payments']],
    [['--kind', 'nothing', 'payments.dbf']],
    [['--kind', 'payments', '--encoding', 'ebcdic', 'payments.dbf']],
    [['--kind', 'payments', '--surprise', 'payments.dbf']],
    [['--kind', 'payments', 'payments.dbf', 'charges.dbf']],
    [['--kind', 'payments', 'no-such-file.dbf']],
  ])('%j is wrong usage', async (argv) => {
    const { err, exit, out } = await run(...argv)
    expect(exit).toBe(2)
    expect(out).toBe('')
    expect(err).not.toBe('')
  })

  it('bad rows are named by line and column, and nothing is written', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'import-'))
    const file = path.join(folder, 'payments.csv')
    const heading = 'Особовий рахунок;Код послуги;Дата оплати;Сума;Код операції'
    await writeFile(file, `${heading}\n101;11;05.10.2026;1,2,3;A1\n9;11;31.09.2026;1,00;A2\n`)
    const { exit, out } = await run('--provider', '55101018', '--kind', 'payments', file)
    await rm(folder, { recursive: true })
    expect(exit).toBe(1)
    expect(out).toBe(
      [
        'payments.csv: оплати (csv, utf-8)',
        'Рядків 2: прийнято 0, відхилено 2',
        'Нових 0, змінених 0, без змін 0',
        'Сума: 0,00 грн',
        'Помилки:',
        '  рядок 2, «Сума»: це не сума (1,2,3)',
        '  рядок 3, «Дата оплати»: такого дня немає (31.09.2026)',
        'Нічого не записано: виправте рядки з помилками',
        '',
      ].join('\n'),
    )
  })

  it('a file without its columns says which', async () => {
    const { exit, out } = await run('--kind', 'meters', 'providers.csv')
    expect(exit).toBe(1)
    expect(out).toContain('немає потрібних колонок')
    expect(out).toContain('Особовий рахунок')
    expect(out).toContain('Нічого не записано')
  })
})
