import { beforeAll, describe, expect, it } from '@jest/globals'
import { compareTrial } from '../../../core/billing/compare-trial.ts'
import { startTrial } from '../../../core/billing/run/start-run.ts'
import { type SupposedPrice, supposePrices } from '../../../core/billing/run/suppose-prices.ts'
import { workOnRun } from '../../../core/billing/run/work-on-run.ts'
import { type Period, plainDate } from '../../../core/period.ts'
import { rate } from '../../../core/quantity.ts'
import { testTown } from '../../support/town.ts'
import { addChargedProvider, addUnpriced, draft, issue, OCTOBER, SEPTEMBER } from './charged.ts'

const town = await testTown()
const CODE = '55101018'
const WATER = { service: '11', price: rate(4_000_000_000n) }

const suppose = (
  prices: SupposedPrice[],
  {
    day,
    month = OCTOBER,
    provider = CODE,
  }: { day?: string; month?: Period; provider?: string } = {},
) =>
  supposePrices(town, {
    ...{ providerCode: provider, month, prices },
    fromDay: day === undefined ? undefined : plainDate(day),
  })

async function start(month: Period, prices: SupposedPrice[], day?: string): Promise<number> {
  const supposed = await suppose(prices, { month, ...(day !== undefined && { day }) })
  if (!supposed.ok) throw new Error(supposed.code)
  const trial = { providerCode: CODE, month, author: 'test', suppose: supposed.value }
  const started = await startTrial(town, trial)
  if (!started.ok) throw new Error(started.code)
  return started.value.runId
}

async function tried(month: Period, prices: SupposedPrice[], day?: string) {
  const runId = await start(month, prices, day)
  await workOnRun(town, runId)
  return compareTrial(town, { runId, limit: 10 })
}

let providerId: number
let drafted: number
beforeAll(async () => {
  providerId = (await addChargedProvider(town, CODE)).providerId
  await issue(town, CODE, SEPTEMBER)
})

describe('comparing a trial with what was booked', () => {
  it('needs something to compare with', async () => {
    const compared = await tried(OCTOBER, [WATER])
    expect(compared).toEqual({ ok: false, code: 'month-not-charged' })
  })

  it('tells who pays more and who pays less', async () => {
    drafted = await draft(town, CODE, OCTOBER)
    const compared = await tried(OCTOBER, [WATER, { service: '71', price: rate(4_000_000_000n) }])
    const number = (text: string) => ({ accountId: expect.any(Number), number: text })
    expect(compared).toEqual({
      ok: true,
      value: {
        month: OCTOBER,
        services: [
          {
            ...{ service: '11', serviceName: 'Водопостачання', agreements: 2 },
            ...{ is: 68_000n, was: 51_000n, change: 17_000n, more: 2, less: 0, same: 0 },
          },
          {
            ...{ service: '71', serviceName: 'Прибирання', agreements: 2 },
            ...{ is: 8_000n, was: 10_000n, change: -2_000n, more: 0, less: 2, same: 0 },
          },
        ],
        total: {
          ...{ agreements: 4, is: 76_000n, was: 61_000n, change: 15_000n },
          ...{ more: 2, less: 2, same: 0 },
        },
        leftOut: 0,
        changes: [
          { ...number('101'), is: 64_000n, was: 50_000n, change: 14_000n },
          { ...number('102'), is: 12_000n, was: 11_000n, change: 1_000n },
        ],
      },
    })
  })

  it('of a price from the middle of the month counts the days after it', async () => {
    const price = { service: '71', price: rate(8_100_000_000n) }
    const compared = await tried(OCTOBER, [price], '2026-10-16')
    // Of 31 days 15 at 50.00 and 16 at 81.00.
    expect(compared).toMatchObject({
      value: { services: [{ change: 0n, same: 2 }, { is: 2n * (2_419n + 4_181n) }] },
    })
  })

  it('of an issued month compares with what was issued', async () => {
    expect(await tried(SEPTEMBER, [WATER])).toMatchObject({
      value: { total: { is: 66_000n, was: 52_000n, change: 14_000n, more: 2, same: 2 } },
    })
  })

  it('keeps accounts it could not charge apart', async () => {
    await addUnpriced(town, providerId)
    expect(await tried(SEPTEMBER, [WATER])).toMatchObject({ value: { leftOut: 1 } })
  })

  it('is refused for what is no computed trial', async () => {
    const compare = (runId: number) => compareTrial(town, { runId, limit: 10 })
    expect(await compare(9_999)).toEqual({ ok: false, code: 'run-not-found' })
    expect(await compare(drafted)).toEqual({ ok: false, code: 'not-a-trial' })
    expect(await compare(await start(OCTOBER, [WATER]))).toEqual({
      ok: false,
      code: 'run-unfinished',
    })
  })
})

describe('supposing prices', () => {
  it('keeps the norm and the subscription of the price in force', async () => {
    expect(await suppose([WATER])).toMatchObject({
      value: { tariffs: [{ zone: 0, subscription: 0n, normE8: 400_000_000n, toDay: null }] },
    })
    expect(await suppose([WATER], { day: '2025-01-01' })).toMatchObject({
      value: { tariffs: [{ fromDay: '2025-01-01', normE8: null }] },
    })
  })

  it.each([
    ['provider-not-found', '99999999', [WATER], {}],
    ['service-not-found', CODE, [{ ...WATER, service: '55' }], { service: '55' }],
    ['price-twice', CODE, [WATER, WATER], { service: '11' }],
    ['price-negative', CODE, [{ ...WATER, price: rate(-1n) }], { service: '11' }],
  ])('is refused as %s', async (code, provider, prices, details) => {
    expect(await suppose(prices, { provider })).toEqual({ ok: false, code, ...details })
  })
})
