import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { seededRandom } from '../../../scripts/simulator/faults.ts'
import { type Simulator } from '../../../scripts/simulator/simulator.ts'
import { type Person } from '../../../scripts/simulator/telegram/people.ts'
import {
  callTelegram,
  callViber,
  type Hook,
  startHook,
  startTestSimulator,
  TELEGRAM_TOKEN,
} from './bot-stub.ts'

let simulator: Simulator
let olena: Person
let hook: Hook
beforeEach(async () => {
  simulator = await startTestSimulator()
  olena = simulator.telegram.person({ firstName: 'Олена' })
  hook = await startHook(({ headers }) =>
    headers['x-telegram-bot-api-secret-token'] === 'forged' ? { status: 401 } : {},
  )
})
afterEach(async () => {
  await simulator.close()
  await hook.close()
})

const send = () => callTelegram(simulator, 'sendMessage', { chat_id: olena.id, text: 'a' })

function sendViber(receiver: string) {
  const body = { receiver, sender: { name: 'Оселя' }, type: 'text', text: 'a' }
  return callViber(simulator, 'send_message', body)
}

describe('the next calls', () => {
  it('are answered 429 as often as planned, then done', async () => {
    simulator.faults.next('telegram', 'too-many', { count: 2, retryAfter: 3 })
    expect(await send()).toMatchObject({ error_code: 429, parameters: { retry_after: 3 } })
    expect((await callTelegram(simulator, 'getMe')).ok).toBe(true)
    expect((await send()).error_code).toBe(429)
    expect((await send()).ok).toBe(true)
    expect(olena.messages()).toHaveLength(1)
  })

  it('fail only in the method that is named', async () => {
    simulator.faults.next('telegram', 'server-error', { method: 'getMe' })
    expect((await send()).ok).toBe(true)
    expect(await callTelegram(simulator, 'getMe')).toMatchObject({
      error_code: 502,
      description: 'Bad Gateway',
    })
  })

  it('are cut before anything is done', async () => {
    simulator.faults.next('telegram', 'reset')
    await expect(send()).rejects.toThrow('fetch failed')
    expect(olena.messages()).toEqual([])
  })

  it('are done and never answered', async () => {
    simulator.faults.next('telegram', 'timeout-after-accept')
    const url = `${simulator.telegramApiRoot}/bot${TELEGRAM_TOKEN}/sendMessage`
    const silent = fetch(`${url}?chat_id=${olena.id}&text=a`, {
      signal: AbortSignal.timeout(1_000),
    })
    await expect(silent).rejects.toThrow('timeout')
    expect(olena.messages()).toHaveLength(1)
  })

  it('of Viber fail in Viber’s own way', async () => {
    await callViber(simulator, 'set_webhook', { url: hook.url })
    const taras = simulator.viber.person({ name: 'Тарас', isSubscribed: true })
    simulator.faults.next('viber', 'too-many')
    expect((await sendViber(taras.id)).json).toMatchObject({ status: 12 })
    simulator.faults.next('viber', 'server-error')
    await expect(sendViber(taras.id)).rejects.toThrow('JSON')
    simulator.faults.next('viber', 'reset')
    await expect(sendViber(taras.id)).rejects.toThrow('fetch failed')
    expect(taras.messages()).toEqual([])
    expect((await sendViber(taras.id)).json).toMatchObject({ status: 0 })
  })
})

describe('rates', () => {
  it('hit a share of the calls, the same for the same seed', async () => {
    const outcomes = async () => {
      const run = await startTestSimulator({ random: seededRandom(7) })
      run.faults.set('telegram', { rate429: 0.3, rate5xx: 0.2, retryAfter: 2 })
      const ira = run.telegram.person({ firstName: 'Іра' })
      const codes = []
      for (let count = 0; count < 60; count += 1)
        codes.push(
          (await callTelegram(run, 'sendMessage', { chat_id: ira.id, text: 'a' })).error_code,
        )
      await run.close()
      return codes
    }
    const first = await outcomes()
    expect(first).toEqual(await outcomes())
    expect(new Set(first)).toEqual(new Set([undefined, 429, 502]))
  })

  it('end when they are cleared', async () => {
    simulator.faults.set('telegram', { rate429: 1 })
    expect((await send()).ok).toBe(false)
    simulator.faults.clear()
    expect((await send()).ok).toBe(true)
  })
})

describe('updates', () => {
  const idsOf = () => hook.received.map(({ json }) => json['update_id'])
  const textsOf = () =>
    hook.received.map(({ json }) => (json as { message: { text: string } }).message.text)

  it('come twice with the same id', async () => {
    await callTelegram(simulator, 'setWebhook', { url: hook.url })
    simulator.faults.next('telegram', 'duplicate')
    olena.sendText('раз')
    olena.sendText('два')
    await simulator.telegram.idle()
    const [first, second, third] = idsOf()
    expect(first).toBe(second)
    expect(third).not.toBe(first)
  })

  it('come twice in polling too', async () => {
    simulator.faults.set('telegram', { duplicateUpdates: 1 })
    olena.sendText('раз')
    const { result } = await callTelegram(simulator, 'getUpdates')
    const [first, second] = result as unknown as { update_id: number }[]
    expect(first?.update_id).toBe(second?.update_id)
  })

  it('come after the next one of their chat, or a little later when there is none', async () => {
    await callTelegram(simulator, 'setWebhook', { url: hook.url })
    simulator.faults.next('telegram', 'out-of-order', { count: 1 })
    olena.sendText('перше')
    olena.sendText('друге')
    await simulator.telegram.idle()
    expect(textsOf()).toEqual(['друге', 'перше'])
    simulator.faults.next('telegram', 'out-of-order')
    olena.sendText('останнє')
    await simulator.telegram.idle()
    expect(textsOf().at(-1)).toBe('останнє')
  })

  it('come with a forged secret first, and again with the right one', async () => {
    const body = { url: hook.url, secret_token: 's' }
    await callTelegram(simulator, 'setWebhook', body)
    simulator.faults.next('telegram', 'bad-signature')
    olena.sendText('раз')
    await simulator.telegram.idle()
    const secrets = hook.received.map(({ headers }) => headers['x-telegram-bot-api-secret-token'])
    expect(secrets).toEqual(['forged', 's'])
  })

  it('of Viber come twice with the same token and with a wrong signature', async () => {
    await callViber(simulator, 'set_webhook', { url: hook.url })
    simulator.faults.next('viber', 'duplicate')
    simulator.faults.next('viber', 'bad-signature')
    simulator.viber.person({ name: 'Тарас' }).sendText('раз')
    await simulator.viber.idle()
    const [, first, second] = hook.received
    expect(first?.raw).toBe(second?.raw)
    const [one, two] = [first, second].map((r) => r?.headers['x-viber-content-signature'])
    expect(one).not.toBe(two)
  })
})
