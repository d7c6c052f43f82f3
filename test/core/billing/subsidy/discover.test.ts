import { beforeAll, describe, expect, it } from '@jest/globals'
import { issueMonths } from '../../../../core/billing/issue-months.ts'
import { grantSubsidy, refuseSubsidy } from '../../../../core/billing/subsidy/decide-case.ts'
import { discoverHouseholds } from '../../../../core/billing/subsidy/discover.ts'
import { type OccupantStatus } from '../../../../core/billing/subsidy/occupant-status.ts'
import { plainDate } from '../../../../core/period.ts'
import { testTown } from '../../../support/town.ts'
import { addAccount, addAgreement, addProvider } from '../../../support/world.ts'
import { book, entry, NOVEMBER, OCTOBER } from '../../ledger/books.ts'
import { addCase, addOccupants, addRule, DISCOVERY, TERMS } from './cases.ts'

const town = await testTown({ country: 'by', currency: 'BYN', zone: 'Europe/Minsk' })
const CODE = '100000001'
const author = 'staff'
const PENSIONER = 'a pensioner who does not work'

let providerId: number
let ruleId: number
beforeAll(async () => {
  providerId = await addProvider(town, { code: CODE })
  await addRule(town, 'subsidy-discovery', DISCOVERY)
  ruleId = await addRule(town, 'subsidy', TERMS)
})

async function home(statuses: OccupantStatus[], registered = statuses.length): Promise<number> {
  const accountId = await addAccount(town, { providerId, occupants: registered })
  await addOccupants(town, accountId, statuses)
  return accountId
}

async function discovered(given: object = {}) {
  const found = await discoverHouseholds(town, { providerCode: CODE, limit: 500, ...given })
  if (!found.ok) throw new Error(found.code)
  return found.value.households
}

const about = async (accountId: number) =>
  (await discovered()).find((household) => household.accountId === accountId)

