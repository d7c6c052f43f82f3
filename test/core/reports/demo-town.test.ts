import { beforeAll, describe, expect, it } from '@jest/globals'
import { fileURLToPath } from 'node:url'
import { type Kopecks, sum } from '../../../core/money.ts'
import { period } from '../../../core/period.ts'
import { readClaimLines } from '../../../core/reports/claim-lines.ts'
import { readClaims } from '../../../core/reports/claims.ts'
import { readConsumption } from '../../../core/reports/consumption.ts'
import { readCoverage } from '../../../core/reports/coverage.ts'
import { readDebtAge } from '../../../core/reports/debt-age.ts'
import { GRAINS, type Grain, type Scope } from '../../../core/reports/report.ts'
import { readTurnover } from '../../../core/reports/turnover.ts'
import { loadDemoTown } from '../../../scripts/demo-town.ts'
import { testTown } from '../../support/town.ts'
import { totals } from '../exchange/formats/fixture.ts'
import { scopeOf, taken } from './scope.ts'

const FOLDER = fileURLToPath(new URL('../../../scripts/demo/isengard', import.meta.url))
const OCTOBER = period(202610)
const FIRST = period(202411)
const filed = totals['isengard/charges.dbf'] as unknown as Record<string, number> & {
  sums: Record<string, number>
}

const town = await testTown()
let month: (grain: Grain) => Scope
let wholeTime: Scope

beforeAll(async () => {
  await loadDemoTown(town, FOLDER, () => {})
  town.clock.advance({ hours: 1 })
  const october = await scopeOf(town, { to: OCTOBER })
  month = (grain) => ({ ...october, grain })
  wholeTime = { ...october, from: FIRST }
})

const total = (rows: readonly object[], name: string): Kopecks =>
  sum(rows.map((row) => (row as Record<string, Kopecks>)[name] as Kopecks))

describe('the turnover of the demo town', () => {
  it.each(GRAINS)('by %s comes to what its program charged in two years', async (grain) => {
    const report = await taken(readTurnover(town, { ...wholeTime, grain }))
    const columns = {
      NARAH: 'accrued',
      ABON: 'subscription',
      PENYA: 'penalty',
      KOREK: 'correction',
    }
    const taking = { PILGA: 'benefit', SUBS: 'subsidy', SPLACH: 'paid' }
    for (const [heading, name] of Object.entries({ ...columns, ...taking }))
      expect([heading, total(report.rows, name)]).toEqual([
        heading,
        BigInt(filed.sums[heading] ?? NaN),
      ])
    const net = (side: string) =>
      total(report.rows, `${side}Debt`) - total(report.rows, `${side}Credit`)
    expect(net('opening')).toBe(BigInt(filed['opening_202411'] ?? NaN))
    expect(net('closing')).toBe(50_926_435n)
    expect(report.rows.length).toBeGreaterThan(1)
    for (const [name, amount] of Object.entries(report.totals[0] ?? {}))
      expect([name, amount]).toEqual([name, total(report.rows, name)])
  })

  it('equals the statements', async () => {
    const { rows } = await taken(readTurnover(town, month('service')))
    const statements = await town.sql.many`
      select p.code as provider, s.code, s.name,
        sum(greatest(t.opening, 0))::int8 as "openingDebt",
        sum(greatest(-t.opening, 0))::int8 as "openingCredit",
        sum(t.accrued)::int8 as accrued, sum(t.subscription)::int8 as subscription,
        sum(t.penalty)::int8 as penalty, sum(t.correction)::int8 as correction,
        sum(t.benefit)::int8 as benefit, sum(t.subsidy)::int8 as subsidy, sum(t.paid)::int8 as paid,
        sum(greatest(t.closing, 0))::int8 as "closingDebt",
        sum(greatest(-t.closing, 0))::int8 as "closingCredit"
      from (
        select g.id, coalesce(t.opening, e.closing, 0) as opening, coalesce(t.accrued, 0) as accrued,
          coalesce(t.subscription, 0) as subscription, coalesce(t.penalty, 0) as penalty,
          coalesce(t.correction, 0) as correction, coalesce(t.benefit, 0) as benefit,
          coalesce(t.subsidy, 0) as subsidy, coalesce(t.paid, 0) as paid,
          coalesce(t.closing, e.closing, 0) as closing
        from agreement g
        left join statement t on t.agreement_id = g.id and t.period = ${OCTOBER}
        left join lateral (select closing from statement b where b.agreement_id = g.id
          and b.period < ${OCTOBER} order by b.period desc limit 1) e on true
      ) t
      join agreement g on g.id = t.id join service s on s.id = g.service_id
      join provider p on p.id = s.provider_id
      group by p.code, s.code, s.name order by p.code, s.code`
    expect(rows).toEqual(statements)
  })

  it('before the files came is empty', async () => {
    const asOf = new Date('2026-11-01T00:00:00Z')
    const { rows, totals: none } = await taken(readTurnover(town, { ...wholeTime, asOf }))
    expect(rows).toEqual([])
    expect(none[0]).toMatchObject({ accrued: 0n, closingDebt: 0n })
  })
})

