import { beforeEach, describe, expect, it } from '@jest/globals'
import { readAccountMeters } from '../../../core/metering/account-meters.ts'
import { installMeter, type NewMeter } from '../../../core/metering/install-meter.ts'
import { readMeterHistory } from '../../../core/metering/meter-event.ts'
import { readOnVisit } from '../../../core/metering/read-on-visit.ts'
import { recordReadings } from '../../../core/metering/record-readings.ts'
import { removeMeter } from '../../../core/metering/remove-meter.ts'
import { replaceMeter } from '../../../core/metering/replace-meter.ts'
import { sealMeter } from '../../../core/metering/seal-meter.ts'
import { verifyMeter } from '../../../core/metering/verify-meter.ts'
import { period, plainDate } from '../../../core/period.ts'
import { wholeQuantity } from '../../../core/quantity.ts'
import { testTown } from '../../support/town.ts'
import {
  addAccount,
  addAgreement,
  addMeter,
  addPerson,
  addProvider,
  addReading,
} from '../../support/world.ts'

const town = await testTown()
const units = wholeQuantity
const day = plainDate
const ACT = { document: 'Акт № 4', author: 'test' }
const NEW: NewMeter = {
  ...{ serial: '0078', model: 'СКВ', place: 'кухня', digits: 5, seal: null },
  dials: [{ zone: 0, initial: units(1) }],
  verifiedOn: day('2026-10-01'),
  verifiedUntil: day('2030-10-01'),
}

let providerId: number
let accountId: number
let agreementId: number
let meterId: number
let registerId: number
beforeEach(async () => {
  town.clock.set('2026-11-05T10:00:00Z')
  providerId = await addProvider(town)
  accountId = await addAccount(town, { providerId })
  agreementId = await addAgreement(town, { providerId, accountId })
  const meter = await addMeter(town, { agreementId, serial: '0077' })
  meterId = meter.meterId
  registerId = meter.registerIds[0] ?? 0
  await town.sql.run`update meter set installed_on = '2026-01-10' where id = ${meterId}`
  await addReading(town, { registerId, takenOn: '2026-10-28', value: units(838) })
})

const history = async (id = meterId) =>
  (await readMeterHistory(town, id, { limit: 10 })).map(({ kind }) => kind)
const readings = () => town.sql.many`
  select taken_on as day, value_e8 as value, source, state, period, needs_review as review,
    rolled_over as rolled, ended_at as ended
  from reading where register_id = ${registerId} order by id`
const work = (on: string) => ({ meterId, on: day(on), ...ACT })
type Seen = Parameters<typeof readOnVisit>[1]['values'][number]
const value = (number: number, given: Partial<Seen> = {}): Seen[] => [
  { zone: 0, value: units(number), ...given },
]

