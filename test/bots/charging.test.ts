import { describe, expect, it } from '@jest/globals'
import { billCode } from '../../core/access/bill-code.ts'
import { period } from '../../core/period.ts'
import { type Messengers, openMessengers } from '../support/messengers.ts'
import { buildChargedTown, chargedAccountId } from '../support/charged-town.ts'
import { type TestTown, testTown } from '../support/town.ts'
import {
  play,
  type Speaker,
  type Stage,
  telegramSpeaker,
  transcriptNames,
  viberSpeaker,
} from '../support/transcript.ts'

type Scene = { town: TestTown; messengers: Messengers; stage: Stage }

const telegramScene = await openScene()
const viberScene = await openScene()

async function openScene(): Promise<Scene> {
  const town = await testTown()
  await buildChargedTown(town)
  const code = await billCode(town, await chargedAccountId(town, '303'), period(202610))
  const wait = (hours: number) => town.clock.advance({ hours })
  const names = { code: code.replaceAll('-', '') }
  return { town, messengers: await openMessengers(town), stage: { names, wait } }
}

function inTelegram({ messengers }: Scene, name: string): Speaker {
  return telegramSpeaker(messengers, messengers.simulator.telegram.person({ firstName: name }))
}

function inViber({ messengers }: Scene, name: string): Speaker {
  return viberSpeaker(messengers, messengers.simulator.viber.person({ name }))
}

describe('a charge is explained with the same words in both messengers', () => {
  it.each(transcriptNames('charging'))('%s', async (name) => {
    const [telegram, viber] = await Promise.all([
      play(name, inTelegram(telegramScene, name), telegramScene.stage),
      play(name, inViber(viberScene, name), viberScene.stage),
    ])
    expect(telegram.is).toBe(telegram.was)
    expect(viber.is).toBe(viber.was)
  })
})
