import { readFile } from 'node:fs/promises'
import { afterAll, describe, expect, it } from '@jest/globals'
import { moveDebt } from '../../../core/billing/account-life/move-debt.ts'
import { correctBalance } from '../../../core/billing/correct.ts'
import { issueMonths } from '../../../core/billing/issue-months.ts'
import { type ImportKind } from '../../../core/exchange/kind.ts'
import { replayTown } from '../../../core/exchange/replay/replay-town.ts'
import { undoBatch } from '../../../core/exchange/undo-batch.ts'
import { verify } from '../../../core/ledger/verify.ts'
import { kopecks } from '../../../core/money.ts'
import { addMonths, type Period, period } from '../../../core/period.ts'
import { type Backend, backends } from '../../support/backends.ts'
import {
  addRule,
  chargeAndIssue,
  importContent,
  importDemoFile,
} from '../../support/calculated-town.ts'
import { readDbf } from '../../support/read-dbf.ts'
import { testTown } from '../../support/town.ts'

// Two providers of one town: water is charged here, heat by its own program. Readings come late,
// payments too, a file is undone, sums are corrected and moved: all of it is made again from the facts.

const WATER = '55101018'
const HEAT = '55202042'
const FIRST = period(202606)
const LAST = period(202610)
const FOLDER = 'scripts/demo/isengard'

const REGISTRY: readonly (readonly [ImportKind, string])[] = [
  ['providers', 'providers.csv'],
  ['services', 'services.csv'],
  ['tariffs', 'tariffs.csv'],
  ['accounts', 'accounts.csv'],
  ['meters', 'meters.dbf'],
]

const town = await testTown({ now: '2026-11-04T08:00:00Z' })
const discards: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const discard of discards) await discard()
})
await live()

describe.each(backends)('on the $name database', (target: Backend) => {
  it('the whole journal is made again from inputs alone', async () => {
    const again = await empty(target)
    const replayed = await replayTown(town, again)
    expect(replayed).toMatchObject({ ok: true, value: { differences: [] } })
    if (!replayed.ok) return
    expect(replayed.value.operations).toBeGreaterThan(20)
    expect(replayed.value.entries).toBeGreaterThan(3500)
    const faults = []
    for await (const fault of verify(again)) faults.push(fault)
    expect(faults).toEqual([])
  })

  it('a fact changed behind the back shows as the month that comes out otherwise', async () => {
    const again = await empty(target)
    const { id } = await town.sql.one<{ id: bigint }>`
      select min(id) as id from reading where period = ${LAST} and state = 'accepted'`
    const shift = (by: bigint) => town.sql.run`
      update reading set value_e8 = value_e8 + ${by}::int8 where id = ${id}`
    await shift(100_000_000n)
    try {
      const replayed = await replayTown(town, again)
      expect(replayed).toMatchObject({ ok: true, value: { differences: [{ period: LAST }] } })
    } finally {
      await shift(-100_000_000n)
    }
  })
})

async function empty(target: Backend) {
  const database = await target.open()
  discards.push(database.discard)
  return { ...town, sql: database.sql, schema: database.schema }
}

async function live(): Promise<void> {
  await town.sql.run`insert into town (name, country, currency, zone, bill_code_secret)
    values ('Ізенгард', 'ua', 'UAH', 'Europe/Kyiv', ${Buffer.alloc(32, 7)})`
  for (const [kind, file] of REGISTRY) await importDemoFile(town, kind, file)
  // The files tell the end of the story; here it is lived through from its beginning.
  await town.sql.run`update meter set removed_at = removed_on where removed_on is not null`
  const began = '2026-01-01T08:00:00Z'
  await town.sql.run`update verification set recorded_at = ${began}`
  await town.sql.run`update tariff set recorded_at = ${began}`
  await town.sql.run`update household set recorded_at = ${began}`
  await town.sql.run`update provider set charged_from = ${FIRST} where code = ${WATER}`
  town.clock.set(began)
  const estimate = { method: 'avg-daily', baseMonths: 12, maxMonths: 3, step: '1' }
  const term = { day: 20, monthsAfter: 1, shiftsToWorkingDay: true, startsOn: 'next-working-day' }
  await addRule(town, { kind: 'charging', service: '11', value: { base: 'meter', estimate } })
  const sewage = { base: 'volume-of', volumeOf: ['11'] }
  await addRule(town, { kind: 'charging', service: '12', value: sewage })
  await addRule(town, { kind: 'payment-term', value: term })
  await addRule(town, { kind: 'penalty', value: { perDay: '0.0001', capPercent: '100' } })
  const files = await readFiles()
  town.clock.set('2026-06-05T08:00:00Z')
  await take('readings', files.readings, ({ month }) => month < FIRST)
  await town.sql.run`update reading set recorded_at = ${began}`
  // Every fourth reading and every tenth payment of a month comes a month later.
  for (let month = FIRST; month <= LAST; month = addMonths(month, 1)) await liveMonth(month, files)
}