describe('what a controller saw', () => {
  const visit = (number: number, given: Partial<Seen> = {}, on = '2026-11-04') =>
    readOnVisit(town, { ...work(on), values: value(number, given) })

  it('is accepted and gives a registration number, once', async () => {
    const first = await visit(845)
    expect(first).toMatchObject({ ok: true, value: { needsReview: false, replayed: false } })
    expect(await visit(845)).toEqual({
      ok: true,
      value: { ...(first.ok && first.value), replayed: true },
    })
    expect((await readings()).slice(1)).toEqual([
      {
        ...{ day: '2026-11-04', value: units(845), source: 'visit', state: 'accepted' },
        ...{ period: 202611, review: false, rolled: false, ended: null },
      },
    ])
    expect(await history()).toEqual(['read'])
  })

  it('takes the place of what a person sent for the month, however high', async () => {
    const { consumerId } = await addPerson(town)
    await recordReadings(town, {
      ...{ meterId, consumerId, takenOn: day('2026-11-02'), today: day('2026-11-05') },
      month: period(202611),
      values: [{ registerId, value: units(900), rolledOver: false, needsReview: false }],
    })
    expect(await visit(845)).toMatchObject({ ok: true })
    expect((await readings()).slice(1)).toMatchObject([
      { source: 'bot', state: 'superseded', ended: town.now() },
      { source: 'visit', state: 'accepted', ended: null },
    ])
  })

  it('takes the place of another value of the day', async () => {
    await visit(845)
    town.clock.advance({ hours: 1 })
    await visit(844)
    expect((await readings()).slice(1)).toMatchObject([
      { value: units(845), state: 'superseded', ended: town.now() },
      { value: units(844), state: 'accepted' },
    ])
  })

  it('counts for the open month when its own is issued', async () => {
    await town.sql.run`
      insert into billing_period (provider_id, period, state) values (${providerId}, 202610, 'issued')`
    await visit(839, {}, '2026-10-30')
    expect((await readings()).at(-1)).toMatchObject({ day: '2026-10-30', period: 202611 })
  })

  it('below the previous value needs to be past zero', async () => {
    expect(await visit(7)).toEqual({
      ...{ ok: false, code: 'reading-below-previous', zone: 0, previous: units(838) },
    })
    expect(await visit(7, { rolledOver: true })).toMatchObject({ value: { needsReview: true } })
    expect((await readings()).at(-1)).toMatchObject({ value: units(7), rolled: true, review: true })
  })

  it('past zero but above the previous value is just a value', async () => {
    await visit(840, { rolledOver: true })
    expect((await readings()).at(-1)).toMatchObject({ rolled: false, review: false })
  })

  it('is never refused for being unusual: staff look at it', async () => {
    expect(await visit(5_000)).toMatchObject({ ok: true, value: { needsReview: true } })
  })

  it('above a later value is accepted and looked at', async () => {
    await addReading(town, { registerId, takenOn: '2026-11-05', value: units(840) })
    expect(await visit(841)).toMatchObject({ ok: true, value: { needsReview: true } })
  })

  it.each([
    ['day-in-future', 845, '2026-11-06'],
    ['before-installation', 845, '2026-01-09'],
    ['value-too-large', 100_000, '2026-11-04'],
  ])('is refused as %s', async (code, number, on) => {
    expect(await visit(number, {}, on)).toMatchObject({ ok: false, code })
  })

  it('needs a value of every dial of a known meter', async () => {
    expect(await visit(845, { zone: 1 })).toEqual({ ok: false, code: 'zones-differ' })
    const none = { ...work('2026-11-04'), values: value(845), meterId: 999_999 }
    expect(await readOnVisit(town, none)).toEqual({ ok: false, code: 'meter-not-found' })
  })
})

