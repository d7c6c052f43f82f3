import { beforeAll, describe, expect, it } from '@jest/globals'
import { grantSubsidy, refuseSubsidy } from '../../../../core/billing/subsidy/decide-case.ts'
import {
  readCase,
  readCases,
  readEndingCases,
} from '../../../../core/billing/subsidy/read-cases.ts'
import { renewSubsidy } from '../../../../core/billing/subsidy/renew-subsidy.ts'
import { plainDate } from '../../../../core/period.ts'
import { testTown } from '../../../support/town.ts'
import { addAccount, addProvider } from '../../../support/world.ts'
import { addCase, addRule, shown, TERMS } from './cases.ts'

const town = await testTown({ country: 'by', currency: 'BYN', zone: 'Europe/Minsk' })
const CODE = '100000001'
const author = 'staff'

let providerId: number
// Applied on the 5th, 2nd and 4th of November; granted from September and October; refused.
let open: number[]
let running: number[]
let refused: number
beforeAll(async () => {
  providerId = await addProvider(town, { code: CODE })
  await addRule(town, 'subsidy', TERMS)
  const next = (providerOf = providerId) => addAccount(town, { providerId: providerOf })
  const on = async (day: string) => addCase(town, await next(), { appliedOn: plainDate(day) })
  const grantedFrom = async (day: string) => {
    const caseId = await on('2026-10-01')
    await grantSubsidy(town, { caseId, fromDay: plainDate(day), author })
    return caseId
  }
  open = [await on('2026-11-05'), await on('2026-11-02'), await on('2026-11-04')]
  running = [await grantedFrom('2026-10-01'), await grantedFrom('2026-09-01')]
  refused = await on('2026-10-01')
  await refuseSubsidy(town, { caseId: refused, reason: 'no', author })
  await addCase(town, await next(await addProvider(town)))
})

const ids = (cases: { id: number }[]) => cases.map(({ id }) => id)
const list = async (given: object = {}) =>
  ids(await readCases(town, { providerCode: CODE, limit: 100, ...given }))
const ending = async (withinDays: number, given: object = {}) =>
  ids(await readEndingCases(town, { providerCode: CODE, withinDays, limit: 100, ...given }))

describe('cases', () => {
  it('that wait come by their deadline, the overdue one first', async () => {
    const [late, middle, early] = [open[0], open[2], open[1]]
    expect(await list()).toEqual([early, middle, late])
    expect(await list({ state: 'applied' })).toEqual([early, middle, late])
    town.clock.set('2026-11-17T10:00:00Z')
    const cases = await readCases(town, { providerCode: CODE, limit: 100 })
    expect(cases.map(({ isOverdue }) => isOverdue)).toEqual([true, false, false])
  })

  it('come in pages', async () => {
    expect(await list({ limit: 2 })).toEqual([open[1], open[2]])
    expect(await list({ limit: 2, after: open[2] })).toEqual([open[0]])
    expect(await list({ after: open[0] })).toEqual([])
  })

  it('are found by state', async () => {
    expect(await list({ state: 'granted' })).toEqual(running)
    expect(await list({ state: 'refused' })).toEqual([refused])
    expect(await list({ state: 'ended' })).toEqual([])
  })

  it('of an unknown number are none', async () => {
    expect(await readCase(town, 999_999)).toBeNull()
  })
})

describe('subsidies that end soon', () => {
  // The last days are 28 February and 31 March 2027.
  it.each([
    ['2027-02-25T10:00:00Z', 2, 0],
    ['2027-02-25T10:00:00Z', 3, 1],
    ['2027-02-28T10:00:00Z', 0, 1],
    ['2027-02-25T10:00:00Z', 40, 2],
    ['2027-03-01T10:00:00Z', 40, 1],
  ])('on %s within %i days are %i', async (now, days, count) => {
    town.clock.set(now)
    const soonest = [running[1], running[0]]
    const expected = now < '2027-03-01' ? soonest.slice(0, count) : [running[0]]
    expect(await ending(days)).toEqual(expected)
  })

  it('come in pages and say when they are being renewed', async () => {
    town.clock.set('2027-02-25T10:00:00Z')
    expect(await ending(40, { after: running[1] })).toEqual([running[0]])
    const [, soonest = 0] = running
    const renewal = { ...shown({ principle: 'discovery' }), appliedOn: plainDate('2027-02-25') }
    const opened = await renewSubsidy(town, { caseId: soonest, ...renewal })
    if (!opened.ok) throw new Error(opened.code)
    const [first] = await readEndingCases(town, { providerCode: CODE, withinDays: 40, limit: 1 })
    expect(first?.renewedById).toBe(opened.value.caseId)
  })

  it('are ended once they ran out', async () => {
    town.clock.set('2027-03-01T10:00:00Z')
    expect(await list({ state: 'ended' })).toEqual([running[1]])
    expect(await list({ state: 'granted' })).toEqual([running[0]])
  })
})
