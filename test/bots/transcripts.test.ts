import { describe, expect, it } from '@jest/globals'
import { openMessengers } from '../support/messengers.ts'
import { buildSmallTown } from '../support/small-town.ts'
import { testTown } from '../support/town.ts'
import { play, type Speaker, telegramSpeaker, viberSpeaker } from '../support/transcript.ts'

const telegramTown = await testTown()
const viberTown = await testTown()
await buildSmallTown(telegramTown)
await buildSmallTown(viberTown)
const telegram = await openMessengers(telegramTown)
const viber = await openMessengers(viberTown)

let people = 0
function newTelegram(): Speaker {
  people++
  const phone = '+380003030504'
  return telegramSpeaker(
    telegram,
    telegram.simulator.telegram.person({ firstName: `Т${people}`, phone }),
  )
}
function newViber(): Speaker {
  people++
  return viberSpeaker(viber, viber.simulator.viber.person({ name: `В${people}` }))
}

/** What a conversation leaves in the database, without what names the messenger. */
function outcome(town: typeof telegramTown) {
  return town.sql.many`
    select 'link' as what, account_id::text as a, proof as b, role as c from link
    union all
    select 'reading', value_e8::text, state, period::text from reading where source = 'bot'
    union all
    select 'dialog', state->>'flow', state->>'step', null from dialog
    union all
    select 'language', language, null, null from consumer
    order by 1, 2, 3, 4`
}

describe('one transcript in both messengers', () => {
  it('says the same words in Telegram', async () => {
    const { is, was } = await play('first-visit', newTelegram())
    expect(is).toBe(was)
  })

  it('says the same words in Viber', async () => {
    const { is, was } = await play('first-visit', newViber())
    expect(is).toBe(was)
  })

  it('leaves the same in the database', async () => {
    expect(await outcome(viberTown)).toEqual(await outcome(telegramTown))
  })
})
