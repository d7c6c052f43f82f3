import { beforeEach, describe, expect, it } from '@jest/globals'
import { readAccountHistory } from '../../../../core/billing/account-life/account-event.ts'
import { changeHousehold } from '../../../../core/billing/facts/change-household.ts'
import { plainDate } from '../../../../core/period.ts'
import { wholeQuantity } from '../../../../core/quantity.ts'
import { testTown } from '../../../support/town.ts'
import { addAccount, addProvider } from '../../../support/world.ts'

const town = await testTown()
const area = wholeQuantity

let accountId: number
beforeEach(async () => {
  town.clock.set('2026-11-05T10:00:00Z')
  const providerId = await addProvider(town)
  accountId = await addAccount(town, { providerId, occupants: 2 })
})

type Input = Parameters<typeof changeHousehold>[1]
const change = (fromDay: string, given: Partial<Input>) =>
  changeHousehold(town, {
    ...{ accountId, fromDay: plainDate(fromDay), source: 'Довідка № 1', author: 'test' },
    ...given,
  })
const inForce = () => town.sql.many`
  select from_day as day, occupants, plan, total_area_e8 as area from household
  where account_id = ${accountId} and retired_at is null order by from_day`

describe('a change of a household', () => {
  it('counts from its day, what is not told stays', async () => {
    await change('2026-09-10', { totalArea: area(50), load: area(1) })
    await change('2026-10-01', { occupants: 3, plan: 'full' })
    expect(await inForce()).toEqual([
      { day: '1900-01-01', occupants: 2, plan: 'standard', area: null },
      { day: '2026-09-10', occupants: 2, plan: 'standard', area: area(50) },
      { day: '2026-10-01', occupants: 3, plan: 'full', area: area(50) },
    ])
  })

  it('learnt later leaves the versions of later days', async () => {
    await change('2026-10-01', { occupants: 3 })
    await change('2026-09-01', { occupants: 5 })
    expect(await inForce()).toMatchObject([{ occupants: 2 }, { occupants: 5 }, { occupants: 3 }])
  })

  it('of the same day retires what was known of it and keeps it', async () => {
    await change('2026-10-01', { occupants: 3 })
    town.clock.advance({ days: 1 })
    await change('2026-10-01', { occupants: 4 })
    expect(await inForce()).toMatchObject([{ occupants: 2 }, { occupants: 4 }])
    expect(
      await town.sql.many`
        select occupants, retired_at as retired from household
        where account_id = ${accountId} and retired_at is not null`,
    ).toEqual([{ occupants: 3, retired: town.now() }])
  })

  it('stands in the history of the account', async () => {
    await change('2026-10-01', { occupants: 3 })
    expect(await readAccountHistory(town, accountId, { limit: 5 })).toMatchObject([
      { kind: 'household-changed', day: '2026-10-01', reason: 'Довідка № 1' },
    ])
  })

  it.each<[string, Partial<Input>]>([
    ['account-not-found', { accountId: 999_999 }],
    ['household-unchanged', { occupants: 2 }],
    ['household-unchanged', {}],
    ['household-wrong', { occupants: -1 }],
    ['household-wrong', { totalArea: area(40), heatedArea: area(41) }],
    ['too-long-ago', { occupants: 3, earliest: plainDate('2026-10-02') }],
  ])('is refused as %s: %p', async (code, given) => {
    expect(await change('2026-10-01', given)).toMatchObject({ ok: false, code })
    expect(await inForce()).toHaveLength(1)
  })
})
