import { describe, expect, it } from '@jest/globals'
import { reversalsOf } from '../../../core/ledger/reverse.ts'
import { period } from '../../../core/period.ts'
import { wholeQuantity } from '../../../core/quantity.ts'
import { readConsumption } from '../../../core/reports/consumption.ts'
import { testTown } from '../../support/town.ts'
import { addAgreement, addProvider, addService } from '../../support/world.ts'
import { book } from '../ledger/books.ts'
import { addCharge, addRun } from './runs.ts'
import { scopeOf, taken } from './scope.ts'

const town = await testTown()
const SEPTEMBER = period(202609)
const OCTOBER = period(202610)
const start = town.now()
const single = (volume: number): [{ price: number; volume: number }] => [{ price: 1, volume }]

let code = 55_000_000

async function side() {
  code += 1
  const providerCode = String(code)
  const providerId = await addProvider(town, { code: providerCode })
  const serviceId = await addService(town, { providerId, code: '11' })
  const agreement = () => addAgreement(town, { providerId, serviceId })
  const used = async (asOf?: Date) => {
    town.clock.advance({ minutes: 1 })
    const input = { providerCode, from: SEPTEMBER, to: OCTOBER, ...(asOf ? { asOf } : {}) }
    return taken(readConsumption(town, await scopeOf(town, input)))
  }
  const volumes = async (asOf?: Date) =>
    (await used(asOf)).rows.map((row) => [
      row.month,
      row.zone,
      row.method,
      row.agreements,
      row.volume,
    ])
  return { providerId, agreement, used, volumes }
}

const cubic = wholeQuantity

describe('imported consumption', () => {
  it('is split by month, zone and method', async () => {
    const { agreement, providerId, used, volumes } = await side()
    const [first, second, third] = [await agreement(), await agreement(), await agreement()]
    const charge = { providerId, period: OCTOBER, amount: 500, method: 'meter' as const }
    await addCharge(town, { ...charge, agreementId: first, zones: single(5) })
    await addCharge(town, { ...charge, agreementId: second, zones: single(7) })
    await addCharge(town, { ...charge, agreementId: second, period: SEPTEMBER, zones: single(2) })
    const [day, night] = [
      { price: 4, volume: 30 },
      { price: 2, volume: 10 },
    ] as const
    await addCharge(town, { ...charge, agreementId: third, method: 'norm', zones: [day, night] })
    expect(await volumes()).toEqual([
      [SEPTEMBER, 0, 'meter', 1, cubic(2)],
      [OCTOBER, 0, 'meter', 2, cubic(12)],
      [OCTOBER, 1, 'norm', 1, cubic(30)],
      [OCTOBER, 2, 'norm', 1, cubic(10)],
    ])
    expect((await used()).totals).toEqual([{ unit: 'м³', volume: cubic(54) }])
  })

  it('that was taken back is not there, but was', async () => {
    const { agreement, providerId, volumes } = await side()
    const charge = { providerId, agreementId: await agreement(), method: 'meter' as const }
    const given = { ...charge, period: OCTOBER, amount: 500, zones: single(5) }
    const entryId = await addCharge(town, given)
    town.clock.advance({ minutes: 1 })
    const before = town.now()
    town.clock.advance({ minutes: 1 })
    const back = { entryIds: [entryId], lastIssued: null, reason: 'test' }
    await book(town, providerId, await reversalsOf(town, back))
    expect(await volumes()).toEqual([])
    expect(await volumes(before)).toEqual([[OCTOBER, 0, 'meter', 1, cubic(5)]])
    expect(await volumes(start)).toEqual([])
  })
})

describe('calculated consumption', () => {
  it('is of posted runs, a corrected volume in the month it is about', async () => {
    const { agreement, providerId, volumes } = await side()
    const agreementId = await agreement()
    const metered = { agreementId, method: 'meter' as const }
    const again = { ...metered, kind: 'recalculation' as const, about: SEPTEMBER }
    await addRun(town, {
      ...{ providerId, period: SEPTEMBER },
      lines: [{ ...metered, method: 'average', amount: 300, volume: 3 }],
    })
    await addRun(town, {
      ...{ providerId, period: OCTOBER },
      lines: [
        { ...again, amount: -100, volume: -1 },
        { ...metered, amount: 500, volume: 5, zone: 1 },
        { ...metered, amount: 100, method: 'fixed', volume: 54 },
        { agreementId, kind: 'subscription', amount: 30 },
      ],
    })
    expect(await volumes()).toEqual([
      [SEPTEMBER, 0, 'average', 1, cubic(3)],
      [SEPTEMBER, 0, 'meter', 1, cubic(-1)],
      [OCTOBER, 1, 'meter', 1, cubic(5)],
    ])
    expect(await volumes(start)).toEqual([])
  })

  it.each([
    ['computed', 'month'],
    ['posted', 'trial'],
  ] as const)('is not of a %s %s', async (state, kind) => {
    const { agreement, providerId, volumes } = await side()
    const lines = [{ agreementId: await agreement(), amount: 500, volume: 5 }]
    await addRun(town, { providerId, period: OCTOBER, lines, state, kind })
    expect(await volumes()).toEqual([])
  })
})