describe('a household', () => {
  it.each<[string, OccupantStatus[], string[] | undefined]>([
    ['of a pensioner', ['pensioner-not-working'], [PENSIONER]],
    [
      'of a pensioner and a carer with a child',
      ['pensioner-not-working', 'carer-of-child-under-3', 'child'],
      [PENSIONER, 'care of a small child'],
    ],
    ['with somebody able-bodied', ['pensioner-not-working', 'able-bodied'], undefined],
    ['of a pensioner who works', ['pensioner-working'], undefined],
    ['of children', ['child'], undefined],
  ])('%s is listed with its reasons, or not', async (_name, statuses, reasons) => {
    expect((await about(await home(statuses)))?.reasons).toEqual(reasons)
  })

  it('of whom nothing is known is not listed', async () => {
    expect(await about(await home([], 2))).toBeUndefined()
  })

  it('with people of no known status is listed and says so', async () => {
    expect(await about(await home(['pensioner-not-working'], 3))).toMatchObject({
      unknownPersons: 2,
      fee: null,
      income: null,
      likely: null,
    })
  })

  it('is judged by who lives there today', async () => {
    const left = await home(['pensioner-not-working'])
    await town.sql.run`
      insert into occupant (account_id, status, from_day, to_day, recorded_at, retired_at)
      values (${left}, 'able-bodied', '2020-01-01', '2026-11-05', ${town.now()}, null),
        (${left}, 'able-bodied', '2026-11-06', null, ${town.now()}, null),
        (${left}, 'able-bodied', '2020-01-01', null, ${town.now()}, ${town.now()})`
    expect(await about(left)).toMatchObject({ reasons: [PENSIONER], unknownPersons: 0 })
  })

  it('of a closed account is not listed', async () => {
    const accountId = await home(['pensioner-not-working'])
    await town.sql.run`update account set closed_on = '2026-11-01' where id = ${accountId}`
    expect(await about(accountId)).toBeUndefined()
  })

  it('with a case that waits or runs is not listed, after a refusal or the end it is', async () => {
    const [waits, runs, refused] = [
      await home(['pensioner-not-working']),
      await home(['pensioner-not-working']),
      await home(['pensioner-not-working']),
    ]
    await addCase(town, waits)
    const running = await addCase(town, runs)
    await grantSubsidy(town, { caseId: running, fromDay: plainDate('2026-11-01'), author })
    const caseId = await addCase(town, refused)
    await refuseSubsidy(town, { caseId, reason: 'no', author })
    const listed = (await discovered()).map(({ accountId }) => accountId)
    expect(listed).toContain(refused)
    expect(listed).not.toContain(waits)
    expect(listed).not.toContain(runs)
    town.clock.set('2027-05-01T10:00:00Z')
    expect(await about(runs)).toBeDefined()
    town.clock.set('2026-11-05T10:00:00Z')
  })

  it('comes with its last fee and income, and what they would give', async () => {
    const accountId = await home(['pensioner-not-working'])
    const [water, heat] = [
      await addAgreement(town, { providerId, accountId }),
      await addAgreement(town, { providerId, accountId }),
    ]
    const side = (agreementId: number) => ({ agreementId, providerId })
    await book(town, providerId, [
      entry(side(water), 1, { amount: 3_000 }),
      entry(side(water), 2, { amount: 215, kind: 'subscription' }),
      entry(side(heat), 3, { amount: 6_500 }),
      entry(side(heat), 4, { amount: 100, kind: 'benefit' }),
      entry(side(heat), 5, { amount: 9_900, period: NOVEMBER }),
    ])
    expect(await about(accountId)).toMatchObject({ fee: null })
    await issueMonths(town, { providerCode: CODE, month: OCTOBER })
    expect(await about(accountId)).toMatchObject({
      fee: { month: OCTOBER, amount: 9_715n },
      income: null,
      likely: null,
    })
    const caseId = await addCase(town, accountId, { isVillage: true })
    await refuseSubsidy(town, { caseId, reason: 'papers', author })
    expect(await about(accountId)).toMatchObject({
      income: { amount: 42_000n, shownOn: '2026-11-02' },
      likely: {
        subsidy: 3_415n,
        formula: `max(0, 97.15[statement:202610] - round(0.15[rule:${ruleId}] * 420[income], 2))`,
      },
    })
  })
})

describe('the list', () => {
  it('opens nothing', async () => {
    const count = () => town.sql.one`select count(*) as cases from subsidy_case`
    const before = await count()
    expect((await discovered()).length).toBeGreaterThan(2)
    expect(await count()).toEqual(before)
  })

  it('comes in pages by account', async () => {
    const all = (await discovered()).map(({ accountId }) => accountId)
    const pages: number[] = []
    for (let after = 0; pages.length < all.length; after = pages.at(-1) ?? 0) {
      const page = await discovered({ after, limit: 2 })
      expect(page.length).toBeLessThanOrEqual(2)
      pages.push(...page.map(({ accountId }) => accountId))
    }
    expect(pages).toEqual(all)
    expect(await discovered({ after: all.at(-1) })).toEqual([])
  })

  it('is of one provider', async () => {
    await addProvider(town, { code: '100000002' })
    expect(await discovered({ providerCode: '100000002' })).toEqual([])
  })

  it.each([
    ['provider-not-found', '999999999', null],
    ['rule-invalid', '100000003', { qualifying: [] }],
  ])('is refused as %s', async (code, providerCode, value) => {
    if (value) {
      const odd = await addProvider(town, { code: providerCode })
      await addRule(town, 'subsidy-discovery', value, { providerId: odd })
    }
    const found = await discoverHouseholds(town, { providerCode, limit: 1 })
    expect(found).toMatchObject({ ok: false, code })
  })

  it('is refused while no rule says who qualifies', async () => {
    town.clock.set('2019-12-31T10:00:00Z')
    const found = await discoverHouseholds(town, { providerCode: CODE, limit: 1 })
    expect(found).toEqual({ ok: false, code: 'rule-not-set' })
    town.clock.set('2026-11-05T10:00:00Z')
  })
})
