import { beforeEach, describe, expect, it } from '@jest/globals'
import {
  endOccupant,
  findOccupantProvider,
  readOccupants,
  recordOccupant,
} from '../../../../core/billing/subsidy/occupants.ts'
import { plainDate } from '../../../../core/period.ts'
import { testTown } from '../../../support/town.ts'
import { addAccount, addProvider } from '../../../support/world.ts'
import { addOccupants } from './cases.ts'

const town = await testTown({ country: 'by', currency: 'BYN', zone: 'Europe/Minsk' })
const providerId = await addProvider(town, { code: '100000001' })
const person = { status: 'child' as const, fromDay: plainDate('2020-01-01'), source: 'a paper' }

let accountId: number
beforeEach(async () => {
  accountId = await addAccount(town, { providerId })
})

const end = (occupantId: number, toDay: string) =>
  endOccupant(town, { occupantId, toDay: plainDate(toDay), source: 'another paper' })

describe('a person', () => {
  it('is recorded by status and day', async () => {
    const [id = 0] = await addOccupants(town, accountId, ['child'])
    expect(await readOccupants(town, accountId)).toEqual([{ id, ...person, toDay: null }])
    expect(await findOccupantProvider(town, id)).toBe('100000001')
    expect(await findOccupantProvider(town, 999_999)).toBeNull()
  })

  it.each([
    ['account-not-found', { accountId: 999_999 }],
    ['days-out-of-order', { toDay: plainDate('2020-01-01') }],
  ])('is refused as %s', async (code, given) => {
    const recorded = await recordOccupant(town, { accountId, ...person, ...given })
    expect(recorded).toEqual({ ok: false, code })
  })

  it('is refused where a hundred live', async () => {
    await town.sql.run`
      insert into occupant (account_id, status, from_day, recorded_at)
      select ${accountId}, 'child', '2020-01-01', ${town.now()} from generate_series(1, 100)`
    const recorded = await recordOccupant(town, { accountId, ...person })
    expect(recorded).toEqual({ ok: false, code: 'too-many-occupants' })
  })

  it('who leaves gets a new version, the old one stays as it was known', async () => {
    const [id = 0] = await addOccupants(town, accountId, ['child'])
    const ended = await end(id, '2026-11-01')
    const [known] = await readOccupants(town, accountId)
    expect(ended).toEqual({ ok: true, value: { occupantId: known?.id } })
    expect(known).toMatchObject({ toDay: '2026-11-01', source: 'another paper' })
    expect(
      await town.sql.many`
        select to_day as "toDay", retired_at is not null as retired from occupant
        where account_id = ${accountId} order by id`,
    ).toEqual([
      { toDay: null, retired: true },
      { toDay: '2026-11-01', retired: false },
    ])
  })

  it('recorded by mistake is taken back', async () => {
    const [id = 0] = await addOccupants(town, accountId, ['child'])
    expect(await end(id, '2020-01-01')).toEqual({ ok: true, value: { occupantId: null } })
    expect(await readOccupants(town, accountId)).toEqual([])
  })

  it('is not ended before it began, nor a version that was replaced', async () => {
    const [id = 0] = await addOccupants(town, accountId, ['child'])
    expect(await end(id, '2019-12-31')).toEqual({ ok: false, code: 'days-out-of-order' })
    await end(id, '2026-11-01')
    expect(await end(id, '2026-11-02')).toEqual({ ok: false, code: 'occupant-not-found' })
  })
})
