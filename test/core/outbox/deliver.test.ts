import { describe, expect, it } from '@jest/globals'
import { meetPerson } from '../../../core/access/person.ts'
import { saveConversations } from '../../../core/inbox/conversations.ts'
import { claimLetters, noteOutcomes, releaseAnswers } from '../../../core/outbox/deliver.ts'
import { enqueueAnswers, enqueueNotice } from '../../../core/outbox/enqueue.ts'
import { type Message, say } from '../../../core/outbox/message.ts'
import { testTown } from '../../support/town.ts'

const town = await testTown()
const CLAIM_MAX = 100
const TO_GANDALF = { channel: 'viber', externalId: 'gandalf', language: 'uk' } as const

function messageWith(token: string): Message {
  return { lines: [say('menu:title')], buttons: [{ label: say('dialog:cancel'), token }] }
}

async function standAt(token: string): Promise<void> {
  const { identityId } = await meetPerson(town, TO_GANDALF)
  const choices = [{ token, value: null, label: say('dialog:cancel') }]
  await saveConversations(town, [{ identityId, state: { flow: 'menu', step: 'choose' }, choices }])
}

describe('an answer whose sender died', () => {
  it('is not sent by anybody else before its lease ends', async () => {
    await enqueueAnswers(town, [{ ...TO_GANDALF, message: messageWith('first') }])
    town.clock.advance({ seconds: 29 })
    expect(await claimLetters(town, CLAIM_MAX)).toEqual([])
  })

  it('comes with its buttons while its conversation stands where it left it', async () => {
    await standAt('first')
    town.clock.advance({ seconds: 1 })
    const letters = await claimLetters(town, CLAIM_MAX)
    expect(letters.map(({ message }) => message)).toEqual([messageWith('first')])
  })

  it('comes without buttons after its conversation has gone on', async () => {
    await standAt('second')
    town.clock.advance({ seconds: 30 })
    const letters = await claimLetters(town, CLAIM_MAX)
    expect(letters.map(({ message }) => message)).toEqual([{ lines: [say('menu:title')] }])
  })

  it('is due at once for a process that is alone', async () => {
    const [fresh] = await enqueueAnswers(town, [{ ...TO_GANDALF, message: messageWith('second') }])
    expect(await releaseAnswers(town)).toBe(2)
    const letters = await claimLetters(town, CLAIM_MAX)
    expect(letters.map(({ id }) => id)).toContain(fresh?.id)
  })
})

describe('what the start of a process that is alone leaves alone', () => {
  it('is an answer that waits after a failed try, and a notice', async () => {
    await noteOutcomes(
      town,
      (await town.sql.many<{ id: bigint }>`select id from outbox`).map(({ id }) => {
        return {
          id,
          sent: false,
          then: 'again',
          tried: true,
          afterMs: 60_000,
          error: 'telegram-429',
        }
      }),
    )
    const message = { lines: [say('menu:title')] }
    await enqueueNotice(town, { ...TO_GANDALF, message, dedupeKey: 'one' })
    await claimLetters(town, CLAIM_MAX)
    expect(await releaseAnswers(town)).toBe(0)
    expect(await claimLetters(town, CLAIM_MAX)).toEqual([])
  })
})
