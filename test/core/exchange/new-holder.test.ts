import { beforeAll, describe, expect, it } from '@jest/globals'
import { readLinkedAccounts } from '../../../core/access/linked-accounts.ts'
import { linkAccount } from '../../../core/access/link-account.ts'
import { type Person } from '../../../core/access/person.ts'
import { testTown } from '../../support/town.ts'
import { addPerson } from '../../support/world.ts'
import { fixture } from './formats/fixture.ts'
import { registerTown, take } from './town-files.ts'

const town = await testTown({ now: '2026-11-05T10:00:00Z' })
const accounts = fixture('isengard/accounts.csv').toString()
let person: Person

beforeAll(async () => {
  await registerTown(town)
  person = await addPerson(town, {})
  const proof = { kind: 'meter', serial: '032264' } as const
  await linkAccount(town, { person, number: '101', proof })
})

const links = async () => (await readLinkedAccounts(town, [person.consumerId])).length
const told = () => town.sql.many`select kind from notice where consumer_id = ${person.consumerId}`

describe('accounts of a provider, sent again', () => {
  it('with another phone leave the links', async () => {
    const file = accounts.replaceAll('+38 (000) 303-05-04', '+38 (000) 303-05-05')
    expect((await take(town, 'accounts', Buffer.from(file))).changed).toBe(2)
    expect(await links()).toBe(1)
  })

  it('with the holder’s name in another case leave the links', async () => {
    const file = accounts.replaceAll('Кожемяка Себастьян', 'КОЖЕМЯКА  Себастьян')
    await take(town, 'accounts', Buffer.from(file))
    expect(await links()).toBe(1)
    expect(await told()).toEqual([])
  })

  it('with another holder end the links of the account and tell those who had them', async () => {
    const file = accounts.replaceAll('Кожемяка Себастьян Боромирович', 'Торбинець Мерія')
    await take(town, 'accounts', Buffer.from(file))
    expect(await links()).toBe(0)
    expect(await told()).toEqual([{ kind: 'security' }])
  })
})