type File = { heading: string; rows: { month: Period; text: string }[] }
type Files = { readings: File; payments: File; charges: File }

async function liveMonth(month: Period, { charges, payments, readings }: Files): Promise<void> {
  const next = String(addMonths(month, 1))
  town.clock.set(`${next.slice(0, 4)}-${next.slice(4)}-05T08:00:00Z`)
  await take('readings', readings, (row, no) => onTime(row.month, no % 4 === 0) === month)
  const paid = await take(
    'payments',
    payments,
    (row, no) => onTime(row.month, no % 10 === 0) === month,
  )
  await take('charges', charges, (row) => row.month === month)
  town.clock.advance({ minutes: 1 })
  const heat = await issueMonths(town, { providerCode: HEAT, month, author: 'test' })
  if (!heat.ok) throw new Error(heat.code)
  town.clock.advance({ minutes: 1 })
  await chargeAndIssue(town, { providerCode: WATER, month })
  if (month === addMonths(FIRST, 2)) await correctAndMove()
  if (month === addMonths(FIRST, 3)) {
    town.clock.advance({ minutes: 1 })
    const undone = await undoBatch(town, { batchId: paid, author: 'test', reason: 'не той файл' })
    if (!undone.ok) throw new Error(undone.code)
    town.clock.advance({ minutes: 1 })
    await take('payments', payments, (row, no) => onTime(row.month, no % 10 === 0) === month)
  }
}

async function correctAndMove(): Promise<void> {
  const [from, to] = await town.sql.many<{ id: number }>`
    select s.agreement_id as id from statement s
    join agreement g on g.id = s.agreement_id join account a on a.id = g.account_id
    join provider p on p.id = a.provider_id
    where p.code = ${WATER} and s.period = ${addMonths(FIRST, 2)} and s.closing > 0
    order by s.closing desc, s.agreement_id limit 2`
  town.clock.advance({ minutes: 1 })
  const author = 'test'
  const corrected = await correctBalance(town, {
    ...{ agreementId: from?.id ?? 0, amount: kopecks(-1234), aboutPeriod: FIRST, author },
    reason: 'за актом',
  })
  town.clock.advance({ minutes: 1 })
  const moved = await moveDebt(town, {
    ...{ fromId: from?.id ?? 0, toId: to?.id ?? 0, author, reason: 'за заявою' },
  })
  if (!corrected.ok || !moved.ok) throw new Error('neither corrected nor moved')
}

function onTime(month: Period, isLate: boolean): Period {
  return isLate && month < LAST ? addMonths(month, 1) : month
}

async function take(
  kind: ImportKind,
  { heading, rows }: File,
  isNow: (row: File['rows'][number], no: number) => boolean,
): Promise<number> {
  town.clock.advance({ minutes: 1 })
  const text = [heading, ...rows.filter(isNow).map((row) => row.text)].join('\r\n')
  await importContent(town, kind, Buffer.from(text))
  const { id } = await town.sql.one<{ id: number }>`select max(id) as id from import_batch`
  return id
}

async function readFiles(): Promise<Files> {
  const [heading = '', ...lines] = (await readFile(`${FOLDER}/readings.csv`, 'utf8')).split(/\r?\n/)
  const readings = lines.flatMap((text) => {
    const [month = '', year = ''] = (text.split(';')[5] ?? '').split('.')
    return year === '' ? [] : [{ month: period(Number(year + month)), text }]
  })
  const charges = readDbf(await readFile(`${FOLDER}/charges.dbf`))
  const payments = readDbf(await readFile(`${FOLDER}/payments.dbf`))
  return {
    readings: { heading, rows: readings },
    charges: tableOf(
      charges.filter((row) => row['EDRPOU'] === HEAT),
      'PERIOD',
    ),
    payments: tableOf(
      payments.filter((row) => row['EDRPOU'] !== '55303034'),
      'DATOPL',
    ),
  }
}

function tableOf(all: Record<string, string>[], monthColumn: string): File {
  const rows = all.flatMap((row) => {
    const month = period(Number((row[monthColumn] ?? '').slice(0, 6)))
    return month < FIRST || month > LAST ? [] : [{ month, text: Object.values(row).join(';') }]
  })
  return { heading: Object.keys(all[0] ?? {}).join(';'), rows }
}
