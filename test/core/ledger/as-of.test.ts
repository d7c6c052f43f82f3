import { beforeEach, describe, expect, it } from '@jest/globals'
import { settleAsOf } from '../../../core/ledger/as-of.ts'
import { readStatements } from '../../../core/ledger/read-statements.ts'
import { testTown } from '../../support/town.ts'
import { addAgreement, addProvider } from '../../support/world.ts'
import { book, entry, NOVEMBER, OCTOBER } from './books.ts'

const town = await testTown()
let providerId: number
let side: { agreementId: number; providerId: number }
let key = 0
beforeEach(async () => {
  town.clock.set('2026-11-05T10:00:00Z')
  providerId = await addProvider(town)
  side = { agreementId: await addAgreement(town, { providerId }), providerId }
  key += 10
})

const months = (asOf: Date) => readStatements(town, side.agreementId, { limit: 10, asOf })

describe('an instant of the past', () => {
  it('is answered alike before and after a back-dated entry', async () => {
    await book(town, providerId, [entry(side, key, { period: NOVEMBER })])
    const asOf = town.now()
    expect(await settleAsOf(town, providerId, asOf)).toMatchObject({ ok: true })
    const answer = await months(asOf)
    expect(answer).toMatchObject([{ period: NOVEMBER, closing: 100n }])
    await book(town, providerId, [entry(side, key + 1, { period: OCTOBER })])
    expect(await months(asOf)).toEqual(answer)
    town.clock.advance({ seconds: 1 })
    expect(await months(town.now())).toMatchObject([
      { period: NOVEMBER, opening: 100n, closing: 200n },
      { period: OCTOBER, opening: 0n, closing: 100n },
    ])
  })

  it('stays complete when the clock goes back after it was asked', async () => {
    await book(town, providerId, [entry(side, key)])
    town.clock.advance({ minutes: 1 })
    const asOf = town.now()
    await settleAsOf(town, providerId, asOf)
    const answer = await months(asOf)
    town.clock.advance({ minutes: -10 })
    await book(town, providerId, [entry(side, key + 1)])
    expect(await months(asOf)).toEqual(answer)
  })

  it('stays complete when it was asked before the first posting', async () => {
    const asOf = town.now()
    expect(await settleAsOf(town, providerId, asOf)).toMatchObject({ ok: true })
    town.clock.advance({ minutes: -10 })
    await book(town, providerId, [entry(side, key)])
    expect(await months(asOf)).toEqual([])
  })

  it('in the future is refused', async () => {
    const asOf = new Date(town.now().getTime() + 1)
    expect(await settleAsOf(town, providerId, asOf)).toEqual({ ok: false, code: 'as-of-in-future' })
  })
})
