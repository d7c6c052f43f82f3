import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type Simulator } from '../../../scripts/simulator/simulator.ts'
import {
  callTelegram,
  callViber,
  type Hook,
  PNG,
  startHook,
  startTestSimulator,
} from './bot-stub.ts'

let simulator: Simulator
let hook: Hook
beforeEach(async () => {
  simulator = await startTestSimulator({
    hints: ['Рахунок 101 <перший>'],
    links: [{ label: 'Панель', url: 'http://127.0.0.1:3000/panel?a=1&b=2' }],
  })
  hook = await startHook()
})
afterEach(async () => {
  await simulator.close()
  await hook.close()
})

async function control(path: string, body?: unknown): Promise<{ status: number; json: unknown }> {
  const response = await fetch(`${simulator.url}/simulator/${path}`, {
    ...(body !== undefined && {
      method: 'POST',
      body: body instanceof Uint8Array ? Buffer.from(body) : JSON.stringify(body),
    }),
  })
  return { status: response.status, json: await response.json() }
}

describe('over HTTP', () => {
  it('a person in Telegram types, taps, shares and is seen', async () => {
    const { json } = await control('telegram/people', { firstName: 'Олена', phone: '380501112233' })
    const { id } = json as { id: number }
    const inline_keyboard = [[{ text: 'Так', callback_data: 'y' }]]
    const body = { chat_id: id, text: 'Ну?', reply_markup: { inline_keyboard } }
    await callTelegram(simulator, 'sendMessage', body)
    const keyboard = [[{ text: 'Меню' }]]
    await callTelegram(simulator, 'sendMessage', { ...body, reply_markup: { keyboard } })
    const person = `telegram/people/${id}`
    for (const [action, given] of [
      ['start', { payload: 'bill-1' }],
      ['text', { text: 'привіт' }],
      ['inline-button', { label: 'Так' }],
      ['reply-button', { label: 'Меню' }],
      ['own-contact', {}],
      ['contact', { phone: '1', firstName: 'Інша' }],
      ['picture', PNG],
      ['block', {}],
    ] as const)
      expect({ action, ...(await control(`${person}/${action}`, given)) }).toMatchObject({
        status: 200,
      })
    expect((await control(person)).json).toMatchObject({
      name: 'Олена',
      hasBlocked: true,
      keyboard,
      messages: [
        { text: 'Ну?', buttons: inline_keyboard },
        { text: 'Ну?' },
        { text: '/start bill-1', by: 'person' },
        { text: 'привіт' },
        { text: 'Меню' },
        { contact: { user_id: id } },
        { contact: { first_name: 'Інша' } },
        { file: { kind: 'photo' } },
      ],
    })
  })

  it('a person in Viber opens, types, taps and leaves', async () => {
    await callViber(simulator, 'set_webhook', { url: hook.url })
    const { json } = await control('viber/people', [{ name: 'Тарас' }])
    const [{ id }] = json as [{ id: string }]
    const person = `viber/people/${encodeURIComponent(id)}`
    expect(await control(`${person}/open`, { payload: 'x' })).toMatchObject({
      json: { result: null },
    })
    await control(`${person}/text`, { text: 'привіт' })
    const buttons = [
      { Text: 'Ліва', ActionBody: 'l', Columns: 3 },
      { Text: 'Права', ActionBody: 'r', Columns: 3 },
      { Text: 'Нижня', ActionBody: 'd' },
    ]
    const keyboard = { Type: 'keyboard', Buttons: buttons }
    const message = { receiver: id, sender: { name: 'О' }, type: 'text', text: 'a', keyboard }
    await callViber(simulator, 'send_message', message)
    await control(`${person}/button`, { label: 'Нижня' })
    await control(`${person}/picture`, PNG)
    await control(`${person}/unsubscribe`, {})
    expect((await control(person)).json).toMatchObject({
      isSubscribed: false,
      keyboard: [
        [{ label: 'Ліва', columns: 3 }, { label: 'Права' }],
        [{ label: 'Нижня', columns: 6 }],
      ],
      messages: [
        { text: 'привіт' },
        { text: 'a' },
        { text: 'd' },
        { file: { mime: 'image/jpeg' } },
      ],
    })
  })

  it.each([
    ['an unknown person', 'telegram/people/5', undefined, 404],
    ['an unknown bot', 'signal/people', { firstName: 'a' }, 404],
    ['an unknown action', 'telegram/people/1000001/dance', {}, 404],
    ['an action named like a part of every object', 'telegram/people/1000001/toString', {}, 404],
    ['a body that is not asked for', 'telegram/people', { name: 'a' }, 400],
    ['a button that is not there', 'telegram/people/1000001/inline-button', { label: 'a' }, 409],
    ['an unknown file', 'files/f99/a.pdf', undefined, 404],
    ['a rate above one', 'faults', { telegram: { rate429: 2 } }, 400],
  ])('%s is refused', async (_, path, body, status) => {
    simulator.telegram.person({ firstName: 'Олена' })
    const answer = await control(path, body)
    expect(answer).toMatchObject({ status, json: { error: expect.any(String) } })
  })

  it('faults and budgets are set and read', async () => {
    const olena = simulator.telegram.person({ firstName: 'Олена' })
    const next = [{ wire: 'telegram', kind: 'too-many', count: 1, method: 'getMe' }]
    const { json } = await control('faults', { viber: { slowMs: 5 }, next, budgets: true })
    expect(json).toEqual({ telegram: {}, crew: {}, viber: { slowMs: 5 } })
    expect((await callTelegram(simulator, 'getMe')).error_code).toBe(429)
    const send = () => callTelegram(simulator, 'sendMessage', { chat_id: olena.id, text: 'a' })
    const answers = await Promise.all(Array.from({ length: 10 }, send))
    expect(answers.some(({ error_code: code }) => code === 429)).toBe(true)
    expect((await control('faults', { clear: true })).json).toMatchObject({ viber: {} })
  })

  it('changes of the chats asked for are told as they happen', async () => {
    const olena = simulator.telegram.person({ firstName: 'Олена' })
    const other = simulator.telegram.person({ firstName: 'Інша' })
    const stop = new AbortController()
    const chat = `telegram:${olena.id}`
    const events = await fetch(`${simulator.url}/simulator/events?chat=${chat}`, {
      signal: stop.signal,
    })
    other.sendText('не тут')
    olena.sendText('тут')
    const decoder = new TextDecoder()
    let heard = ''
    for await (const chunk of events.body ?? []) {
      heard += decoder.decode(chunk as Uint8Array)
      if (heard.includes('data:')) break
    }
    stop.abort()
    expect(heard).toContain(`event: chat\ndata: ${chat}\n\n`)
    expect(heard).not.toContain(String(other.id))
  })
})

describe('the page', () => {
  it('is served with its hints, links and files', async () => {
    const html = await (await fetch(simulator.url)).text()
    expect(html).toContain('<html lang="uk">')
    expect(html).toContain('Рахунок 101 &lt;перший&gt;')
    expect(html).toContain('href="http://127.0.0.1:3000/panel?a=1&amp;b=2"')
    for (const phone of ['telegram', 'crew', 'viber'])
      expect(html).toContain(`data-phone="${phone}"`)
    for (const [name, mime] of [
      ['phones.css', 'text/css'],
      ['phones.js', 'text/javascript'],
      ['chat.js', 'text/javascript'],
    ] as const) {
      const response = await fetch(`${simulator.url}/page/${name}`)
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toContain(mime)
      await response.text()
    }
    expect((await fetch(`${simulator.url}/page/page.ts`)).status).toBe(404)
  })
})
