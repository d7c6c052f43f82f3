import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type Simulator } from '../../../scripts/simulator/simulator.ts'
import {
  callTelegram,
  type Hook,
  type Received,
  startHook,
  startTestSimulator,
} from './bot-stub.ts'

let simulator: Simulator
let hook: Hook | undefined
beforeEach(async () => {
  simulator = await startTestSimulator()
})
afterEach(async () => {
  await simulator.close()
  await hook?.close()
  hook = undefined
})

type Update = { update_id: number; message?: { text: string } } & Record<string, unknown>

async function poll(body: object = {}): Promise<Update[]> {
  const { result } = await callTelegram(simulator, 'getUpdates', { ...body })
  return result as unknown as Update[]
}

const textOf = ({ json }: Received) => (json as Update).message?.text

describe('long polling', () => {
  it('gives updates again until an offset confirms them', async () => {
    const olena = simulator.telegram.person({ firstName: 'Олена' })
    for (const text of ['один', 'два', 'три']) olena.sendText(text)
    const [first] = await poll({ limit: 2 })
    expect(await poll()).toHaveLength(3)
    const rest = await poll({ offset: (first?.update_id ?? 0) + 1 })
    expect(rest.map(({ message }) => message?.text)).toEqual(['два', 'три'])
    expect((await poll({ offset: -1 })).map(({ message }) => message?.text)).toEqual(['три'])
    expect(await poll()).toHaveLength(1)
  })

  it('waits for the next update', async () => {
    const waiting = poll({ timeout: 30 })
    simulator.telegram.person({ firstName: 'Олена' }).sendText('привіт')
    expect(await waiting).toMatchObject([{ message: { text: 'привіт' } }])
  })

  it('gives at most a hundred at once and only the kinds asked for', async () => {
    const olena = simulator.telegram.person({ firstName: 'Олена' })
    const id = olena.sendText('0')
    for (let count = 1; count <= 120; count += 1) olena.sendText(String(count))
    const batch = await poll({ limit: 500, allowed_updates: ['edited_message'] })
    expect(batch).toHaveLength(100)
    await poll({ offset: (batch.at(-1)?.update_id ?? 0) + 100 })
    olena.sendText('не чекали')
    olena.editMessage(id, 'виправлено')
    expect(await poll()).toMatchObject([{ edited_message: { text: 'виправлено' } }])
  })

  it('is refused while a webhook is set and ended by another poll', async () => {
    const first = callTelegram(simulator, 'getUpdates', { timeout: 30 })
    // the second poll must not overtake the first
    await callTelegram(simulator, 'getMe')
    const second = callTelegram(simulator, 'getUpdates', { timeout: 30 })
    expect(await first).toMatchObject({ error_code: 409 })
    hook = await startHook()
    await callTelegram(simulator, 'setWebhook', { url: hook.url })
    expect(await second).toMatchObject({ error_code: 409 })
    expect(await callTelegram(simulator, 'getUpdates')).toMatchObject({
      error_code: 409,
      description:
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    })
    await callTelegram(simulator, 'deleteWebhook')
    expect(await poll()).toEqual([])
  })
})

describe('a webhook', () => {
  it('gets what waited and what comes, with the secret, in order within a chat', async () => {
    const olena = simulator.telegram.person({ firstName: 'Олена' })
    olena.sendText('раніше')
    hook = await startHook()
    await callTelegram(simulator, 'setWebhook', { url: hook.url, secret_token: 's-1' })
    for (let count = 0; count < 20; count += 1) olena.sendText(String(count))
    await simulator.telegram.idle()
    expect(hook.received.map(textOf)).toEqual(['раніше', ...Array(20).keys()].map(String))
    const secrets = hook.received.map(({ headers }) => headers['x-telegram-bot-api-secret-token'])
    expect(new Set(secrets)).toEqual(new Set(['s-1']))
  })

  it('is asked again until it answers 2xx, and only its chat waits', async () => {
    hook = await startHook((request, number) =>
      textOf(request) === 'важке' && number < 5 ? { status: 500 } : undefined,
    )
    await callTelegram(simulator, 'setWebhook', { url: hook.url })
    const olena = simulator.telegram.person({ firstName: 'Олена' })
    const taras = simulator.telegram.person({ firstName: 'Тарас' })
    olena.sendText('важке')
    olena.sendText('після')
    taras.sendText('інший чат')
    await simulator.telegram.idle()
    const texts = hook.received.map(textOf)
    expect(texts.filter((text) => text === 'важке').length).toBeGreaterThan(2)
    expect(texts.at(-1)).toBe('після')
    expect(texts.indexOf('інший чат')).toBeLessThan(texts.lastIndexOf('важке'))
    const { result } = await callTelegram(simulator, 'getWebhookInfo')
    expect(result).toMatchObject({
      url: hook.url,
      pending_update_count: 0,
      last_error_message: 'Wrong response from the webhook: 500',
    })
  })

  it('leaves what it did not take to polling, unless told to drop it', async () => {
    hook = await startHook(() => ({ status: 503 }))
    await callTelegram(simulator, 'setWebhook', { url: hook.url })
    const olena = simulator.telegram.person({ firstName: 'Олена' })
    olena.sendText('один')
    olena.sendText('два')
    expect(simulator.telegram.webhookInfo()).toMatchObject({ pending_update_count: 2 })
    await callTelegram(simulator, 'deleteWebhook')
    expect((await poll()).map(({ message }) => message?.text)).toEqual(['один', 'два'])
    await callTelegram(simulator, 'deleteWebhook', { drop_pending_updates: true })
    expect(await poll()).toEqual([])
  })

  it('may answer with a method to run', async () => {
    hook = await startHook(({ json }) => {
      const { message } = json as { message: { chat: { id: number } } }
      return { body: { method: 'sendMessage', chat_id: message.chat.id, text: 'у відповіді' } }
    })
    await callTelegram(simulator, 'setWebhook', { url: hook.url })
    const olena = simulator.telegram.person({ firstName: 'Олена' })
    olena.sendText('привіт')
    expect((await olena.nextReply()).text).toBe('у відповіді')
  })

  it('takes raw updates as they are', async () => {
    hook = await startHook()
    await callTelegram(simulator, 'setWebhook', { url: hook.url })
    simulator.telegram.person({ firstName: 'Олена' }).sendRaw({ update_id: 7, unknown_thing: {} })
    await simulator.telegram.idle()
    expect(hook.received[0]?.json).toEqual({ update_id: 7, unknown_thing: {} })
  })
})
