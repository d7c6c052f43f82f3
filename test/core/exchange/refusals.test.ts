import { beforeEach, describe, expect, it } from '@jest/globals'
import { type ImportKind } from '../../../core/exchange/kind.ts'
import { testTown } from '../../support/town.ts'
import { fixture } from './formats/fixture.ts'
import {
  countRows,
  csv,
  faults,
  give,
  HOUSING,
  refused,
  registerTown,
  take,
  WATER,
} from './town-files.ts'

const town = await testTown({ now: '2026-11-06T10:00:00Z' })
await registerTown(town)
await take(town, 'readings', fixture('isengard/readings.csv'))
const water = { provider: WATER }

const PAYMENT = 'ЄДРПОУ;Особовий рахунок;Код послуги;Дата оплати;Сума;Код операції'
const CHARGE =
  'Особовий рахунок;Послуга;Період;Сальдо на початок;Нараховано;Сплачено;Сальдо на кінець'
const METER = 'Особовий рахунок;POSL;№ лічильника;ROZR;POKPOCH;ZON'
const ACCOUNT =
  'ЄДРПОУ;Особовий рахунок;ПІБ;Тип вулиці;Вулиця;Будинок;Квартира;Зареєстровано;Послуги;Телефон;Загальна площа'
const TARIFF = 'Код послуги;Зона;Діє з;Діє до;Тариф'
const account = (number: string, name: string, rest = '1;1;11;;10') =>
  `${WATER};${number};${name};вул.;Нова;1;${rest}`

let before: Record<string, number>
beforeEach(async () => {
  before = await countRows(town)
})

