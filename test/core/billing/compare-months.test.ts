import { beforeAll, describe, expect, it } from '@jest/globals'
import { compareMonths } from '../../../core/billing/compare-months.ts'
import { startMonthRun } from '../../../core/billing/run/start-run.ts'
import { workOnRun } from '../../../core/billing/run/work-on-run.ts'
import { period } from '../../../core/period.ts'
import { wholeQuantity } from '../../../core/quantity.ts'
import { testTown } from '../../support/town.ts'
import { addAgreement, addProvider, addService } from '../../support/world.ts'
import { book, entry } from '../ledger/books.ts'
import { addChargedProvider, draft, issue, OCTOBER, SEPTEMBER } from './charged.ts'

const town = await testTown()
const CODE = '55101018'
const IMPORTED = '55202042'
const compare = (month = OCTOBER, providerCode = CODE, limit = 10) =>
  compareMonths(town, { providerCode, month, limit })

let home: Awaited<ReturnType<typeof addChargedProvider>>
beforeAll(async () => {
  home = await addChargedProvider(town, CODE)
  await issue(town, CODE, SEPTEMBER)
})

const figures = (agreements: number, accrued: bigint, more: object = {}) => ({
  ...{ agreements, accrued, subscription: 0n, penalty: 0n, correction: 0n, benefit: 0n },
  ...{ subsidy: 0n, charged: accrued, ...more },
})
const WATER = { service: '11', serviceName: 'Водопостачання', unit: 'м³' }
const YARD = { service: '71', serviceName: 'Прибирання', unit: 'м³' }
const metered = (is: number, was: number) => ({
  ...{ method: 'meter', isAgreements: 2, is: wholeQuantity(is) },
  ...{ wasAgreements: 2, was: wholeQuantity(was) },
})
const changed = (number: string, is: bigint, was: bigint) => ({
  ...{ accountId: expect.any(Number), number, is, was, change: is - was },
})

describe('comparing a month with the one before', () => {
  it('waits until the draft is computed', async () => {
    const draft = { providerCode: CODE, month: OCTOBER, author: 'test' }
    const started = await startMonthRun(town, draft)
    expect(await compare()).toEqual({ ok: false, code: 'run-unfinished' })
    if (started.ok) await workOnRun(town, started.value.runId)
  })

  it.each([
    ['draft', async () => undefined],
    ['issued', async () => issue(town, CODE, OCTOBER)],
  ])('tells services, volumes and accounts of a month that is %s', async (state, prepare) => {
    await prepare()
    expect(await compare()).toEqual({
      ok: true,
      value: {
        ...{ month: OCTOBER, before: SEPTEMBER, state },
        services: [
          {
            ...WATER,
            ...{ is: figures(2, 51_000n), was: figures(2, 42_000n), change: 9_000n },
            volumes: [metered(17, 14)],
          },
          {
            ...YARD,
            ...{ is: figures(2, 10_000n), was: figures(2, 10_000n), change: 0n, volumes: [] },
          },
        ],
        total: { is: figures(4, 61_000n), was: figures(4, 52_000n), change: 9_000n },
        changes: [changed('101', 50_000n, 35_000n), changed('102', 11_000n, 17_000n)],
      },
    })
  })

  it('names no more accounts than asked', async () => {
    const compared = await compare(OCTOBER, CODE, 1)
    expect(compared).toMatchObject({ value: { changes: [{ number: '101' }] } })
  })

  it('counts what was booked into an open month beside the lines of its draft', async () => {
    town.clock.set('2026-12-02T10:00:00Z')
    const november = period(202611)
    await book(town, home.providerId, [
      entry({ agreementId: home.first.agreementId, providerId: home.providerId }, 7, {
        ...{ kind: 'correction', amount: -1_500, period: november },
      }),
    ])
    await draft(town, CODE, november)
    const compared = await compare(november)
    if (!compared.ok) throw new Error(compared.code)
    const [water] = compared.value.services
    expect(water?.is.correction).toBe(-1_500n)
    expect(water?.is.charged).toBe((water?.is.accrued ?? 0n) - 1_500n)
  })

  it('tells charges that were imported', async () => {
    const providerId = await addProvider(town, { code: IMPORTED })
    const serviceId = await addService(town, { providerId, code: '33' })
    const side = { providerId, agreementId: await addAgreement(town, { providerId, serviceId }) }
    await book(town, providerId, [
      entry(side, 20, { amount: 700, period: SEPTEMBER }),
      entry(side, 21, { amount: 900 }),
      entry(side, 22, { kind: 'subsidy', amount: 150 }),
    ])
    expect(await compare(OCTOBER, IMPORTED)).toMatchObject({
      value: {
        state: 'open',
        total: {
          is: figures(1, 900n, { subsidy: 150n, charged: 750n }),
          was: figures(1, 700n),
          change: 50n,
        },
      },
    })
  })

  it.each([
    ['provider-not-found', '99999999', OCTOBER],
    ['month-not-charged', CODE, period(202512)],
  ])('is refused as %s', async (code, provider, month) => {
    expect(await compare(month, provider)).toEqual({ ok: false, code })
  })
})
