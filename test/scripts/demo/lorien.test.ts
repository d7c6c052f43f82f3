import { beforeAll, describe, expect, it } from '@jest/globals'
import { discoverHouseholds } from '../../../core/billing/subsidy/discover.ts'
import { verify } from '../../../core/ledger/verify.ts'
import { loadLorien } from '../../../scripts/demo/lorien/load.ts'
import { UTILITY } from '../../../scripts/demo/lorien/town.ts'
import { testTown } from '../../support/town.ts'
import { addProvider, addTown } from '../../support/world.ts'

const options = { country: 'by', currency: 'BYN', zone: 'Europe/Minsk' } as const
const town = await testTown({ ...options, now: '2026-11-21T10:00:00Z' })
const other = await testTown(options)

const OCTOBER = 202610

/** Loads until a line of the log is said, as if killed then. */
async function loadUntil(line: string): Promise<void> {
  const killed = loadLorien(town, (said) => {
    if (said.startsWith(line)) throw new Error('killed')
  })
  await expect(killed).rejects.toThrow('killed')
}

beforeAll(async () => {
  await addTown(town)
  await loadUntil('rules.csv')
  await loadUntil('202608')
  await loadUntil('volumes-2026-10.csv')
  if (!(await loadLorien(town, () => undefined))) throw new Error('nothing was left to do')
})

type Line = { service: string; amount: bigint; full: boolean; method: number }
const linesOf = (account: string, month: number, kind: number) =>
  town.sql.many<Line>`
    select s.code as service, l.amount, l.full_price as full, l.method::int4 as method
    from run_line l
    join run r on r.id = l.run_id and r.period = ${month} and r.state = 'posted'
    join agreement g on g.id = l.agreement_id
    join service s on s.id = g.service_id
    join account a on a.id = g.account_id
    where a.number = ${account} and l.kind = ${kind} and l.about_period is null
    order by s.code, l.line`
const ACCRUAL = 2
const CORRECTION = 5
const BENEFIT = 7
const SUBSIDY = 8
const sum = (lines: readonly Line[]) => lines.reduce((total, line) => total + line.amount, 0n)

describe('the town of Lorien', () => {
  it('is loaded by the way an interrupted load goes on, each fact once', async () => {
    const counts = await town.sql.one`
      select (select count(*)::int4 from account) as accounts,
        (select count(*)::int4 from occupant) as occupants,
        (select count(*)::int4 from absence) as absences,
        (select count(*)::int4 from subsidy_case where state = 'granted') as cases,
        (select count(*)::int4 from provider_role) as roles,
        (select count(*)::int4 from run where state = 'posted') as runs`
    expect(counts).toEqual({
      ...{ accounts: 25, occupants: 12, absences: 1 },
      ...{ cases: 2, roles: 3, runs: 3 },
    })
  })

  it('is complete, and another start changes nothing', async () => {
    expect(await loadLorien(town, () => undefined)).toBe(false)
    expect(await town.sql.many`select period, state from billing_period order by period`).toEqual(
      [202607, 202608, 202609, OCTOBER].map((period) => ({ period, state: 'issued' })),
    )
  })

  it('has a journal that says what its statements say', async () => {
    const faults: unknown[] = []
    for await (const fault of verify(town)) faults.push(fault)
    expect(faults).toEqual([])
  })

  it('left nobody out', async () => {
    expect(await town.sql.many`select code from run_lint where blocks`).toEqual([])
  })

  it('charges who lives in a flat nobody is registered at the full price', async () => {
    const lines = await linesOf('1003', OCTOBER, ACCRUAL)
    expect(lines.map(({ service }) => service)).toEqual(['01', '02', '03', '04', '05', '06', '07'])
    expect(lines.every(({ full }) => full)).toBe(true)
  })

  it('charges what is above the limit of water at the full price', async () => {
    const water = (await linesOf('1011', OCTOBER, ACCRUAL)).filter(
      ({ service }) => service === '05',
    )
    expect(water.map(({ full }) => full)).toEqual([false, true])
  })

  it('heats from October on, by the house meter or by volumes of the month', async () => {
    const heated = async (account: string, month: number) =>
      (await linesOf(account, month, ACCRUAL)).filter(({ service }) => service === '03').length
    expect([await heated('1001', 202609), await heated('2001', 202609)]).toEqual([0, 0])
    expect([await heated('1001', OCTOBER), await heated('2001', OCTOBER)]).toEqual([1, 1])
  })

  // Within 20 m², 2.1 m³ of either water, 4.2 m³ of sewage a person: 6.26 + 8.55 + 11.96 + 5.61 + 5.63 +
  // 8.96 + 4.64 = 51.61, less 20 % of 230; and 6.26 + 8.55 + 13.65 + 5.61 + 5.63 + 8.96 + 4.64, less 20 % of 180.
  it.each([
    ['1005', 561n],
    ['2004', 1730n],
  ])(
    'subsidises what of %s’s fee within norms is above its share of income',
    async (account, sums) => {
      expect(sum(await linesOf(account, OCTOBER, SUBSIDY))).toBe(sums)
    },
  )

  it('takes half of one person’s maintenance off within twenty metres', async () => {
    const [first] = await linesOf('1008', OCTOBER, BENEFIT)
    // 20 m² × 0.1565 × 50 %
    expect(first).toMatchObject({ service: '01', amount: 157n })
  })

  it('charges nothing for sixteen days of absence where there is no meter', async () => {
    const taken = await linesOf('2010', 202609, CORRECTION)
    expect(taken.map(({ service }) => service)).toEqual(['04', '05', '06', '07'])
    const waste = (await linesOf('2010', 202609, ACCRUAL)).find(({ service }) => service === '07')
    // 4.64 × 16 / 30
    expect([waste?.amount, taken[3]?.amount]).toEqual([464n, -247n])
  })

  it('has debts that bear penalty, and payments that close most of a month', async () => {
    const { owing, paying } = await town.sql.one<{ owing: string[]; paying: number }>`
      select array_agg(distinct a.number) filter (where t.penalty > 0) as owing,
        count(distinct a.id) filter (where t.paid > 0)::int4 as paying
      from statement t join agreement g on g.id = t.agreement_id
      join account a on a.id = g.account_id where t.period = ${OCTOBER}`
    expect([owing.sort(), paying]).toEqual([['1005', '1010', '2003', '2004', '2006'], 23])
  })

  it('lists who is likely entitled to a subsidy and has none', async () => {
    const found = await discoverHouseholds(town, { providerCode: UTILITY, limit: 10 })
    if (!found.ok) throw new Error(found.code)
    expect(found.value.households.map(({ number }) => number)).toEqual(['1008'])
  })
})

describe('a town of somebody else', () => {
  it('is left alone', async () => {
    await addProvider(other)
    expect(await loadLorien(other, () => undefined)).toBe(false)
    expect(await other.sql.many`select 1 from rule`).toEqual([])
  })
})
