import { describe, expect, it } from '@jest/globals'
import { explainMonth } from '../../../../core/billing/explain/explain-month.ts'
import { previewAccount } from '../../../../core/billing/explain/preview-account.ts'
import { period } from '../../../../core/period.ts'
import { wholeQuantity } from '../../../../core/quantity.ts'
import { chargeAndIssue } from '../../../support/calculated-town.ts'
import { evaluate } from '../../../support/evaluate.ts'
import { testTown } from '../../../support/town.ts'
import { addReading } from '../../../support/world.ts'
import {
  after,
  chargedAccount,
  chargedProvider,
  draftLines,
  meterOf,
  sayHousehold,
  sayRule,
} from '../run/charged-provider.ts'

const AUGUST = period(202608)
const SEPTEMBER = period(202609)
const OCTOBER = period(202610)
const PROVIDER = '30000003'
const town = await testTown({ now: '2026-07-20T09:00:00Z' })
await sayRule(town, 'benefit', { percent: '50' }, { key: 'veteran' })
const estimate = { method: 'avg-daily', baseMonths: 12, step: '1' }
const provider = await chargedProvider(town, {
  ...{ code: PROVIDER, from: SEPTEMBER },
  services: {
    water: { charging: { base: 'meter', estimate }, price: '30.4', norm: '3.6' },
    waste: { charging: { base: 'persons' }, price: '41.17' },
  },
})
const { accountId, agreements } = await chargedAccount(town, provider)
const [water = 0, waste = 0] = [agreements['water'], agreements['waste']]
const { registerId } = await meterOf(town, water)
const read = (takenOn: string, value: number) =>
  addReading(town, { registerId, takenOn, value: wholeQuantity(value) })
await read('2026-05-31', 30)
await read('2026-08-31', 122)

// August came from the provider's program: 8 m³ at 30.00 and the subscription.
const { batchId } = await town.sql.one<{ batchId: number }>`
  insert into import_batch (kind, file_name, content_hash, format, report, state, author, applied_at)
  values ('charges', 'test', ${Buffer.from('test')}, '{}', '{}', 'applied', 'test', ${town.now()})
  returning id as "batchId"`
await town.sql.run`
  insert into charge (agreement_id, period, method, price1_e8, volume1_e8, price2_e8, volume2_e8,
    accrued, subscription, penalty, correction, benefit, subsidy, asserted_opening, asserted_paid,
    asserted_closing, batch_id)
  values (${water}, ${AUGUST}, 'meter', 3000000000, 800000000, 0, 0, 24000, 1500, 0, -500, 0, 0, 0, 0,
    25000, ${batchId})`
await town.sql.run`
  insert into statement (agreement_id, period, opening, accrued, subscription, penalty, correction,
    benefit, subsidy, paid, closing)
  values (${water}, ${AUGUST}, 0, 24000, 1500, 0, -500, 0, 0, 0, 25000)`
await town.sql.run`
  insert into billing_period (provider_id, period, state)
  values (${provider.providerId}, ${AUGUST}, 'issued')`

describe('a month', () => {
  it('is explained line by line with the source of every number', async () => {
    town.clock.set(after(SEPTEMBER))
    await read('2026-09-30', 130)
    await chargeAndIssue(town, { providerCode: PROVIDER, month: SEPTEMBER })
    const explained = await explainMonth(town, { agreementId: water, month: SEPTEMBER })
    if (!explained.ok) throw new Error(explained.code)
    const { difference, lines, statement, unit } = explained.value
    expect({ unit, accrued: statement.accrued }).toEqual({ unit: 'м³', accrued: 243_20n })
    expect(lines).toMatchObject([
      {
        ...{
          kind: 'accrual',
          method: 'meter',
          amount: 243_20n,
          plain: 'round((130 - 122) * 30.4, 2)',
        },
        inputs: [
          { source: 'reading', details: { takenOn: '2026-09-30', sentBy: 'import' } },
          { source: 'reading', details: { takenOn: '2026-08-31' } },
          { source: 'tariff', details: { fromDay: '2020-01-01' } },
        ],
      },
    ])
    for (const { amount, formula } of lines) expect(evaluate(formula)).toBe(amount)
    expect(difference).toMatchObject({
      ...{ change: -6_80n, volume: 0n, tariff: 3_20n, subscription: -15_00n, corrections: 5_00n },
      closing: 243_20n,
    })
  })

  it('of the provider’s program is explained as far as its file tells', async () => {
    const explained = await explainMonth(town, { agreementId: water, month: AUGUST })
    if (!explained.ok) throw new Error(explained.code)
    const { difference, lines } = explained.value
    expect(difference).toBeNull()
    expect(lines.map(({ amount, kind, plain }) => [kind, amount, plain])).toEqual([
      ['accrual', 240_00n, 'round(8 * 30, 2)'],
      ['subscription', 15_00n, '15'],
      ['recalculation', -5_00n, '0 - 5'],
    ])
    for (const { amount, formula } of lines) expect(evaluate(formula)).toBe(amount)
  })

  it.each([
    ['agreement-not-found', { agreementId: 999_999, month: SEPTEMBER }],
    ['month-not-charged', { agreementId: water, month: OCTOBER }],
  ])('is refused: %s', async (code, of) => {
    expect(await explainMonth(town, of)).toEqual({ ok: false, code })
  })
})

describe('a preview', () => {
  it('before the reading is estimated, and says so', async () => {
    const preview = await previewAccount(town, accountId)
    expect(preview).toMatchObject({
      ok: true,
      value: {
        month: OCTOBER,
        services: [
          { agreementId: water, isEstimated: true },
          { agreementId: waste, isEstimated: false, amount: 82_34n },
        ],
      },
    })
  })

  it('is what the draft has when nothing comes in between', async () => {
    await read('2026-10-31', 140)
    await sayHousehold(town, accountId, { fromDay: '2026-10-11', occupants: 3 })
    town.clock.set(after(OCTOBER))
    const preview = await previewAccount(town, accountId)
    const lines = await draftLines(town, { providerCode: PROVIDER, month: OCTOBER })
    const total = (id: number) =>
      lines.reduce((sum, { agreementId, amount }) => sum + (agreementId === id ? amount : 0n), 0n)
    expect([total(water), total(waste)]).toEqual([304_00n, 110_23n])
    expect(preview).toMatchObject({
      ok: true,
      value: {
        total: total(water) + total(waste),
        services: [{ amount: total(water) }, { amount: total(waste) }],
      },
    })
  })

  it('is refused with the fault of data that cannot be charged', async () => {
    await town.sql.run`
      insert into beneficiary (account_id, category, persons, from_day, document, recorded_at)
      values (${accountId}, 'unheard-of', 1, '2026-01-01', '', ${town.now()})`
    expect(await previewAccount(town, accountId)).toEqual({
      ...{ ok: false, code: 'cannot-charge', lint: 'benefit-rule-missing' },
    })
  })

  it('is refused where the provider’s program charges', async () => {
    await town.sql.run`update provider set charged_from = null where code = ${PROVIDER}`
    const refused = { ok: false, code: 'charges-imported' }
    expect(await previewAccount(town, accountId)).toEqual(refused)
    expect(await previewAccount(town, 999_999)).toEqual(refused)
  })
})
