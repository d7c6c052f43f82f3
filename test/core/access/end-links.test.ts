import { describe, expect, it } from '@jest/globals'
import { billCode, findBillCode } from '../../../core/access/bill-code.ts'
import {
  countLaterLinks,
  endLaterLinks,
  endLinksOfOldHolders,
} from '../../../core/access/end-links.ts'
import { linkAccount } from '../../../core/access/link-account.ts'
import { readLinkedAccounts } from '../../../core/access/linked-accounts.ts'
import { type Person } from '../../../core/access/person.ts'
import { period } from '../../../core/period.ts'
import { buildSmallTown } from '../../support/small-town.ts'
import { testTown } from '../../support/town.ts'
import { addPerson } from '../../support/world.ts'

const town = await testTown()
const { accounts } = await buildSmallTown(town)

async function newcomer(): Promise<Person> {
  const person = await addPerson(town, {})
  const proof = { kind: 'meter', serial: '032264' } as const
  const linked = await linkAccount(town, { person, number: '101', proof })
  if (!linked.ok) throw new Error(linked.code)
  return person
}

async function linkOf({ consumerId }: Person): Promise<number | null> {
  const [own] = await readLinkedAccounts(town, [consumerId])
  return own?.linkId ?? null
}

describe('revoking links', () => {
  it('whoever came first ends the later ones, never the other way round', async () => {
    const [first, second, third] = [await newcomer(), await newcomer(), await newcomer()]
    const own = (await linkOf(first)) ?? 0
    const later = (await linkOf(second)) ?? 0
    expect(await countLaterLinks(town, { ...first, linkId: own })).toBe(2)
    expect(await countLaterLinks(town, { ...second, linkId: later })).toBe(1)
    expect(await endLaterLinks(town, { ...second, linkId: own })).toEqual([])
    const ended = await endLaterLinks(town, { ...first, linkId: own })
    expect(new Set(ended.map((link) => link.consumerId))).toEqual(
      new Set([second.consumerId, third.consumerId]),
    )
    expect(await linkOf(first)).toBe(own)
    expect(await linkOf(second)).toBeNull()
  })
})

describe('another holder', () => {
  it('ends every link of the account and voids the codes printed for the old one', async () => {
    const person = await newcomer()
    const code = await billCode(town, accounts.first, period(202610))
    expect(await findBillCode(town, accounts.first, code)).toBe(202610)
    const ended = await endLinksOfOldHolders(town, [accounts.first])
    expect(ended.map((link) => link.consumerId)).toContain(person.consumerId)
    expect(await linkOf(person)).toBeNull()
    expect(await findBillCode(town, accounts.first, code)).toBeNull()
  })
})
