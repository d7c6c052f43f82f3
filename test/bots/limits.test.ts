import { describe, expect, it } from '@jest/globals'
import { openMessengers } from '../support/messengers.ts'
import { buildSmallTown } from '../support/small-town.ts'
import { testTown } from '../support/town.ts'
import { type Speaker, telegramSpeaker, viberSpeaker } from '../support/transcript.ts'
import {
  addAccount,
  addAgreement,
  addMeter,
  addPremise,
  addHouse,
  addProvider,
} from '../support/world.ts'

const ACCOUNTS = 40
const TELEGRAM_TEXT_MAX = 4096
const VIBER_TEXT_MAX = 7000
const BUTTONS_MAX = 8
const LABEL_MAX = 30

const town = await testTown()
await buildSmallTown(town)
const messengers = await openMessengers(town)
const { simulator } = messengers

/** Gives a person forty accounts with the longest names of everything. */
async function makeLandlord(externalId: string): Promise<void> {
  const name = `Комунальне підприємство «${'Водопостачання та водовідведення '.repeat(3)}»`
  const providerId = await addProvider(town, { name: `${name} ${externalId}` })
  const { consumer } = await town.sql.one<{ consumer: number }>`
    select consumer_id as consumer from identity where external_id = ${externalId}`
  for (let count = 0; count < ACCOUNTS; count++) {
    const houseId = await addHouse(town, { street: `${'Далека '.repeat(8)}${externalId}` })
    const premiseId = await addPremise(town, { houseId })
    const accountId = await addAccount(town, { providerId, premiseId })
    const agreementId = await addAgreement(town, { providerId, accountId })
    await addMeter(town, { agreementId })
    await town.sql.run`
      insert into link (consumer_id, account_id, role, proof, created_at)
      values (${consumer}, ${accountId}, 'owner', 'meter', ${town.now()})`
  }
}

/** Everything that shows lists, and the last page of each. */
async function walk(speaker: Speaker): Promise<void> {
  for (const text of ['баланс', 'далі »', 'показання', 'рахунок', 'далі »', 'налаштування'])
    await speaker.type(text)
  for (const text of ['мої рахунки', 'далі »', 'допомога', 'а', 'б', '1', 'далі »'])
    await speaker.type(text)
}

async function notSent() {
  return town.sql.many`
    select error, message->'lines'->0->>'key' as key from outbox
    where state in ('failed', 'waiting', 'unreachable')`
}

describe('a person with forty accounts and long names', () => {
  it('gets every message within the limits of Telegram', async () => {
    const person = simulator.telegram.person({ firstName: 'Багато' })
    const speaker = telegramSpeaker(messengers, person)
    await speaker.start()
    await speaker.tap('Українська')
    await makeLandlord(String(person.id))
    await walk(speaker)
    expect(await notSent()).toEqual([])
    for (const { buttons, text } of person.messages()) {
      expect(text.length).toBeLessThanOrEqual(TELEGRAM_TEXT_MAX)
      const flat = buttons.flat()
      expect(flat.length).toBeLessThanOrEqual(BUTTONS_MAX)
      expect(flat.filter((button) => Array.from(button.text).length > LABEL_MAX)).toEqual([])
    }
    const addresses = person.messages().flatMap(({ text }) => text.match(/Далека/g) ?? [])
    expect(addresses.length).toBeGreaterThanOrEqual(ACCOUNTS * 8)
  })

  it('gets every message within the limits of Viber', async () => {
    const person = simulator.viber.person({ name: 'Багато' })
    const speaker = viberSpeaker(messengers, person)
    await speaker.start()
    await speaker.tap('Українська')
    await makeLandlord(person.id)
    // The keyboard is on the last message of an answer, and one more is on the screen after each.
    for (const text of ['баланс', 'далі »', 'показання', 'рахунок', 'налаштування']) {
      await speaker.type(text)
      expect(person.labels().length).toBeGreaterThan(0)
      expect(person.labels().length).toBeLessThanOrEqual(BUTTONS_MAX)
      expect(person.labels().filter((label) => Array.from(label).length > LABEL_MAX)).toEqual([])
    }
    await speaker.type('мої рахунки')
    expect(await notSent()).toEqual([])
    const long = person.messages().filter(({ text }) => text.length > VIBER_TEXT_MAX)
    expect(long).toEqual([])
  })
})
