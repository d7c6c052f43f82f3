import { describe, expect, it } from '@jest/globals'
import { ViberApiError } from '../../../bots/viber/client.ts'
import { viberSender } from '../../../bots/viber/sender.ts'
import { type QueuedLetter } from '../../../core/outbox/enqueue.ts'
import { say } from '../../../core/outbox/message.ts'
import { openTranslator } from '../../../templates/translate.ts'

const translate = openTranslator()
const letter: QueuedLetter = {
  channel: 'viber',
  externalId: 'V1',
  language: 'uk',
  message: { lines: [say('menu:title')] },
  id: 1n,
  lane: 0,
  attempts: 0,
}

/** How a letter ends when Viber answers with this status, and whom it concerns. */
async function sendWith(status: number) {
  const called: number[] = []
  const client = {
    call: async (method: string) => {
      if (status !== 0) throw new ViberApiError(status, method)
      return { status, message_token: '4912661846655238145' }
    },
    close: () => {},
  }
  const publish = () => Promise.reject(new Error('no paper in this letter'))
  const send = viberSender(client, translate, publish, (code) => void called.push(code))
  return { result: await send(letter), called }
}

describe('a status of Viber', () => {
  it('0 is sent, with the exact token of the message', async () => {
    const { result } = await sendWith(0)
    expect(result).toEqual({ sent: true, messageId: '4912661846655238145' })
  })

  it.each([5, 6, 7, 8, 9, 11])('%i means the person cannot be written to', async (status) => {
    const { called, result } = await sendWith(status)
    expect(result).toEqual({ sent: false, then: 'unreachable', error: `viber-${status}` })
    expect(called).toEqual([])
  })

  it('12 asks for a pause', async () => {
    const { result } = await sendWith(12)
    expect(result).toMatchObject({ then: 'again', afterMs: 60_000 })
  })

  it.each([2, 10, 20, 23, 24])(
    '%i is about the bot: tried again, an operator called',
    async (status) => {
      const { called, result } = await sendWith(status)
      expect(result).toMatchObject({ then: 'again', afterMs: null })
      expect(called).toEqual([status])
    },
  )

  it.each([3, 4, 13])('%i is about the message: not tried again', async (status) => {
    const { called, result } = await sendWith(status)
    expect(result).toEqual({ sent: false, then: 'failed', error: `viber-${status}` })
    expect(called).toEqual([])
  })
})
