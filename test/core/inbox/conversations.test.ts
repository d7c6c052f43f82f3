import { expect, it } from '@jest/globals'
import { readConversations, saveConversations } from '../../../core/inbox/conversations.ts'
import { testTown } from '../../support/town.ts'
import { addPerson } from '../../support/world.ts'

const town = await testTown()

it('people known are given with where their conversation stands, unknown ones are left out', async () => {
  const silent = await addPerson(town)
  const talking = await addPerson(town, { channel: 'viber' })
  const state = { flow: 'reading', step: 'value' }
  const choices = { token: 1 }
  const { identityId } = talking
  await saveConversations(town, [{ identityId, state: { flow: 'menu' }, choices: {} }])
  town.clock.advance({ minutes: 1 })
  await saveConversations(town, [{ identityId, state, choices }])
  const stranger = { channel: 'telegram' as const, externalId: 'nobody' }
  const found = await readConversations(town, [silent, stranger, talking])
  expect(found).toHaveLength(2)
  expect(found).toEqual(
    expect.arrayContaining([
      { ...silent, state: null, choices: null, updatedAt: null },
      { ...talking, state, choices, updatedAt: town.now() },
    ]),
  )
})

it('somebody who speaks is seen and can be written to again', async () => {
  const { identityId } = await addPerson(town)
  const read = () => town.sql.one`
    select reachable, last_seen_at as seen from identity where id = ${identityId}`
  const speak = () => saveConversations(town, [{ identityId, state: {}, choices: {} }])
  const met = town.now()
  town.clock.advance({ minutes: 9 })
  await speak()
  expect(await read()).toEqual({ reachable: true, seen: met })
  await town.sql.run`update identity set reachable = false where id = ${identityId}`
  await speak()
  expect(await read()).toEqual({ reachable: true, seen: town.now() })
  town.clock.advance({ minutes: 11 })
  await speak()
  expect(await read()).toEqual({ reachable: true, seen: town.now() })
})
