import { describe, expect, it } from '@jest/globals'
import { verify } from '../../../core/ledger/verify.ts'
import { testTown } from '../../support/town.ts'
import { fixture } from './formats/fixture.ts'
import { chargesOf, readTownStatements, registerTown, take } from './town-files.ts'

const payments = fixture('isengard/payments.dbf')
const late = chargesOf((month) => month >= 202609)
const early = chargesOf((month) => month < 202609)

const inOrder = await testTown()
const lateFirst = await testTown()
const paidFirst = await testTown()
await registerTown(inOrder)
await take(inOrder, 'charges', fixture('isengard/charges.dbf'))
await take(inOrder, 'payments', payments)
const expected = await readTownStatements(inOrder)

describe('files in another order come to the same sums', () => {
  it('the last months first, the history later', async () => {
    const town = lateFirst
    await registerTown(town)
    await take(town, 'charges', late)
    // payments of earlier months are inside the opening: the last months close as the provider said
    expect(await take(town, 'payments', payments)).toMatchObject({ unreconciled: 0 })
    expect(await take(town, 'charges', early)).toMatchObject({ new: 11_880, unreconciled: 0 })
    expect(await readTownStatements(town)).toEqual(expected)
    const faults = []
    for await (const fault of verify(town)) faults.push(fault)
    expect(faults).toEqual([])
  })

  it('payments before any charge', async () => {
    const town = paidFirst
    await registerTown(town)
    await take(town, 'payments', payments)
    expect(await take(town, 'charges', late)).toMatchObject({ new: 1080, unreconciled: 0 })
    const october = (rows: typeof expected) => rows.filter((row) => row.period === 202610)
    expect(october(await readTownStatements(town))).toEqual(october(expected))
  })
})
