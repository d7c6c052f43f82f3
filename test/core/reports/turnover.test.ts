import { describe, expect, it } from '@jest/globals'
import { debtMovement } from '../../../core/ledger/movement.ts'
import { type EntryKind } from '../../../core/ledger/entry-kind.ts'
import { kopecks } from '../../../core/money.ts'
import { period, type Period } from '../../../core/period.ts'
import { readTurnover } from '../../../core/reports/turnover.ts'
import { testTown } from '../../support/town.ts'
import {
  addAccount,
  addAgreement,
  addHouse,
  addPremise,
  addProvider,
  addService,
} from '../../support/world.ts'
import { book, entry } from '../ledger/books.ts'
import { scopeOf, taken } from './scope.ts'

const town = await testTown()
const AUGUST = period(202608)
const SEPTEMBER = period(202609)
const OCTOBER = period(202610)
const CODE = '55101018'
const providerId = await addProvider(town, { code: CODE, name: 'Water' })
const cold = await addService(town, { providerId, code: '11', name: 'Cold' })
const hot = await addService(town, { providerId, code: '12', name: 'Hot' })
const [shire, rohan] = await Promise.all(
  ['Shire', 'Rohan'].map(async (street) => {
    const premiseId = await addPremise(town, { houseId: await addHouse(town, { street }) })
    const accountId = await addAccount(town, { providerId, premiseId })
    return {
      cold: await addAgreement(town, { providerId, accountId, serviceId: cold }),
      hot: await addAgreement(town, { providerId, accountId, serviceId: hot }),
    }
  }),
)
if (!shire || !rohan) throw new Error('two streets')

let sources = 0
const booked = (agreementId: number, month: Period, kind: EntryKind, amount: number) =>
  book(town, providerId, [
    entry({ agreementId, providerId }, ++sources, { kind, amount, period: month }),
  ])

await booked(shire.cold, AUGUST, 'opening', 500)
await booked(shire.cold, AUGUST, 'accrual', 1000)
await booked(shire.cold, SEPTEMBER, 'accrual', 1000)
await booked(shire.cold, SEPTEMBER, 'subscription', 30)
await booked(shire.cold, SEPTEMBER, 'penalty', 7)
await booked(shire.cold, SEPTEMBER, 'correction', -200)
await booked(shire.cold, SEPTEMBER, 'benefit', 100)
await booked(shire.cold, SEPTEMBER, 'subsidy', 40)
await booked(shire.cold, SEPTEMBER, 'payment', 900)
await booked(shire.hot, SEPTEMBER, 'bank-payment', 300)
await booked(rohan.hot, SEPTEMBER, 'opening', -60)
await booked(rohan.hot, OCTOBER, 'accrual', 100)
town.clock.advance({ hours: 1 })
const before = town.now()
town.clock.advance({ hours: 1 })
await book(town, providerId, [
  {
    ...debtMovement(shire.cold, rohan.cold, kopecks(250)),
    ...{ source: 'operator', sourceId: 99n, line: 0, period: SEPTEMBER },
    effectiveOn: entry({ agreementId: 1, providerId }, 99).effectiveOn,
  },
])
town.clock.advance({ hours: 1 })

const september = { from: SEPTEMBER, to: SEPTEMBER, providerCode: CODE }
const zero = {
  ...{ openingDebt: 0n, openingCredit: 0n, accrued: 0n, subscription: 0n, penalty: 0n },
  ...{ correction: 0n, benefit: 0n, subsidy: 0n, paid: 0n, closingDebt: 0n, closingCredit: 0n },
}
const coldRow = {
  ...{ ...zero, openingDebt: 1500n, accrued: 1000n, subscription: 30n, penalty: 7n },
  ...{ correction: -200n, benefit: 100n, subsidy: 40n, paid: 900n, closingDebt: 1297n },
}
const hotRow = { ...zero, openingCredit: 60n, paid: 300n, closingCredit: 360n }

describe('the turnover', () => {
  it('by service keeps debt and credit of agreements apart', async () => {
    const { rows } = await taken(readTurnover(town, await scopeOf(town, september)))
    // a moved debt is a correction on both sides, of one sum
    expect(rows).toEqual([
      { provider: CODE, code: '11', name: 'Cold', ...coldRow },
      { provider: CODE, code: '12', name: 'Hot', ...hotRow },
    ])
  })

  it('by street shows who gave the debt and who has it', async () => {
    const scope = await scopeOf(town, { ...september, grain: 'street' })
    const { rows } = await taken(readTurnover(town, scope))
    expect(rows).toEqual([
      {
        ...{ provider: '', code: '', name: 'вул. Rohan' },
        ...{ ...zero, openingCredit: 60n, correction: 250n, closingDebt: 250n, closingCredit: 60n },
      },
      {
        ...{ provider: '', code: '', name: 'вул. Shire' },
        ...{ ...coldRow, correction: -450n, paid: 1200n, closingDebt: 1047n, closingCredit: 300n },
      },
    ])
  })

  it('by provider adds up, and so do the totals', async () => {
    const scope = await scopeOf(town, { ...september, grain: 'provider' })
    const { rows, totals } = await taken(readTurnover(town, scope))
    const whole = { ...coldRow, openingCredit: 60n, paid: 1200n, closingCredit: 360n }
    expect(rows).toEqual([{ provider: CODE, code: '', name: 'Water', ...whole }])
    expect(totals).toEqual([whole])
  })

  it('of the past leaves out what was booked later', async () => {
    const scope = await scopeOf(town, { ...september, asOf: before, grain: 'street' })
    const { rows } = await taken(readTurnover(town, scope))
    expect(rows.map(({ correction, name }) => [name, correction])).toEqual([
      ['вул. Rohan', 0n],
      ['вул. Shire', -200n],
    ])
  })

  it('of several months opens before the first, openings inside them included', async () => {
    const scope = await scopeOf(town, { ...september, from: AUGUST, to: OCTOBER })
    const { totals } = await taken(readTurnover(town, scope))
    expect(totals).toMatchObject([{ openingDebt: 500n, openingCredit: 60n, accrued: 2100n }])
    expect(totals).toMatchObject([{ closingDebt: 1337n, closingCredit: 300n }])
  })

  it('of another provider has nothing of this one', async () => {
    const providerCode = '55202042'
    await addProvider(town, { code: providerCode })
    const scope = await scopeOf(town, { to: OCTOBER, providerCode })
    expect(await taken(readTurnover(town, scope))).toMatchObject({ rows: [], totals: [zero] })
  })
})
