import { describe, expect, it } from '@jest/globals'
import { period } from '../../../core/period.ts'
import { MONTHS_MAX, openScope, type ReportInput } from '../../../core/reports/open-scope.ts'
import { testTown } from '../../support/town.ts'
import { addAgreement, addProvider } from '../../support/world.ts'
import { book, entry } from '../ledger/books.ts'

const town = await testTown({ now: '2026-10-31T23:30:00Z' })
const CODE = '55101018'
const providerId = await addProvider(town, { code: CODE })
const otherId = await addProvider(town)
const agreementId = await addAgreement(town, { providerId })

describe('a scope', () => {
  it.each<[string, ReportInput, object]>([
    ['provider-not-found', { providerCode: '99999999' }, {}],
    ['range-ends-before-start', { from: period(202611), to: period(202610) }, {}],
    ['too-many-months', { from: period(201610), to: period(202610) }, { limit: MONTHS_MAX }],
    ['as-of-in-future', { asOf: new Date('2026-11-01T00:00:00Z') }, {}],
  ])('is refused as %s', async (code, input, details) => {
    expect(await openScope(town, input)).toEqual({ ok: false, code, ...details })
  })

  it('is of this month in the zone of the town, of all providers, by service', async () => {
    const opened = await openScope(town, {})
    const november = period(202611)
    expect(opened).toMatchObject({ ok: true, value: { from: november, to: november } })
    expect(opened).toMatchObject({
      value: { providerIds: [providerId, otherId], grain: 'service' },
    })
  })

  it('takes ten years at most', async () => {
    const input = { from: period(201611), to: period(202610), providerCode: CODE }
    expect(await openScope(town, input)).toMatchObject({ value: { providerIds: [providerId] } })
  })

  it('settles its instant: what is booked at the same moment comes after it', async () => {
    const asOf = town.now()
    expect(await openScope(town, { asOf })).toMatchObject({ ok: true })
    await book(town, providerId, [entry({ agreementId, providerId }, 1)])
    const { later } = await town.sql.one<{ later: boolean }>`
      select bool_and(booked_at > ${asOf}) as later from entry`
    expect(later).toBe(true)
  })
})
