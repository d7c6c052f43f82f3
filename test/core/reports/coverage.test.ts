import { describe, expect, it } from '@jest/globals'
import { period } from '../../../core/period.ts'
import { wholeQuantity } from '../../../core/quantity.ts'
import { readCoverage } from '../../../core/reports/coverage.ts'
import { testTown } from '../../support/town.ts'
import { addAgreement, addMeter, addProvider, addReading, addService } from '../../support/world.ts'
import { addCharge, addRun } from './runs.ts'
import { scopeOf, taken } from './scope.ts'

const town = await testTown()
const SEPTEMBER = period(202609)
const OCTOBER = period(202610)

type Dial = { registerId: number; meterId: number; agreementId: number }

let code = 55_000_000

/** A provider with one service and dials, each of an agreement of its own. */
async function side(dials: number) {
  code += 1
  const providerCode = String(code)
  const providerId = await addProvider(town, { code: providerCode })
  const serviceId = await addService(town, { providerId })
  const made: Dial[] = []
  for (let n = 0; n < dials; n++) {
    const agreementId = await addAgreement(town, { providerId, serviceId })
    const { meterId, registerIds } = await addMeter(town, { agreementId })
    made.push({ agreementId, meterId, registerId: registerIds[0] ?? 0 })
  }
  const count = async (asOf?: Date) => {
    town.clock.advance({ minutes: 1 })
    const input = { providerCode, to: OCTOBER, ...(asOf ? { asOf } : {}) }
    const { totals } = await taken(readCoverage(town, await scopeOf(town, input)))
    return totals[0]
  }
  return { providerId, providerCode, dials: made as [Dial, Dial, Dial], count }
}

const read = (registerId: number, takenOn = '2026-10-28') =>
  addReading(town, { registerId, takenOn, value: wholeQuantity(10) })
const change = async (dial: Dial, day: string, asOf = town.now()) =>
  town.sql
    .run`update meter set removed_on = ${day}, removed_at = ${asOf} where id = ${dial.meterId}`

describe('a dial', () => {
  it('is covered by an accepted reading of the month alone', async () => {
    const { count, dials } = await side(3)
    await read(dials[0].registerId)
    await read(dials[1].registerId, '2026-09-28')
    await read(dials[2].registerId)
    await town.sql.run`
      update reading set state = 'rejected' where register_id = ${dials[2].registerId}`
    expect(await count()).toMatchObject({ registers: 3, read: 1, other: 2, share: 3333n })
  })

  it('of a meter removed before the month ends does not count, once it is known', async () => {
    const { count, dials } = await side(3)
    const before = town.now()
    town.clock.advance({ hours: 1 })
    await change(dials[0], '2026-10-31')
    await change(dials[1], '2026-11-01')
    expect(await count()).toMatchObject({ registers: 2 })
    expect(await count(before)).toMatchObject({ registers: 3 })
  })

  it('counts from its installation, and as long as its agreement runs', async () => {
    const { count, dials } = await side(3)
    await town.sql.run`
      update meter set installed_on = '2026-11-01' where id = ${dials[0].meterId}`
    await town.sql.run`
      update agreement set to_day = '2026-10-31' where id = ${dials[1].agreementId}`
    expect(await count()).toMatchObject({ registers: 1 })
  })

  it('was covered in the past by what was in force then', async () => {
    const { count, dials } = await side(1)
    await read(dials[0].registerId)
    const read1 = town.now()
    town.clock.advance({ hours: 1 })
    await town.sql.run`
      update reading set state = 'superseded', ended_at = ${town.now()}
      where register_id = ${dials[0].registerId}`
    expect([await count(), await count(read1)]).toMatchObject([{ read: 0 }, { read: 1 }])
    expect(await count(new Date('2026-11-05T09:00:00Z'))).toMatchObject({ read: 0 })
  })
})

describe('a dial without a reading', () => {
  it.each(['average', 'norm'] as const)('is charged by %s, imported or here', async (method) => {
    const { count, dials, providerId } = await side(3)
    const month = { providerId, period: OCTOBER }
    const agreements = dials.map(({ agreementId }) => agreementId)
    const [first = 0, second = 0, third = 0] = agreements
    const zones: [{ price: number; volume: number }] = [{ price: 1, volume: 5 }]
    await addCharge(town, { ...month, agreementId: first, method, amount: 500, zones })
    await addRun(town, {
      ...month,
      lines: [
        { agreementId: second, method, amount: 500, volume: 5 },
        { agreementId: third, method: 'area', amount: 500, volume: 5 },
      ],
    })
    expect(await count()).toMatchObject({ registers: 3, read: 0, [method]: 2, other: 1 })
    expect(await count(new Date('2026-11-05T10:00:00Z'))).toMatchObject({ [method]: 0, other: 3 })
  })
})

describe('months of coverage', () => {
  it('are told apart', async () => {
    const { dials, providerCode } = await side(1)
    await read(dials[0].registerId)
    town.clock.advance({ minutes: 1 })
    const scope = await scopeOf(town, { providerCode, from: SEPTEMBER, to: OCTOBER })
    const { rows, totals } = await taken(readCoverage(town, scope))
    expect(rows.map(({ month, share }) => [month, share])).toEqual([
      [SEPTEMBER, 0n],
      [OCTOBER, 10_000n],
    ])
    expect(totals).toMatchObject([{ registers: 2, read: 1, share: 5000n }])
  })

  it('of a provider without meters have no share', async () => {
    const { count } = await side(0)
    expect(await count()).toMatchObject({ registers: 0, share: 0n })
  })
})
