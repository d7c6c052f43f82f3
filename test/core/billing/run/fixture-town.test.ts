import { readFile } from 'node:fs/promises'
import { describe, expect, it } from '@jest/globals'
import { KINDS } from '../../../../core/ledger/entry-kind.ts'
import { verify } from '../../../../core/ledger/verify.ts'
import { addMonths, type Period, period } from '../../../../core/period.ts'
import {
  addRule,
  chargeAndIssue,
  importContent,
  importDemoFile,
  readDemoFile,
} from '../../../support/calculated-town.ts'
import { evaluate } from '../../../support/evaluate.ts'
import { readDbf } from '../../../support/read-dbf.ts'
import { testTown } from '../../../support/town.ts'

// The town of the demo charged by us from its readings, norms, areas, residents and tariffs alone,
// month by month as the facts came in, against what its own accounting programs charged.

const FIRST = period(202411)
const LAST = period(202610)
const WATER = '55101018'
const HOUSING = '55303034'

const town = await testTown({ now: '2024-11-01T09:00:00Z' })
const charges = readDbf(await readFile('scripts/demo/isengard/charges.dbf'))
const lines = await chargeTwoYears()

describe('the fixture town', () => {
  it('is charged to the kopeck as its own programs did it: meter, norm, area, residents', () => {
    const compared = charges.filter(
      (row) => 'ЛНПК'.includes(row['METOD'] ?? '?') && row['METOD'] !== '',
    )
    expect(compared).toHaveLength(11_072)
    const wrong = compared.filter((row) => {
      const mine = lines.get(nameOf(row))
      return (
        mine?.accrued !== hundredths(row['NARAH']) || mine.subscription !== hundredths(row['ABON'])
      )
    })
    expect(wrong.map((row) => nameOf(row))).toEqual([])
  })

  it('takes an estimate back whole when the reading comes, as its programs do', () => {
    const byName = new Map(charges.map((row) => [nameOf(row), row]))
    const estimated = charges.filter((row) => row['METOD'] === 'С')
    expect(estimated).toHaveLength(280)
    // How large an estimate is, each program decides by an average of its own; that it goes is the rule.
    const followed = estimated.filter(
      (row) =>
        byName.get(nameOf(row, 1))?.['METOD'] === 'Л' &&
        byName.get(nameOf(row, -1))?.['METOD'] === 'Л',
    )
    expect(followed.length).toBeGreaterThan(200)
    const kept = followed.filter(
      (row) => lines.get(nameOf(row, 1))?.recalculated !== -(lines.get(nameOf(row))?.accrued ?? 0n),
    )
    expect(kept.map((row) => nameOf(row))).toEqual([])
  })

  it('explains every line: its formula evaluates to its amount', async () => {
    const rows = await town.sql.many<{ formula: string; amount: bigint }>`
      select formula, amount from run_line`
    expect(rows.length).toBeGreaterThan(17_000)
    const wrong = rows.filter(({ amount, formula }) => evaluate(formula) !== amount)
    expect(wrong).toEqual([])
  })

  it('verifies, and its statements chain over 24 months', async () => {
    const faults = []
    for await (const fault of verify(town)) faults.push(fault)
    expect(faults).toEqual([])
    const { broken, months } = await town.sql.one<{ broken: number; months: number }>`
      select count(*) filter (where opening <> before)::int4 as broken,
        count(distinct period)::int4 as months
      from (select period, opening,
        lag(closing, 1, 0::int8) over (partition by agreement_id order by period) as before
        from statement) s`
    expect({ broken, months }).toEqual({ broken: 0, months: 24 })
  })
})

type Sums = { accrued: bigint; subscription: bigint; recalculated: bigint }

/** The services of a month whose readings are known then; what was read later comes later. */
async function chargeTwoYears(): Promise<Map<string, Sums>> {
  await importDemoFile(town, 'providers', 'providers.csv')
  await importDemoFile(town, 'services', 'services.csv')
  await importDemoFile(town, 'tariffs', 'tariffs.csv')
  await importDemoFile(town, 'accounts', 'accounts.csv')
  town.clock.set('2026-11-05T09:00:00Z')
  await importDemoFile(town, 'meters', 'meters.dbf')
  await town.sql
    .run`update provider set charged_from = ${FIRST} where code in (${WATER}, ${HOUSING})`
  // What became known later is known from the day it happened: the file has only its end.
  await town.sql.run`update meter set removed_at = removed_on where removed_on is not null`
  await town.sql.run`update verification set recorded_at = '2024-11-01T09:00:00Z'`
  const estimate = { method: 'avg-monthly', baseMonths: 12, step: '1' }
  const meter = { base: 'meter', estimate, lateReading: 'at-once', expired: 'whole-months' }
  town.clock.set('2024-11-01T09:00:00Z')
  await addRule(town, { kind: 'charging', service: '11', value: meter })
  await addRule(town, {
    kind: 'charging',
    service: '12',
    value: { base: 'volume-of', volumeOf: ['11'] },
  })
  await addRule(town, { kind: 'charging', service: '31', value: { base: 'area' } })
  await addRule(town, { kind: 'charging', service: '32', value: { base: 'persons' } })
  await addRule(town, { kind: 'charging', service: '33', value: meter })
  const readings = await readingsByMonth()
  for (let month = FIRST; month <= LAST; month = addMonths(month, 1)) {
    const next = addMonths(month, 1)
    town.clock.set(`${String(next).slice(0, 4)}-${String(next).slice(4)}-05T09:00:00Z`)
    await importContent(town, 'readings', Buffer.from(readings.get(month) ?? ''))
    for (const providerCode of [WATER, HOUSING]) await chargeAndIssue(town, { providerCode, month })
  }
  return readSums()
}

async function readingsByMonth(): Promise<Map<Period, string>> {
  const [heading = '', ...rows] = (await readDemoFile('readings.csv'))
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
  const months = new Map<Period, string>()
  for (const row of rows) {
    const [month = '', year = ''] = (row.split(';')[5] ?? '').split('.')
    if (year === '') continue
    const key = period(Number(year + month))
    months.set(key, `${months.get(key) ?? `${heading}\r\n`}${row}\r\n`)
  }
  return months
}

async function readSums(): Promise<Map<string, Sums>> {
  const rows = await town.sql.many<Sums & { name: string }>`
    select concat_ws('/', p.code, a.number, s.code, r.period) as name,
      coalesce(sum(l.amount) filter (where l.kind = ${KINDS.accrual.code}), 0)::int8 as accrued,
      coalesce(sum(l.amount) filter (where l.kind = ${KINDS.subscription.code}), 0)::int8 as subscription,
      coalesce(sum(l.amount) filter (where l.kind = ${KINDS.recalculation.code}), 0)::int8 as recalculated
    from run_line l
    join run r on r.id = l.run_id and r.state = 'posted'
    join agreement g on g.id = l.agreement_id
    join account a on a.id = g.account_id
    join provider p on p.id = a.provider_id
    join service s on s.id = g.service_id
    group by 1`
  return new Map(rows.map(({ name, ...sums }) => [name, sums]))
}

function nameOf(row: Readonly<Record<string, string>>, later = 0): string {
  const month = addMonths(period(Number(row['PERIOD'])), later)
  return [row['EDRPOU'], row['RAH'], row['POSL'], month].join('/')
}

function hundredths(text = '0'): bigint {
  return BigInt(Math.round(Number(text) * 100))
}
