import { beforeEach, describe, expect, it } from '@jest/globals'
import { readAccountHistory } from '../../../core/billing/account-life/account-event.ts'
import { correctBalance } from '../../../core/billing/correct.ts'
import { readStatements } from '../../../core/ledger/read-statements.ts'
import { kopecks } from '../../../core/money.ts'
import { period } from '../../../core/period.ts'
import { testTown } from '../../support/town.ts'
import { addAccount, addAgreement, addProvider } from '../../support/world.ts'

const town = await testTown()
const OCTOBER = period(202610)

let providerId: number
let accountId: number
let agreementId: number
beforeEach(async () => {
  providerId = await addProvider(town)
  accountId = await addAccount(town, { providerId })
  agreementId = await addAgreement(town, { providerId, accountId })
})

const correct = (given: Partial<Parameters<typeof correctBalance>[1]> = {}) =>
  correctBalance(town, {
    ...{ agreementId, amount: kopecks(-4_150), reason: 'Акт № 3', author: 'test' },
    ...given,
  })
const statements = () => readStatements(town, agreementId, { limit: 5 })

describe('a correction', () => {
  it.each([-4_150, 300])('of %d shows in the open month with its sign', async (amount) => {
    await town.sql.run`
      insert into billing_period (provider_id, period, state) values (${providerId}, 202611, 'issued')`
    const done = await correct({ amount: kopecks(amount), aboutPeriod: OCTOBER })
    expect(done).toMatchObject({ ok: true, value: { month: 202612, replayed: false } })
    expect(await statements()).toMatchObject([
      { period: 202612, correction: BigInt(amount), closing: BigInt(amount) },
    ])
    const [entry] = await town.sql.many`
      select about_period as about, reason, source_kind as source from entry
      where from_id = ${agreementId} or to_id = ${agreementId}`
    expect(entry).toEqual({ about: OCTOBER, reason: 'Акт № 3', source: 4 })
  })

  it('stands in the history of its account', async () => {
    await correct()
    expect(await readAccountHistory(town, accountId, { limit: 5 })).toMatchObject([
      {
        kind: 'corrected',
        reason: 'Акт № 3',
        details: { agreement: agreementId, amount: '-4150' },
      },
    ])
  })

  it('asked for again with its key changes nothing, with another sum is refused', async () => {
    const first = await correct({ requestKey: 'c1' })
    expect(await correct({ requestKey: 'c1', reason: ' Акт № 3 ' })).toEqual({
      ok: true,
      value: { ...(first.ok && first.value), replayed: true },
    })
    expect((await statements())[0]?.closing).toBe(-4_150n)
    expect(await correct({ requestKey: 'c1', amount: kopecks(1) })).toEqual({
      ok: false,
      code: 'key-conflict',
    })
  })

  it.each([
    ['agreement-not-found', { agreementId: 999_999 }],
    ['amount-zero', { amount: kopecks(0) }],
    ['reason-missing', { reason: '  ' }],
    ['month-in-future', { aboutPeriod: period(202612) }],
  ])('is refused as %s', async (code, given) => {
    expect(await correct(given)).toEqual({ ok: false, code })
    expect(await statements()).toEqual([])
  })
})
