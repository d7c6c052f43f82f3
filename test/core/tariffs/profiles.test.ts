import { beforeAll, describe, expect, it } from '@jest/globals'
import { readDiscoveryRule, readSubsidyRule } from '../../../core/billing/subsidy/subsidy-rule.ts'
import { OCCUPANT_STATUSES } from '../../../core/billing/subsidy/occupant-status.ts'
import { plainDate } from '../../../core/period.ts'
import { readRulebook } from '../../../core/tariffs/read-rulebook.ts'
import { type RuleKind, RULE_KINDS } from '../../../core/tariffs/rule-kinds.ts'
import { loadProfile, readProfile } from '../../../core/tariffs/load-profile.ts'
import { isKeyOf } from '../../../core/tariffs/rule-scope.ts'
import { retireRule } from '../../../core/tariffs/record-rule.ts'
import { overlaps } from '../../../core/tariffs/store-rules.ts'
import { testTown } from '../../support/town.ts'
import { addHouse, addProvider, addService, addTown } from '../../support/world.ts'

const ukrainian = await testTown()
const belarusian = await testTown({ country: 'by', currency: 'BYN', zone: 'Europe/Minsk' })
const profiles = { ua: await readProfile('ua'), by: await readProfile('by') }
const rows = Object.entries(profiles).flatMap(([country, profile]) =>
  profile.map((row) => ({ country, ...row })),
)

describe('a profile', () => {
  it.each(rows)('$country $kind "$key" from $fromDay is of its kind’s shape', (row) => {
    const parsed = RULE_KINDS[row.kind].safeParse(row.value)
    expect([parsed.error, isKeyOf(row.kind, row.key)]).toEqual([undefined, true])
    expect(row.toDay === null || row.toDay > row.fromDay).toBe(true)
  })

  it.each(Object.entries(profiles))('of %s has no two rules of one kind on a day', (_name, all) => {
    const clashes = all.flatMap((row, index) =>
      all
        .slice(index + 1)
        .filter((other) => other.kind === row.kind && other.key === row.key)
        .filter((other) => overlaps(row, other)),
    )
    expect(clashes).toEqual([])
  })
})

describe('a Ukrainian town', () => {
  const town = ukrainian
  let answer: (kind: RuleKind, key: string, day: string) => Promise<unknown>
  beforeAll(async () => {
    await addTown(town)
    const providerId = await addProvider(town)
    const serviceId = await addService(town, { providerId })
    const scope = { providerId, serviceId, houseId: await addHouse(town), accountId: 0 }
    answer = async (kind, key, day) => {
      const book = await readRulebook(town, { providerId, asOf: town.now() })
      return book.rule(kind, key, scope, plainDate(day))?.value ?? null
    }
  })

  it('gets each rule of its country once', async () => {
    expect(await loadProfile(town)).toBe(profiles.ua.length)
    expect(await loadProfile(town)).toBe(0)
  })

  it.each([
    ['penalty', '', '2026-10-31', { perDay: 10_000n, capPercent: 10_000_000_000n }],
    ['zone-coefficient', '2', '2026-10-31', { coefficient: 50_000_000n }],
    ['zone-coefficient', '3', '2026-10-31', { coefficient: 150_000_000n }],
    ['benefit', 'combat-veteran', '2026-10-31', { percent: 7_500_000_000n }],
    ['absence', '', '2026-10-31', { thresholdDays: 30, reduces: true }],
    ['quality', 'heating-cold', '2026-10-31', { percentPerDay: 330_000_000n }],
    ['vat', '', '2026-10-31', { percent: 2_000_000_000n }],
    ['participation-notice', '', '2026-10-31', { days: 30 }],
    ['no-penalty', '', '2022-02-23', null],
    ['no-penalty', '', '2022-02-24', { reason: expect.any(String) }],
    ['no-penalty', '', '2023-12-29', { reason: expect.any(String) }],
    ['no-penalty', '', '2023-12-30', null],
    ['subsidy', '', '2026-10-31', null],
  ] as const)('knows %s "%s" on %s', async (kind, key, day, value) => {
    expect(await answer(kind, key, day)).toEqual(value)
  })

  it('does not get back what an operator retired', async () => {
    const { id } = await town.sql.one<{ id: number }>`select id from rule where kind = 'vat'`
    expect((await retireRule(town, id)).ok).toBe(true)
    town.clock.advance({ days: 1 })
    expect(await loadProfile(town)).toBe(0)
    expect(await answer('vat', '', '2026-10-31')).toBeNull()
  })

  it('gets what a newer version of the profile adds', async () => {
    await town.sql.run`delete from rule where kind = 'penalty'`
    town.clock.advance({ days: 1 })
    expect(await loadProfile(town)).toBe(1)
    const { at } = await town.sql.one<{ at: Date }>`
      select recorded_at as at from rule where kind = 'penalty'`
    expect(at).toEqual(town.now())
  })
})

describe('a Belarusian town', () => {
  const town = belarusian
  let providerId: number
  beforeAll(async () => {
    await addTown(town)
    providerId = await addProvider(town)
    await loadProfile(town)
  })

  it.each([
    ['2018-12-31', []],
    ['2019-01-01', ['not-employed']],
  ])('has terms of subsidies on %s', async (day, excludedStatuses) => {
    const rule = await readSubsidyRule(town, { providerId, on: plainDate(day) })
    expect(rule).toMatchObject({
      ok: true,
      value: {
        value: { townShare: 20_000_000n, villageShare: 15_000_000n, excludedStatuses },
      },
    })
  })

  it.each([
    ['2018-06-06', 4],
    ['2018-06-07', 5],
  ])('looks for %2$i known statuses on %1$s', async (day, count) => {
    const rule = await readDiscoveryRule(town, { providerId, on: plainDate(day) })
    if (!rule.ok) throw new Error(rule.code)
    const { blocking, qualifying } = rule.value.value
    expect(Object.keys(qualifying)).toHaveLength(count)
    expect(OCCUPANT_STATUSES).toEqual(expect.arrayContaining(Object.keys(qualifying)))
    expect(OCCUPANT_STATUSES).toEqual(expect.arrayContaining(blocking))
  })
})
