import { beforeEach, describe, expect, it } from '@jest/globals'
import { readKnowledge } from '../../../core/metering/read-knowledge.ts'
import { readMeters } from '../../../core/metering/read-meters.ts'
import { recordReadings } from '../../../core/metering/record-readings.ts'
import { type Period, period, plainDate } from '../../../core/period.ts'
import { rate, wholeQuantity } from '../../../core/quantity.ts'
import { testTown } from '../../support/town.ts'
import {
  addAccount,
  addAgreement,
  addMeter,
  addProvider,
  addReading,
  addService,
  addTariff,
} from '../../support/world.ts'

const town = await testTown()
const OCTOBER = period(202610)
const NOVEMBER = period(202611)
const DECEMBER = period(202612)

let providerId: number
let serviceId: number
let accountId: number
let agreementId: number
beforeEach(async () => {
  town.clock.set('2026-11-05T10:00:00Z')
  providerId = await addProvider(town)
  serviceId = await addService(town, { providerId })
  accountId = await addAccount(town, { providerId, occupants: 3 })
  agreementId = await addAgreement(town, { providerId, accountId, serviceId })
})

type Meter = Awaited<ReturnType<typeof addMeter>>

const units = wholeQuantity
const meters = () => readMeters(town, [accountId])
const onlyMeter = async () => {
  const [meter, ...others] = await meters()
  if (!meter || others.length > 0) throw new Error(`${others.length + 1} meters`)
  return meter
}
const knowledge = async () => {
  const meter = await onlyMeter()
  const [register] = meter.registers
  if (!register) throw new Error('no dial')
  return readKnowledge(town, meter, register)
}
const issue = (month: Period) => town.sql.run`
  insert into billing_period (provider_id, period, state) values (${providerId}, ${month}, 'issued')`

async function send(
  meter: Meter,
  values: readonly number[],
  given: { takenOn?: string; month?: Period; rolledOver?: boolean; needsReview?: boolean } = {},
) {
  const { month = NOVEMBER, needsReview = false, rolledOver = false } = given
  const takenOn = given.takenOn ?? '2026-11-05'
  return recordReadings(town, {
    meterId: meter.meterId,
    values: values.map((value, index) => ({
      registerId: meter.registerIds[index] ?? 0,
      value: units(value),
      rolledOver,
      needsReview,
    })),
    takenOn: plainDate(takenOn),
    today: plainDate('2026-11-05'),
    month,
    consumerId: 1,
  })
}
const sent = async (...args: Parameters<typeof send>) => {
  const answer = await send(...args)
  if (!answer.ok) throw new Error(answer.code)
  return answer.value
}

const stored = (meter: Meter) => town.sql.many`
  select value_e8 / 100000000 as value, state, registration_no as no from reading
  where register_id = any(${meter.registerIds}::int4[]) order by id`

