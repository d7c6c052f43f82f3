import { expect, it } from '@jest/globals'
import { sweep } from '../../core/sweep.ts'
import { testTown } from '../support/town.ts'
import { addPerson } from '../support/world.ts'

const town = await testTown()

it('removes the words of people after a month and keeps the facts', async () => {
  const { consumerId, identityId } = await addPerson(town, {})
  const at = town.now()
  await town.sql.run`
    insert into inbox (channel, update_id, chat, payload, received_at, state, handled_at)
    values ('telegram', '1', '1', '{}', ${at}, 'handled', ${at}),
      ('telegram', '2', '1', '{}', ${at}, 'waiting', null)`
  await town.sql.run`
    insert into outbox (channel, external_id, lane, language, message, not_before, state, created_at)
    values ('telegram', '1', 0, 'uk', '{}', ${at}, 'sent', ${at}),
      ('telegram', '1', 0, 'uk', '{}', ${at}, 'waiting', ${at})`
  await town.sql.run`
    insert into notice (kind, consumer_id, params, dedupe_key, created_at)
    values ('security', ${consumerId}, '["words"]', 'once', ${at})`
  await town.sql.run`
    insert into link_request (consumer_id, number, number_key, note, state, created_at, decided_at)
    values (${consumerId}, '1', '1', 'who I am', 'declined', ${at}, ${at}),
      (${consumerId}, '1', '1', 'who I am', 'open', ${at}, null)`
  await town.sql.run`
    insert into link_attempt (identity_id, number_key, proof, succeeded, at)
    values (${identityId}, '1', 'meter', false, ${at})`
  await town.sql.run`
    insert into file_link (token, document, expires_at) values ('t', '{}', ${at})`

  town.clock.advance({ days: 29 })
  const young = { inbox: 0, outbox: 0, notices: 0, requests: 0, attempts: 0, files: 1 }
  expect(await sweep(town)).toEqual(young)
  town.clock.advance({ days: 2 })
  const old = { inbox: 1, outbox: 1, notices: 1, requests: 1, attempts: 1, files: 0 }
  expect(await sweep(town)).toEqual(old)
  expect(await sweep(town)).toEqual({ ...young, files: 0 })
  const left = await town.sql.one<{ waiting: number; notice: number; open: string }>`
    select (select count(*)::int4 from inbox) + (select count(*)::int4 from outbox) as waiting,
      (select count(*)::int4 from notice where dedupe_key = 'once') as notice,
      (select note from link_request where state = 'open') as open`
  expect(left).toEqual({ waiting: 2, notice: 1, open: 'who I am' })
})
