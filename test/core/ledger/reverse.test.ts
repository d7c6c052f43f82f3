import { beforeEach, describe, expect, it } from '@jest/globals'
import { readStatements } from '../../../core/ledger/read-statements.ts'
import { reversalsOf } from '../../../core/ledger/reverse.ts'
import { testTown } from '../../support/town.ts'
import { addAgreement, addProvider } from '../../support/world.ts'
import { book, DECEMBER, entry, NOVEMBER, OCTOBER } from './books.ts'

const town = await testTown()
let providerId: number
let side: { agreementId: number; providerId: number }
let key = 0
beforeEach(async () => {
  providerId = await addProvider(town)
  side = { agreementId: await addAgreement(town, { providerId }), providerId }
  key += 10
})

const idOf = async (sourceId: number) => {
  const { id } = await town.sql.one<{ id: bigint }>`
    select id from entry where source_kind = 4 and source_id = ${sourceId}`
  return id
}
const months = () => readStatements(town, side.agreementId, { limit: 10 })

describe('a reversal', () => {
  it.each([
    ['no month is issued', null, OCTOBER],
    ['an earlier month is issued', 202609, OCTOBER],
    ['the month is issued', OCTOBER, NOVEMBER],
    ['a later month is issued', NOVEMBER, DECEMBER],
  ] as const)('counts in the month of its original or the open one: %s', async (_, last, month) => {
    await book(town, providerId, [entry(side, key)])
    const entryIds = [await idOf(key)]
    const lastIssued = last as typeof OCTOBER | null
    const reversals = await reversalsOf(town, { entryIds, lastIssued, reason: 'помилка' })
    expect(reversals).toMatchObject([
      { period: month, aboutPeriod: OCTOBER, effectiveOn: '2026-10-15', reason: 'помилка' },
    ])
    await book(town, providerId, reversals)
    expect((await months())[0]).toMatchObject({ period: month, closing: 0n })
  })

  it('of an opening stays where the opening stood', async () => {
    await book(town, providerId, [entry(side, key, { kind: 'opening', amount: 500 })])
    const entryIds = [await idOf(key)]
    const reversals = await reversalsOf(town, { entryIds, lastIssued: OCTOBER, reason: '' })
    await book(town, providerId, reversals)
    expect(await months()).toMatchObject([{ period: OCTOBER, opening: 0n, closing: 0n }])
  })

  it('is not made for what was taken back already', async () => {
    await book(town, providerId, [entry(side, key), entry(side, key + 1)])
    const entryIds = [await idOf(key), await idOf(key + 1)]
    const take = () => reversalsOf(town, { entryIds, lastIssued: null, reason: '' })
    await book(town, providerId, (await take()).slice(0, 1))
    expect(await take()).toMatchObject([{ reversesId: entryIds[1] }])
  })

  it('of a reversal books the original anew', async () => {
    await book(town, providerId, [entry(side, key)])
    const take = async (id: bigint) =>
      reversalsOf(town, { entryIds: [id], lastIssued: null, reason: '' })
    await book(town, providerId, await take(await idOf(key)))
    const { id } = await town.sql.one<{ id: bigint }>`
      select id from entry where reverses_id = ${await idOf(key)}`
    await book(town, providerId, await take(id))
    expect(await months()).toMatchObject([{ accrued: 100n, closing: 100n }])
  })
})