describe('a reading sent by a consumer', () => {
  it('is stored with a registration number and shown as sent for the month', async () => {
    const meter = await addMeter(town, { agreementId, initial: units(300) })
    const { registrationNo: no, ...answer } = await sent(meter, [318])
    expect(answer).toEqual({ counted: true, replayed: false })
    expect(await stored(meter)).toEqual([{ value: 318n, state: 'accepted', no }])
    expect((await onlyMeter()).registers).toMatchObject([
      { previous: units(300), previousOn: null, current: units(318) },
    ])
  })

  it('without consumption is stored', async () => {
    const meter = await addMeter(town, { agreementId })
    const [registerId = 0] = meter.registerIds
    await addReading(town, { registerId, takenOn: '2026-10-28', value: units(318) })
    await sent(meter, [318])
    expect((await onlyMeter()).registers).toMatchObject([
      { previous: units(318), previousOn: '2026-10-28', current: units(318) },
    ])
    expect(await stored(meter)).toHaveLength(2)
  })

  it('the same again is answered with the first number', async () => {
    const meter = await addMeter(town, { agreementId })
    const first = await sent(meter, [318])
    expect(await sent(meter, [318])).toEqual({ ...first, replayed: true })
    expect(await stored(meter)).toHaveLength(1)
  })

  it('twice at the same moment is stored once', async () => {
    const meter = await addMeter(town, { agreementId })
    const answers = await Promise.all([sent(meter, [318]), sent(meter, [318])])
    expect(answers.filter((answer) => answer.replayed)).toHaveLength(1)
    expect(await stored(meter)).toHaveLength(1)
  })

  it('with another value takes the place of the first, both are kept, and back again', async () => {
    const meter = await addMeter(town, { agreementId })
    for (const value of [318, 381, 318]) await sent(meter, [value])
    expect(await stored(meter)).toMatchObject([
      { value: 318n, state: 'superseded' },
      { value: 381n, state: 'superseded' },
      { value: 318n, state: 'accepted' },
    ])
    expect((await onlyMeter()).registers).toMatchObject([{ current: units(318) }])
  })

  it('of another month leaves the first in its place', async () => {
    const meter = await addMeter(town, { agreementId })
    await sent(meter, [318])
    await sent(meter, [326], { month: DECEMBER })
    expect(await stored(meter)).toMatchObject([{ state: 'accepted' }, { state: 'accepted' }])
  })

  it('of two zones has one number, and its zones are told apart', async () => {
    const meter = await addMeter(town, { agreementId, zones: [1, 2] })
    const { registrationNo: no } = await sent(meter, [1000, 500])
    expect(await stored(meter)).toEqual([
      { value: 1000n, state: 'accepted', no },
      { value: 500n, state: 'accepted', no },
    ])
    expect(await sent(meter, [1000, 500])).toMatchObject({ registrationNo: no, replayed: true })
    expect(await sent(meter, [1000, 501])).toMatchObject({ replayed: false })
    expect((await onlyMeter()).registers).toMatchObject([
      { zone: 1, current: units(1000) },
      { zone: 2, current: units(501) },
    ])
  })

  it('keeps what the person confirmed', async () => {
    const meter = await addMeter(town, { agreementId })
    await sent(meter, [8], { rolledOver: true, needsReview: true })
    expect(
      await town.sql.many`
        select rolled_over, needs_review, consumer_id, source from reading
        where register_id = any(${meter.registerIds}::int4[])`,
    ).toEqual([{ rolled_over: true, needs_review: true, consumer_id: 1, source: 'bot' }])
  })

  it('is counted on the last day of the verification', async () => {
    const meter = await addMeter(town, { agreementId, verifiedUntil: '2026-11-05' })
    expect(await sent(meter, [318])).toMatchObject({ counted: true })
  })

  it('is kept but not counted after the verification expired', async () => {
    const meter = await addMeter(town, { agreementId, verifiedUntil: '2026-11-04' })
    const first = await sent(meter, [318])
    expect(first).toMatchObject({ counted: false, replayed: false })
    expect(await sent(meter, [318])).toEqual({ ...first, replayed: true })
    expect(await stored(meter)).toMatchObject([{ state: 'rejected' }])
    expect((await onlyMeter()).registers).toMatchObject([{ current: null }])
  })

  it('is refused for a day to come', async () => {
    const meter = await addMeter(town, { agreementId })
    expect(await send(meter, [318], { takenOn: '2026-11-06' })).toEqual({
      ok: false,
      code: 'reading-in-future',
    })
  })

  it('is refused for a meter that was removed, is unknown, or has not these dials', async () => {
    const removed = await addMeter(town, { agreementId, removedOn: '2026-11-01' })
    const single = await addMeter(town, { agreementId })
    const refused = { ok: false, code: 'meter-not-found' }
    expect(await send(removed, [1])).toEqual(refused)
    expect(await send({ ...single, meterId: -1 }, [1])).toEqual(refused)
    expect(await send({ ...single, registerIds: removed.registerIds }, [1])).toEqual(refused)
    const [registerId = 0] = single.registerIds
    expect(await send({ ...single, registerIds: [registerId, registerId] }, [1, 2])).toEqual(
      refused,
    )
    expect(await stored(single)).toEqual([])
  })
})