describe('a file with a bad row leaves no trace and names the row', () => {
  const cases: [kind: ImportKind, what: string, lines: string[], expected: string[]][] = [
    [
      'payments',
      'an unknown provider',
      [PAYMENT, '99999999;101;11;05.10.2026;1,00;X1'],
      ['2 unknown-provider'],
    ],
    [
      'payments',
      'an unknown account',
      [PAYMENT, `${WATER};0101;11;05.10.2026;1,00;X1`],
      ['2 unknown-account'],
    ],
    [
      'payments',
      'an unknown service',
      [PAYMENT, `${WATER};101;99;05.10.2026;1,00;X1`],
      ['2 unknown-service'],
    ],
    [
      'payments',
      'a service the account does not have',
      [PAYMENT, `${HOUSING};101;33;05.10.2026;1,00;X1`],
      ['2 service-not-agreed'],
    ],
    [
      'payments',
      'a letter among digits',
      [PAYMENT, `${WATER};1O1;11;05.10.2026;1,00;X1`],
      ['2 suspicious-account'],
    ],
    [
      'payments',
      'days that are not',
      [PAYMENT, `${WATER};101;11;31.02.2026;1,00;X1`, `${WATER};101;11;07.11.2026;1,00;X2`],
      ['2 date-not-in-calendar', '3 date-in-future'],
    ],
    [
      'payments',
      'amounts that are not',
      [PAYMENT, `${WATER};101;11;05.10.2026;0,005;X1`, `${WATER};101;11;05.10.2026;0,00;X2`],
      ['2 amount-below-kopeck', '3 amount-zero'],
    ],
    [
      'payments',
      'one id for two payments',
      [PAYMENT, `${WATER};101;11;05.10.2026;1,00;X1`, `${WATER};101;11;05.10.2026;2,00;X1`],
      ['3 payment-conflict'],
    ],
    [
      'payments',
      'a reversal of nothing',
      [PAYMENT, `${WATER};101;11;05.10.2026;-1,00;X1`],
      ['2 reversal-without-payment'],
    ],
    [
      'payments',
      'a quote that does not close, and rows of other width',
      [PAYMENT, `${WATER};"101;11;05.10.2026;1,00;X1`, `${WATER};101;11`],
      ['2 unbalanced-quotes', '3 ragged-row'],
    ],
    [
      'charges',
      'two charges of one month',
      [CHARGE, '101;11;10.2026;0,00;1,00;0,00;1,00', '101;11;10.2026;0,00;2,00;0,00;2,00'],
      ['3 already-charged'],
    ],
    [
      'charges',
      'a month to come',
      [CHARGE, '101;11;12.2026;0,00;1,00;0,00;1,00'],
      ['2 period-in-future'],
    ],
    [
      'accounts',
      'an account twice with other content',
      [ACCOUNT, account('Н-1', 'Іван'), account('H–1', 'Марія')],
      ['3 duplicate-account'],
    ],
    [
      'accounts',
      'a name and a number missing',
      [ACCOUNT, account('', '')],
      ['2 account-missing', '2 text-missing'],
    ],
    ['meters', 'a dial of too few digits', [METER, '101;11;N-1;2;100;0'], ['2 too-many-digits']],
    ['meters', 'an unknown zone', [METER, '101;11;N-1;5;100;3'], ['2 zone-unknown']],
    [
      'tariffs',
      'versions that overlap',
      [TARIFF, '11;;01.01.2030;31.12.2030;1', '11;;01.06.2030;;2'],
      ['3 tariff-overlaps'],
    ],
  ]
  it.each(cases)('%s: %s', async (kind, _, lines, expected) => {
    expect(faults(await refused(town, kind, csv(...lines), water))).toEqual(expected)
    expect(await countRows(town)).toEqual(before)
  })

  it('charges that do not close or do not follow on', async () => {
    const report = await refused(town, 'charges', fixture('bad/17-balance-mismatch.csv'), water)
    expect(report.errors.map(({ column, line, value }) => [line, column, value])).toEqual([
      [3, 'Сальдо на кінець', '481.94'],
      [4, 'Сальдо на початок', '481.93'],
      [7, 'Сальдо на кінець', '-192.16'],
      [10, 'Сальдо на початок', '189.30'],
    ])
    expect(report).toMatchObject({ batchId: null, rows: 12, refused: 4, accepted: 8 })
    expect(await countRows(town)).toEqual(before)
  })

  it('readings no dial can show', async () => {
    const report = await refused(town, 'readings', fixture('bad/08-negative-readings.csv'), water)
    expect(faults(report)).toEqual([
      '2 integer-negative',
      '3 integer-negative',
      '4 integer-fraction',
      '5 integer-unreadable',
      '6 too-many-digits',
      '7 integer-missing',
      '8 integer-unreadable',
      '9 integer-unreadable',
      '10 integer-unreadable',
      '12 reading-below-previous',
      '13 unknown-meter',
    ])
  })

  it('one bad row among many good ones', async () => {
    const good = fixture('isengard/payments.dbf')
    const broken = Buffer.from(good)
    // one digit of an account in the last record
    broken[broken.length - 1 - 81 + 9] = 0x58
    const report = await refused(town, 'payments', broken)
    expect(report).toMatchObject({ rows: 9688, refused: 1, accepted: 9687 })
    expect(await countRows(town)).toEqual(before)
  })
})

describe('a report', () => {
  it('never repeats names and phones', async () => {
    const long = 'Ш'.repeat(300)
    const report = await refused(
      town,
      'accounts',
      csv(ACCOUNT, account('Н-1', long, `1;1;11;${long};10`)),
    )
    expect(report.errors).toEqual([
      { line: 2, column: 'ПІБ', code: 'text-too-long', value: null },
      { line: 2, column: 'Телефон', code: 'text-too-long', value: null },
    ])
  })

  it('counts all bad rows and lists a thousand', async () => {
    const rows = Array.from(
      { length: 1500 },
      (_, index) => `${WATER};101;11;05.10.2026;x;N${index}`,
    )
    const report = await refused(town, 'payments', csv(PAYMENT, ...rows))
    expect(report.refused).toBe(1500)
    expect(report.errors).toHaveLength(1000)
  })

  it('tells a row that repeats an earlier one', async () => {
    const row = `${WATER};101;11;05.10.2026;1,00;X1`
    const report = await take(town, 'payments', csv(PAYMENT, row, row), { dryRun: true })
    expect(report).toMatchObject({ accepted: 2, new: 1, unchanged: 1 })
    expect(report.warnings).toEqual([{ line: 3, column: null, code: 'repeated-row', value: null }])
  })
})

