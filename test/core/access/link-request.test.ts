import { beforeEach, describe, expect, it } from '@jest/globals'
import {
  decideLinkRequest,
  readLinkRequests,
  requestLink,
} from '../../../core/access/link-request.ts'
import { readLinkedAccounts } from '../../../core/access/linked-accounts.ts'
import { type Person } from '../../../core/access/person.ts'
import { testTown } from '../../support/town.ts'
import { addAccount, addPerson, addPremise, addHouse, addProvider } from '../../support/world.ts'

const town = await testTown()
let person: Person
let accountId: number
let number: string
let made = 0
beforeEach(async () => {
  await town.sql.run`delete from link_request`
  made += 1
  number = `12${made}М`
  const providerId = await addProvider(town, { name: 'Water works' })
  const houseId = await addHouse(town, { number: String(made) })
  const premiseId = await addPremise(town, { houseId, flat: '29' })
  accountId = await addAccount(town, { providerId, number, premiseId })
  person = await addPerson(town)
})

const ask = (given: { number?: string; person?: Person } = {}) =>
  requestLink(town, { person, number, note: 'я тут живу', ...given })
const askId = async () => {
  const asked = await ask()
  if (!asked.ok) throw new Error(asked.code)
  return asked.value.requestId
}
const decide = (requestId: number, chosen: number | null) =>
  decideLinkRequest(town, { requestId, accountId: chosen, author: 'staff' })
const linked = () => readLinkedAccounts(town, [person.consumerId])

describe('a request to staff', () => {
  it('is taken alike for a known and an unknown number', async () => {
    expect(await ask({ number: `12${made}m` })).toMatchObject({ ok: true })
    expect(await ask({ number: 'nobody' })).toMatchObject({ ok: true })
    expect(await readLinkRequests(town)).toMatchObject([
      {
        number: `12${made}m`,
        note: 'я тут живу',
        candidates: [{ accountId, provider: 'Water works', number }],
      },
      { number: 'nobody', candidates: [] },
    ])
  })

  it('is refused while three of the person are open', async () => {
    for (let count = 0; count < 3; count++) await ask()
    expect(await ask()).toEqual({ ok: false, code: 'too-many-requests' })
    expect(await ask({ person: await addPerson(town) })).toMatchObject({ ok: true })
  })

  it('approved links the account staff chose', async () => {
    const { consumerId } = person
    expect(await decide(await askId(), accountId)).toEqual({
      ok: true,
      value: { consumerId, accountId },
    })
    expect(await linked()).toMatchObject([
      { accountId, number, role: 'owner', address: `вул. Боромира, ${made}, кв. 29` },
    ])
    expect(await readLinkRequests(town)).toEqual([])
  })

  it('declined links nothing', async () => {
    const requestId = await askId()
    expect(await decide(requestId, null)).toMatchObject({ value: { accountId: null } })
    expect(await linked()).toEqual([])
    expect(await decide(requestId, accountId)).toEqual({ ok: false, code: 'request-not-found' })
  })

  it('is decided once when two of the staff decide at once', async () => {
    const requestId = await askId()
    const answers = await Promise.all([decide(requestId, accountId), decide(requestId, null)])
    expect(answers.filter((answer) => answer.ok)).toHaveLength(1)
  })

  it('stays open when staff choose an account that is not there', async () => {
    const requestId = await askId()
    expect(await decide(requestId, -1)).toEqual({ ok: false, code: 'account-not-found' })
    expect(await readLinkRequests(town)).toMatchObject([{ id: requestId }])
  })
})
