import { afterAll, describe, expect, it } from '@jest/globals'
import { openBots } from '../../bots/bots.ts'
import { startSimulator } from '../../scripts/simulator/simulator.ts'
import { TELEGRAM_TOKEN, VIBER_TOKEN } from '../support/messengers.ts'
import { buildSmallTown } from '../support/small-town.ts'
import { testTown, type TestTown } from '../support/town.ts'

const warnings: object[] = []
const town: TestTown = await testTown()
await buildSmallTown(town)
const simulator = await startSimulator({ telegramToken: TELEGRAM_TOKEN, viberToken: VIBER_TOKEN })
const log = { ...town.log, warn: (fields: object) => void warnings.push(fields) }
const bots = openBots(
  { ...town, log },
  {
    telegram: { token: TELEGRAM_TOKEN, apiRoot: simulator.telegramApiRoot },
    viber: null,
    publicUrl: undefined,
    lanes: 1,
  },
)
await bots.start()
afterAll(async () => {
  await bots.stop()
  await simulator.close()
})

describe('polling, for machines without a public address', () => {
  it('answers a person, and each update once', async () => {
    const person = simulator.telegram.person({ firstName: 'Перша' })
    person.pressStart()
    expect((await person.nextReply()).text).toContain('Choose a language')
    person.tapInline('English')
    expect((await person.nextReply()).text).toBe('OK, English it is.')
    await person.nextReply()
    expect(person.messages()).toHaveLength(3)
  })

  it('waits in silence longer than one call without a failure', async () => {
    await new Promise((resolve) => setTimeout(resolve, 12_000))
    expect(warnings).toEqual([])
  })
})