describe('a meter', () => {
  const install = (given: Partial<NewMeter> = {}, at: object = {}) =>
    installMeter(town, {
      ...{ agreementId, on: day('2026-11-04'), ...ACT, meter: { ...NEW, ...given }, ...at },
    })

  it('is installed with its dials, verification and history', async () => {
    const dials = [1, 2].map((zone) => ({ zone, initial: units(zone) }))
    const installed = await install({ dials, seal: 'A-1' })
    if (!installed.ok) throw new Error(installed.code)
    const id = installed.value.meterId
    expect((await readAccountMeters(town, accountId)).find((meter) => meter.id === id)).toEqual({
      ...{ id, agreementId, service: expect.any(String), serial: '0078', place: 'кухня' },
      ...{ zones: [1, 2], installedOn: '2026-11-04', removedOn: null, seal: 'A-1' },
      verifiedUntil: '2030-10-01',
    })
    expect(
      await town.sql.many`
        select from_day as "from", until_day as until, document from verification
        where meter_id = ${id}`,
    ).toEqual([{ from: '2026-10-01', until: '2030-10-01', document: 'Акт № 4' }])
    expect(await history(id)).toEqual(['installed'])
  })

  it.each<[string, Partial<NewMeter>, object?]>([
    ['agreement-not-found', {}, { agreementId: 999_999 }],
    ['day-in-future', {}, { on: day('2026-11-06') }],
    ['serial-empty', { serial: ' ' }],
    ['meter-exists', { serial: ' 0077' }],
    ['zones-wrong', { dials: [] }],
    ['zones-wrong', { dials: [0, 1].map((zone) => ({ zone, initial: units(0) })) }],
    ['zones-wrong', { dials: [1, 1].map((zone) => ({ zone, initial: units(0) })) }],
    ['value-too-large', { dials: [{ zone: 0, initial: units(100_000) }] }],
    ['verification-wrong', { verifiedUntil: null }],
    ['verification-wrong', { verifiedUntil: day('2026-11-03') }],
    ['verification-wrong', { verifiedOn: day('2026-12-01'), verifiedUntil: day('2026-11-30') }],
  ])('is not installed: %s %p', async (code, given, at = {}) => {
    expect(await install(given, at)).toMatchObject({ ok: false, code })
  })

  it('is not installed where the service ended', async () => {
    await town.sql.run`update agreement set to_day = '2026-11-04' where id = ${agreementId}`
    expect(await install()).toEqual({ ok: false, code: 'agreement-ended' })
  })

  it('is sealed, and the seal before it stays known', async () => {
    await sealMeter(town, { ...work('2026-11-04'), seal: 'A-1' })
    expect(await sealMeter(town, { ...work('2026-11-04'), seal: 'A-2' })).toMatchObject({
      ok: true,
    })
    const [event] = await readMeterHistory(town, meterId, { limit: 1 })
    expect(event).toMatchObject({ kind: 'sealed', details: { seal: 'A-2', before: 'A-1' }, ...ACT })
  })

  it('is verified: the longest verification shows, all stay', async () => {
    const verify = (on: string, until: string) =>
      verifyMeter(town, { ...work(on), until: day(until) })
    expect(await verify('2026-10-20', '2030-10-20')).toEqual({
      ok: true,
      value: { replayed: false },
    })
    expect(await verify('2026-10-20', '2030-10-20')).toEqual({
      ok: true,
      value: { replayed: true },
    })
    expect(await verify('2022-01-10', '2026-01-10')).toEqual({
      ok: true,
      value: { replayed: false },
    })
    expect(
      await town.sql.one`
        select verified_on as "on", verified_until as until,
          (select count(*)::int4 from verification v where v.meter_id = m.id) as known
        from meter m where id = ${meterId}`,
    ).toEqual({ on: '2026-10-20', until: '2030-10-20', known: 2 })
    expect(await history()).toEqual(['verified', 'verified'])
    expect(await verify('2026-10-20', '2026-10-19')).toEqual({
      ok: false,
      code: 'verification-wrong',
    })
    expect(await verify('2026-11-06', '2030-10-19')).toEqual({ ok: false, code: 'day-in-future' })
  })

  it('is removed with its closing reading, once', async () => {
    const removal = { ...work('2026-11-04'), closing: value(845) }
    expect(await removeMeter(town, { ...removal, closing: value(7) })).toMatchObject({
      ...{ ok: false, code: 'reading-below-previous' },
    })
    expect(await removeMeter(town, removal)).toMatchObject({ ok: true })
    expect(
      await town.sql
        .one`select removed_on as "on", removed_at as at from meter where id = ${meterId}`,
    ).toEqual({ on: '2026-11-04', at: town.now() })
    expect((await readings()).at(-1)).toMatchObject({ value: units(845), source: 'visit' })
    expect(await removeMeter(town, removal)).toEqual({ ok: false, code: 'meter-removed' })
    expect(await history()).toEqual(['removed'])
    expect(await sealMeter(town, { ...work('2026-11-04'), seal: 'A' })).toEqual({
      ok: false,
      code: 'meter-removed',
    })
  })

  it('is replaced under one act', async () => {
    const replaced = await replaceMeter(town, {
      ...{ ...work('2026-11-04'), closing: value(845), meter: NEW },
    })
    if (!replaced.ok) throw new Error(replaced.code)
    expect(await history()).toEqual(['removed'])
    expect(await history(replaced.value.meterId)).toEqual(['installed'])
    expect(await readAccountMeters(town, accountId)).toMatchObject([
      { serial: '0077', removedOn: '2026-11-04' },
      { serial: '0078', installedOn: '2026-11-04', removedOn: null },
    ])
  })

  it.each<[string, object]>([
    ['meter-exists', { meter: { ...NEW, serial: '0077' } }],
    ['zones-differ', { closing: [] }],
    ['meter-not-found', { meterId: 999_999 }],
  ])('that cannot be replaced stays as it was: %s', async (code, given) => {
    const input = { ...work('2026-11-04'), closing: value(845), meter: NEW, ...given }
    expect(await replaceMeter(town, input)).toMatchObject({ ok: false, code })
    expect(await readAccountMeters(town, accountId)).toMatchObject([{ removedOn: null }])
    expect(await readings()).toHaveLength(1)
  })
})