describe('the meters of accounts', () => {
  it('are those installed, each with its dials in order, of all the accounts', async () => {
    const second = await addAgreement(town, { providerId })
    const { accountId: other } = await town.sql.one<{ accountId: number }>`
      select account_id as "accountId" from agreement where id = ${second}`
    const two = await addMeter(town, { agreementId, serial: '7', zones: [2, 1] })
    await addMeter(town, { agreementId, removedOn: '2026-01-01' })
    const one = await addMeter(town, { agreementId: second, serial: '8' })
    const found = await readMeters(town, [accountId, other])
    expect(
      found.map((meter) => [meter.meterId, meter.serial, meter.registers.map((r) => r.zone)]),
    ).toEqual([
      [two.meterId, '7', [1, 2]],
      [one.meterId, '8', [0]],
    ])
  })

  it('are filled for this month, or for the first after the issued ones', async () => {
    await addMeter(town, { agreementId })
    expect(await onlyMeter()).toMatchObject({ month: NOVEMBER })
    await issue(OCTOBER)
    expect(await onlyMeter()).toMatchObject({ month: NOVEMBER })
    await issue(NOVEMBER)
    expect(await onlyMeter()).toMatchObject({ month: DECEMBER })
  })

  it('after an issue keep the issued reading as the previous one', async () => {
    const meter = await addMeter(town, { agreementId })
    await sent(meter, [318])
    await issue(NOVEMBER)
    const open = await onlyMeter()
    expect(open.registers).toMatchObject([{ previous: units(318), current: null }])
    await sent(meter, [320], { month: open.month })
    expect(await stored(meter)).toMatchObject([{ state: 'accepted' }, { state: 'accepted' }])
    expect((await onlyMeter()).registers).toMatchObject([
      { previous: units(318), current: units(320) },
    ])
  })
})

describe('what is known of a dial', () => {
  const readingsOf = async (rows: [takenOn: string, value: number, period?: number][]) => {
    const { registerIds } = await addMeter(town, { agreementId, initial: units(100) })
    const [registerId = 0] = registerIds
    for (const [takenOn, value, counted] of rows) {
      const counts = counted === undefined ? {} : { period: period(counted) }
      await addReading(town, { registerId, takenOn, value: units(value), ...counts })
    }
  }

  it('of a new meter is its initial value and no history', async () => {
    await readingsOf([])
    expect(await knowledge()).toEqual({
      digits: 5,
      previous: units(100),
      months: 1,
      average: null,
      norm: null,
    })
  })

  it('has the average month of a year of readings', async () => {
    await readingsOf([
      ['2025-10-31', 1],
      ['2026-07-31', 318],
      ['2026-08-31', 320],
      ['2026-10-31', 342],
    ])
    expect(await knowledge()).toMatchObject({ previous: units(342), months: 1, average: units(8) })
  })

  it('counts the months nothing was sent for', async () => {
    await readingsOf([
      ['2026-07-31', 310],
      ['2026-08-31', 318],
    ])
    expect(await knowledge()).toMatchObject({ months: 3, average: units(8) })
  })

  it('counts by the months readings are for, whatever day they were taken', async () => {
    await readingsOf([
      ['2026-09-02', 310, 202608],
      ['2026-11-02', 326, 202610],
    ])
    expect(await knowledge()).toMatchObject({ months: 1, average: units(8) })
  })

  it('has no average over the zero of the dial', async () => {
    await readingsOf([
      ['2026-08-31', 99_990],
      ['2026-10-31', 8],
    ])
    expect(await knowledge()).toMatchObject({ previous: units(8), average: null })
  })

  it('has the norm of all who live there, by the tariff of the month', async () => {
    const tariff = { serviceId, price: rate(1n) }
    await addTariff(town, { ...tariff, fromDay: '2025-01-01', toDay: '2026-11-01', norm: units(3) })
    await addTariff(town, { ...tariff, fromDay: '2026-11-01', toDay: '2027-01-01', norm: units(4) })
    await addTariff(town, { ...tariff, fromDay: '2027-01-01', norm: units(5) })
    await readingsOf([])
    expect(await knowledge()).toMatchObject({ norm: units(12) })
  })
})