describe('a file is refused as a whole', () => {
  const cases: [what: string, name: string, expected: object][] = [
    ['cut', '01-truncated.dbf', { code: 'file-cut' }],
    ['of shifted records', '02-wrong-record-length.dbf', { code: 'record-length-mismatch' }],
    ['in two encodings', '06-mixed-encodings.csv', { code: 'mixed-encodings' }],
    ['empty', '11-empty.csv', { code: 'empty-file' }],
    ['of another type', '12-html.xls', { code: 'unsupported-type', found: 'html' }],
    ['with a heading twice', '20-duplicate-heading.csv', { code: 'duplicate-heading' }],
    [
      'without needed columns',
      '18-no-account-column.csv',
      {
        code: 'column-missing',
        missing: ['Особовий рахунок', 'Код послуги', 'Дата оплати', 'Код операції'],
        found: ['ПІБ', 'Сума'],
      },
    ],
  ]
  it.each(cases)('%s: %s', async (_, name, expected) => {
    const imported = await give(town, 'payments', fixture(`bad/${name}`), water)
    expect(imported).toMatchObject({ ok: false, ...expected })
    expect(await countRows(town)).toEqual(before)
  })

  it('without a row', async () => {
    expect(await give(town, 'payments', csv(PAYMENT), water)).toEqual({
      ok: false,
      code: 'no-rows',
    })
  })

  it('from an unknown sender', async () => {
    const row = csv(PAYMENT, `${WATER};101;11;05.10.2026;1,00;X1`)
    expect(await give(town, 'payments', row, { provider: '1' })).toMatchObject({
      code: 'unknown-provider',
    })
  })
})

describe('the sender', () => {
  const row = (provider: string) => csv(PAYMENT, `${provider};101;11;05.10.2026;1,00;X1`)

  it('is whose rows are that name no provider', async () => {
    expect(await take(town, 'payments', row(''), { ...water, dryRun: true })).toMatchObject({
      new: 1,
    })
    expect(faults(await refused(town, 'payments', row('')))).toEqual(['2 provider-required'])
  })

  it('may send rows of others, unless only its own are wanted', async () => {
    const foreign = { provider: HOUSING, dryRun: true }
    expect(await take(town, 'payments', row(WATER), foreign)).toMatchObject({ new: 1 })
    const report = await refused(town, 'payments', row(WATER), { ...foreign, ownOnly: true })
    expect(faults(report)).toEqual(['2 foreign-provider'])
  })

  it('of tariffs knows only its own services', async () => {
    const tariffs = csv(TARIFF, '31;;01.01.2031;;2')
    expect(faults(await refused(town, 'tariffs', tariffs, water))).toEqual(['2 unknown-service'])
  })
})

it('a dry run says what would be and writes nothing', async () => {
  const content = fixture('isengard/payments.dbf')
  const report = await take(town, 'payments', content, { dryRun: true })
  expect(report).toMatchObject({ batchId: null, replayed: false, new: 9688, unchanged: 0 })
  expect(await countRows(town)).toEqual(before)
})

it('look-alike spellings of an account are that account, other zeros are another one', async () => {
  const rows = ['0030009м', '0030009M', ' 0030009М '].map(
    (number, index) => `${HOUSING};${number};31;0${index + 1}.10.2026;1,00;L${index}`,
  )
  const report = await take(
    town,
    'payments',
    csv(PAYMENT, ...rows, `${WATER};BK–12–005;11;01.10.2026;1,00;L9`),
    { dryRun: true },
  )
  expect(report).toMatchObject({ accepted: 4, new: 4 })
  const other = csv(PAYMENT, `${HOUSING};030009м;31;01.10.2026;1,00;L0`)
  expect(faults(await refused(town, 'payments', other))).toEqual(['2 unknown-account'])
})

