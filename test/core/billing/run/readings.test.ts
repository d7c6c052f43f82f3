import { describe, expect, it } from '@jest/globals'
import { type Period, period } from '../../../../core/period.ts'
import { wholeQuantity } from '../../../../core/quantity.ts'
import { chargeAndIssue } from '../../../support/calculated-town.ts'
import { testTown } from '../../../support/town.ts'
import { addReading } from '../../../support/world.ts'
import {
  after,
  type Charged,
  chargedAccount,
  chargedProvider,
  draftLines,
  meterOf,
} from './charged-provider.ts'

const SEPTEMBER = period(202609)
const OCTOBER = period(202610)
const PROVIDER = '30000004'
const town = await testTown({ now: '2026-08-20T09:00:00Z' })
const meter = { base: 'meter', lateReading: 'at-once' }
const provider: Charged = await chargedProvider(town, {
  ...{ code: PROVIDER, from: SEPTEMBER },
  services: {
    cold: { charging: meter, price: '10', norm: '3' },
    hot: { charging: meter, price: '20', norm: '2' },
  },
})

type Read = [month: number, value: number][]

async function account(cold: Read, hot: Read): Promise<[cold: number, hot: number]> {
  const { agreements } = await chargedAccount(town, provider)
  const ids: [number, number] = [agreements['cold'] ?? 0, agreements['hot'] ?? 0]
  for (const [index, readings] of [cold, hot].entries()) {
    const { registerId } = await meterOf(town, ids[index] ?? 0)
    for (const [month, value] of readings) await read(registerId, month, value)
  }
  return ids
}

const read = (registerId: number, month: number, value: number) => {
  const takenOn = `${Math.floor(month / 100)}-${String(month % 100).padStart(2, '0')}-28`
  return addReading(town, { registerId, takenOn, value: wholeQuantity(value) })
}

async function dialOf(agreementId: number): Promise<number> {
  const { id } = await town.sql.one<{ id: number }>`
    select d.id from register d join meter m on m.id = d.meter_id
    where m.agreement_id = ${agreementId}`
  return id
}

const forgotten = await account(
  [
    [202607, 500],
    [202608, 505],
    [202609, 511],
  ],
  [[201903, 100]],
)
const regular = await account(
  [
    [202607, 500],
    [202608, 505],
    [202609, 511],
  ],
  [
    [202607, 50],
    [202608, 55],
  ],
)

const amounts = (
  lines: { agreementId: number; amount: bigint; about: Period | null }[],
  id: number,
) =>
  lines.filter(({ agreementId }) => agreementId === id).map(({ about, amount }) => [about, amount])

describe('a reading', () => {
  it('that is missing leaves its month to the norm', async () => {
    town.clock.set(after(SEPTEMBER))
    const [cold, hot] = forgotten
    const of = { providerCode: PROVIDER, month: SEPTEMBER }
    const lines = await draftLines(town, of)
    expect(amounts(lines, cold)).toEqual([[null, 60_00n]])
    expect(amounts(lines, hot)).toEqual([[null, 80_00n]])
    await chargeAndIssue(town, of)
  })

  it('after years without one counts from the last, not from zero', async () => {
    const [cold, hot] = forgotten
    await read(await dialOf(hot), 202610, 160)
    await read(await dialOf(regular[0]), 202610, 518)
    await read(await dialOf(regular[1]), 202610, 63)
    town.clock.set(after(OCTOBER))
    const lines = await draftLines(town, { providerCode: PROVIDER, month: OCTOBER })
    expect(amounts(lines, hot)).toEqual([
      [null, 1200_00n],
      [SEPTEMBER, -80_00n],
    ])
    // Nothing new of it: the month stays as it was charged, and this one is by the norm.
    expect(amounts(lines, cold)).toEqual([[null, 60_00n]])
  })

  it('of one dial after a gap leaves the months of the others as they are', async () => {
    const [cold, hot] = regular
    const lines = await draftLines(town, { providerCode: PROVIDER, month: OCTOBER })
    expect(amounts(lines, cold)).toEqual([[null, 70_00n]])
    expect(amounts(lines, hot).map(([about]) => about)).toEqual([null, SEPTEMBER])
  })
})