describe('the debt of the demo town by age', () => {
  it.each(GRAINS)('by %s comes to the closing debt and credit', async (grain) => {
    const { rows: ages, totals: owed } = await taken(readDebtAge(town, month(grain)))
    const turnover = await taken(readTurnover(town, month(grain)))
    const owing = (rows: readonly object[], debt: string, credit: string) =>
      rows.map((row) => [(row as { name: string }).name, total([row], debt), total([row], credit)])
    expect(owing(ages, 'debt', 'credit')).toEqual(
      owing(turnover.rows, 'closingDebt', 'closingCredit'),
    )
    const parts = ['below1', 'from1to3', 'from3to6', 'from6to12', 'from12to36', 'from36', 'penalty']
    for (const row of ages) expect(sum(parts.map((name) => total([row], name)))).toBe(row.debt)
    expect(owed[0]).toMatchObject({ debtors: 518, overpaid: 21, debt: 53_014_359n, from36: 0n })
  })
})

describe('the readings of the demo town', () => {
  it('cover the dials that are there, the rest is charged by average or norm', async () => {
    const report = await taken(readCoverage(town, month('service')))
    const water = { code: '11', registers: 150, read: 130, average: 3, norm: 17, other: 0 }
    const power = { code: '33', registers: 48, read: 48, average: 0, norm: 0, other: 0 }
    expect(report.rows).toMatchObject([
      { ...water, share: 8667n },
      { ...power, share: 10_000n },
    ])
    expect(report.totals).toEqual([
      { registers: 198, read: 178, average: 3, norm: 17, other: 0, share: 8990n },
    ])
    const streets = await taken(readCoverage(town, month('street')))
    expect(streets.totals).toEqual(report.totals)
  })
})

describe('the consumption of the demo town', () => {
  it('is what was charged by, service by service', async () => {
    const { rows, totals: volumes } = await taken(readConsumption(town, wholeTime))
    const charged = await town.sql.many<{ unit: string; volume: bigint }>`
      select s.unit, sum(c.volume1_e8 + c.volume2_e8)::int8 as volume
      from charge c join agreement g on g.id = c.agreement_id join service s on s.id = g.service_id
      group by s.unit order by s.unit`
    const byUnit = (a: { unit?: string }, b: { unit?: string }) =>
      String(a.unit) < String(b.unit) ? -1 : 1
    expect(volumes.toSorted(byUnit)).toEqual(charged.toSorted(byUnit))
    const power = rows.filter((row) => row.service === '33' && row.month === OCTOBER)
    expect(power.map(({ method, volume, zone }) => [zone, method, volume])).toEqual([
      [1, 'meter', 314_000_000_000n],
      [2, 'meter', 181_000_000_000n],
    ])
  })
})

describe('the claims of the demo town', () => {
  it('of October are those of the social office, line by line', async () => {
    const { rows, totals: claimed } = await taken(readClaimLines(town, month('service')))
    expect(rows).toHaveLength(27)
    for (const line of rows) expect(line.amount).toBe(line.granted)
    for (const provider of ['55101018', '55202042', '55303034'])
      expect(
        total(
          rows.filter((line) => line.provider === provider),
          'amount',
        ),
      ).toBe(
        BigInt(totals[`isengard/subsidy/2pilga-${provider}-202610.dbf`]?.sums?.['SUMM'] ?? NaN),
      )
    expect(claimed).toEqual([{ kind: 'benefit', amount: 362_282n }])
  })

  it('of two years come to what was charged, gathered or not', async () => {
    const lines = await taken(readClaimLines(town, wholeTime))
    const claims = await taken(readClaims(town, wholeTime))
    const { PILGA = NaN, SUBS = NaN } = filed.sums
    const expected = [
      { kind: 'benefit', amount: BigInt(PILGA) },
      { kind: 'subsidy', amount: BigInt(SUBS) },
    ]
    expect([lines.totals, claims.totals]).toEqual([expected, expected])
    for (const { amount, kind } of expected)
      for (const { rows } of [lines, claims])
        expect(
          total(
            rows.filter((row) => row.kind === kind),
            'amount',
          ),
        ).toBe(amount)
    expect(claims.rows.reduce((count, row) => count + row.accounts, 0)).toBe(lines.rows.length)
    const subsidy = lines.rows.find((line) => line.kind === 'subsidy')
    expect(subsidy).toMatchObject({
      granted: subsidy?.amount,
      category: expect.stringMatching(/./),
    })
  })
})