it('a changed row changes the account and keeps what the file does not tell', async () => {
  const heading =
    'ЄДРПОУ;Особовий рахунок;ПІБ;Тип вулиці;Вулиця;Будинок;Квартира;Зареєстровано;Послуги'
  const row = csv(
    heading,
    `${WATER};1O0`.replace('1O0', '100') + ';Нова Людина;вул.;Боромира;4;28;5;11',
  )
  const report = await take(town, 'accounts', row)
  expect(report).toMatchObject({ new: 0, changed: 1 })
  expect(report.warnings).toEqual([
    { line: 2, column: 'Послуги', code: 'service-not-listed', value: '100' },
  ])
  const [known] = await town.sql.many<{
    occupants: number
    phone: string | null
    agreements: number
  }>`
    select h.occupants, a.phone, count(g.id)::int4 as agreements
    from account a join agreement g on g.account_id = a.id join provider p on p.id = a.provider_id
    join household h on h.account_id = a.id and h.retired_at is null
    where p.code = ${WATER} and a.number = '100' group by a.id, h.occupants`
  expect(known).toMatchObject({ occupants: 5, agreements: 2 })
  expect(known?.phone).not.toBeNull()
})

it('a new tariff ends the one that had no end', async () => {
  await take(town, 'tariffs', csv(TARIFF, '12;;01.12.2026;;40'))
  const rows = await town.sql.many<{ from_day: string; to_day: string | null }>`
    select t.from_day, t.to_day from tariff t join service s on s.id = t.service_id
    where s.code = '12' and t.retired_at is null order by t.from_day desc limit 2`
  expect(rows).toEqual([
    { from_day: '2026-12-01', to_day: null },
    { from_day: '2026-01-01', to_day: '2026-12-01' },
  ])
})

describe('facts that are known', () => {
  it('a payment again is known, the same id with another sum is a conflict', async () => {
    const row = `${WATER};102;11;05.10.2026;1,00;K1`
    await take(town, 'payments', csv(PAYMENT, row))
    const next = `${WATER};102;11;06.10.2026;1,00;K2`
    expect(await take(town, 'payments', csv(PAYMENT, row, next))).toMatchObject({
      new: 1,
      unchanged: 1,
    })
    const other = csv(PAYMENT, row.replace('1,00', '2,00'))
    expect(faults(await refused(town, 'payments', other))).toEqual(['2 payment-conflict'])
  })

  it('a stored reversal takes back a stored payment', async () => {
    const row = csv(PAYMENT, `${WATER};102;11;07.10.2026;-1,00;K3`)
    await take(town, 'payments', row)
    const { original } = await town.sql.one<{ original: string }>`
      select p.external_id as original from payment r join payment p on p.id = r.reverses_id
      where r.external_id = 'K3'`
    expect(original).toBe('K2')
  })

  it('a charge follows on the stored months on both sides', async () => {
    const charge = (month: string, opening: string, closing: string) =>
      csv(CHARGE, `102;12;${month}.2026;${opening};10,00;0,00;${closing}`)
    await take(town, 'charges', charge('08', '5,00', '15,00'), water)
    const after = await refused(town, 'charges', charge('09', '16,00', '26,00'), water)
    expect(faults(after)).toEqual(['2 does-not-reconcile'])
    const ahead = await refused(town, 'charges', charge('07', '0,00', '10,00'), water)
    expect(faults(ahead)).toEqual(['2 does-not-reconcile'])
    const again = await refused(town, 'charges', charge('08', '6,00', '16,00'), water)
    expect(faults(again)).toContain('2 already-charged')
  })

  it('in an issued month no charge is taken and a payment goes to the open month', async () => {
    await town.sql.run`
      insert into billing_period (provider_id, period, state, issued_at)
      select id, 202609, 'issued', ${town.now()} from provider where code = ${WATER}`
    const charge = csv(CHARGE, '103;12;09.2026;0,00;10,00;0,00;10,00')
    expect(faults(await refused(town, 'charges', charge, water))).toEqual(['2 month-issued'])
    await take(town, 'payments', csv(PAYMENT, `${WATER};103;11;15.09.2026;7,00;K4`))
    const { effective, month } = await town.sql.one<{ effective: string; month: number }>`
      select e.effective_on as effective, e.period as month from entry e
      join payment p on p.id = e.source_id and e.source_kind = 2 where p.external_id = 'K4'`
    expect([effective, month]).toEqual(['2026-09-15', 202610])
  })
})
