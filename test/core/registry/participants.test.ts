import { beforeEach, describe, expect, it } from '@jest/globals'
import {
  giveNotice,
  joinSettlement,
  type ParticipantRole,
  readParticipants,
} from '../../../core/registry/participants.ts'
import { readNoticeTerm } from '../../../core/registry/participants-notice.ts'
import {
  findService,
  nameParties,
  readParties,
} from '../../../core/registry/participants-parties.ts'
import { plainDate } from '../../../core/period.ts'
import { testTown } from '../../support/town.ts'
import { addProvider, addService } from '../../support/world.ts'

const town = await testTown()
const day = plainDate

let providerId: number
let providerCode: string
let made = 0
beforeEach(async () => {
  made += 1
  providerCode = String(85_000_000 + made)
  providerId = await addProvider(town, { code: providerCode })
})

const join = (fromDay: string, role: ParticipantRole = 'provider', code = providerCode) =>
  joinSettlement(town, {
    ...{ providerCode: code, role, fromDay: day(fromDay), document: '№ 3', author: 'test' },
  })

describe('a participant', () => {
  it('takes part from its accession until its notice has run', async () => {
    const joined = await join('2026-02-01')
    if (!joined.ok) throw new Error(joined.code)
    const { participationId } = joined.value
    const notice = { participationId, noticeOn: day('2026-05-01'), noticeDays: 30 }
    expect(await giveNotice(town, notice)).toEqual({ ok: true, value: { toDay: '2026-05-31' } })
    expect(await giveNotice(town, notice)).toEqual({ ok: false, code: 'notice-given' })
    const on = async (text: string) =>
      (await readParticipants(town, { on: day(text), providers: [providerCode] })).length
    expect(
      await Promise.all(['2026-01-31', '2026-02-01', '2026-05-30', '2026-05-31'].map(on)),
    ).toEqual([0, 1, 1, 0])
    expect(await readParticipants(town, { providers: [providerCode] })).toEqual([
      {
        ...{ id: participationId, provider: providerCode, role: 'provider', document: '№ 3' },
        ...{ fromDay: '2026-02-01', noticeOn: '2026-05-01', toDay: '2026-05-31' },
      },
    ])
    expect(await join('2026-05-30')).toEqual({ ok: false, code: 'role-overlaps' })
    expect(await join('2026-05-31')).toMatchObject({ ok: true })
  })

  it('has a role once at a time, several side by side', async () => {
    await join('2026-02-01')
    expect(await join('2026-01-01')).toEqual({ ok: false, code: 'role-overlaps' })
    expect(await join('2026-02-01', 'authorised')).toMatchObject({ ok: true })
  })

  it('is a known organisation, and took part when it gave notice', async () => {
    expect(await join('2026-02-01', 'customer', '1')).toEqual({
      ok: false,
      code: 'provider-not-found',
    })
    const joined = await join('2026-02-01')
    const participationId = joined.ok ? joined.value.participationId : 0
    const notice = { noticeOn: day('2026-01-31'), noticeDays: 30 }
    expect(await giveNotice(town, { ...notice, participationId })).toEqual({
      ok: false,
      code: 'notice-before-accession',
    })
    expect(await giveNotice(town, { ...notice, participationId: 999_999 })).toEqual({
      ok: false,
      code: 'participation-not-found',
    })
  })

  it('stays as long as the rule of the day says, its own before the town’s', async () => {
    const joined = await join('2026-02-01')
    const participationId = joined.ok ? joined.value.participationId : 0
    const term = (on: string) => readNoticeTerm(town, { participationId, on: day(on) })
    const rule = (owner: number | null, fromDay: string, days: number) => town.sql.run`
      insert into rule (kind, provider_id, from_day, value, source, recorded_at)
      values ('participation-notice', ${owner}, ${fromDay}, ${JSON.stringify({ days })}::jsonb, '',
        ${town.now()})`
    await rule(null, '2026-03-01', 30)
    await rule(providerId, '2026-06-01', 60)
    const provider = providerCode
    expect(await term('2026-02-28')).toEqual({ provider, noticeDays: null })
    expect(await term('2026-03-01')).toEqual({ provider, noticeDays: 30 })
    expect(await term('2026-06-01')).toEqual({ provider, noticeDays: 60 })
    expect(
      await readNoticeTerm(town, { participationId: 999_999, on: day('2026-06-01') }),
    ).toBeNull()
  })
})

describe('who bills a service and who is paid for it', () => {
  let serviceId: number
  let other: string
  beforeEach(async () => {
    serviceId = await addService(town, { providerId, code: '10' })
    other = String(84_000_000 + made)
    await addProvider(town, { code: other })
  })
  const name = (fromDay: string, given: { toDay?: string; biller?: string; payee?: string } = {}) =>
    nameParties(town, {
      ...{ serviceId, billerCode: given.biller ?? other, payeeCode: given.payee ?? providerCode },
      ...{ fromDay: day(fromDay), author: 'test' },
      ...(given.toDay === undefined ? {} : { toDay: day(given.toDay) }),
    })
  const biller = async (on: string) => (await readParties(town, { serviceId, on: day(on) }))?.biller

  it('are the provider itself unless others are named', async () => {
    expect(await readParties(town, { serviceId, on: day('2026-01-01') })).toEqual({
      ...{ billerId: providerId, biller: providerCode, payeeId: providerId, payee: providerCode },
    })
    await name('2026-03-01', { toDay: '2026-04-01' })
    expect(await Promise.all(['2026-02-28', '2026-03-01', '2026-04-01'].map(biller))).toEqual([
      ...[providerCode, other, providerCode],
    ])
    expect(await readParties(town, { serviceId: 999_999, on: day('2026-01-01') })).toBeNull()
  })

  it('named from a day end those named without an end', async () => {
    await name('2026-03-01')
    await name('2026-05-01', { biller: providerCode, payee: other })
    expect(await Promise.all(['2026-04-30', '2026-05-01'].map(biller))).toEqual([
      other,
      providerCode,
    ])
  })

  it.each([
    ['parties-overlap', '2026-03-31', {}],
    ['parties-overlap', '2026-02-01', { toDay: '2026-03-02' }],
    ['range-wrong', '2026-05-01', { toDay: '2026-05-01' }],
    ['biller-not-found', '2026-05-01', { biller: '1' }],
    ['payee-not-found', '2026-05-01', { payee: '1' }],
  ])('are refused as %s', async (code, fromDay, given) => {
    await name('2026-03-01', { toDay: '2026-04-01' })
    expect(await name(fromDay, given)).toEqual({ ok: false, code })
  })

  it('are of a known service', async () => {
    expect(await findService(town, { providerCode, service: '10' })).toEqual({ serviceId })
    expect(await findService(town, { providerCode, service: '11' })).toBeNull()
    const parties = { billerCode: other, payeeCode: other, fromDay: day('2026-01-01') }
    expect(await nameParties(town, { ...parties, serviceId: 999_999, author: 'test' })).toEqual({
      ok: false,
      code: 'service-not-found',
    })
  })
})
