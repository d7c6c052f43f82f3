import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import viber from 'viber-bot'
import { type Simulator } from '../../../scripts/simulator/simulator.ts'
import {
  callViber,
  type Hook,
  PNG,
  type Received,
  startHook,
  startTestSimulator,
  VIBER_TOKEN,
} from './bot-stub.ts'

type MessageType = new (...content: unknown[]) => { toJson: () => object }
// the project's typings of the package name only the types its bot sends
const Message = viber.Message as unknown as Record<
  'Contact' | 'File' | 'Keyboard' | 'Location' | 'Picture' | 'RichMedia' | 'Text' | 'Url',
  MessageType
>
const sender = { name: 'Оселя' }
const keyboard = (...buttons: object[]) => ({ Type: 'keyboard', Buttons: buttons })
const button = (Text: string, ActionBody: string, more = {}) => ({ Text, ActionBody, ...more })

let simulator: Simulator
let hook: Hook
let welcome: object | undefined
beforeEach(async () => {
  welcome = undefined
  simulator = await startTestSimulator()
  hook = await startHook(({ json }) =>
    json['event'] === 'conversation_started' && welcome ? { body: welcome } : {},
  )
  await callViber(simulator, 'set_webhook', { url: hook.url })
})
afterEach(async () => {
  await simulator.close()
  await hook.close()
})

const send = (receiver: string, body: object) =>
  callViber(simulator, 'send_message', { receiver, sender, ...body })

const eventsOf = (kind: string): Received[] =>
  hook.received.filter(({ json }) => json['event'] === kind)

describe('messages of viber-bot', () => {
  it.each([
    ['text', new Message.Text('Вітаємо'), { type: 'text', text: 'Вітаємо' }],
    ['link', new Message.Url('https://example.com'), { type: 'url', text: 'https://example.com' }],
    [
      'contact',
      new Message.Contact('Аварійна', '104'),
      { type: 'contact', contact: { name: 'Аварійна', phone: '104' } },
    ],
    ['place', new Message.Location(50.45, 30.52), { type: 'location', location: { lat: 50.45 } }],
    [
      'carousel',
      new Message.RichMedia({ Type: 'rich_media', Buttons: [button('Так', 'yes')] }),
      { type: 'rich_media', carousel: [{ ActionBody: 'yes' }] },
    ],
  ])('of the kind %s are shown', async (_, message, shown) => {
    const taras = simulator.viber.person({ name: 'Тарас', isSubscribed: true })
    const { json } = await send(taras.id, message.toJson())
    expect(json).toMatchObject({ status: 0, status_message: 'ok' })
    expect(await taras.nextReply()).toMatchObject(shown)
  })

  it('with a file or a picture are fetched from their URL', async () => {
    const files = await startHook(() => ({ body: 'bytes' }))
    const taras = simulator.viber.person({ name: 'Тарас', isSubscribed: true })
    const url = `${files.url}/a.pdf?sign=1`
    await send(taras.id, new Message.File(url, 7, 'Рахунок.pdf').toJson())
    const shown = await taras.waitForStatus('seen')
    expect(shown.file).toMatchObject({ name: 'Рахунок.pdf', mime: 'application/pdf', sizeBytes: 7 })
    expect(shown.file?.read().toString()).toBe('"bytes"')
    expect(await (await fetch(shown.file?.url ?? '')).text()).toBe('"bytes"')
    await send(taras.id, new Message.Picture(files.url.replace('hook', 'b.png'), 'графік').toJson())
    expect((await taras.waitForStatus('seen')).file).toMatchObject({ mime: 'image/png' })
    await files.close()
    await send(taras.id, new Message.Picture(url).toJson())
    await taras.waitForStatus('failed')
    await simulator.viber.idle()
    expect(eventsOf('failed')[0]?.json).toMatchObject({ user_id: taras.id })
  })

  it('have a 64-bit token, the same digits in the answer and in the callbacks', async () => {
    const taras = simulator.viber.person({ name: 'Тарас', isSubscribed: true })
    const { text } = await send(taras.id, new Message.Text('a').toJson())
    const token = /"message_token":(\d{19})[,}]/.exec(text)?.[1] ?? ''
    expect(BigInt(token)).toBeGreaterThan(BigInt(Number.MAX_SAFE_INTEGER))
    await taras.waitForStatus('seen')
    await simulator.viber.idle()
    for (const kind of ['delivered', 'seen'])
      expect(eventsOf(kind)[0]?.raw).toContain(`"message_token":${token},`)
    expect(taras.messages()[0]?.token).toBe(token)
    simulator.viber.sendReceipts(false)
    await send(taras.id, new Message.Text('b').toJson())
    await simulator.viber.idle()
    expect(eventsOf('delivered')).toHaveLength(1)
  })
})

describe('a refused call', () => {
  it.each([
    ['no receiver', { receiver: '' }, 4],
    ['an unknown receiver', { receiver: 'nobody', type: 'text', text: 'a' }, 5],
    ['no type', { type: undefined }, 4],
    ['an unknown type', { type: 'dance' }, 3],
    ['no text', { type: 'text', text: '' }, 4],
    ['7001 characters', { type: 'text', text: 'a'.repeat(7001) }, 3],
    ['more than 30 kB', { type: 'text', text: 'a', tracking_data: 'ї'.repeat(16_000) }, 3],
    ['a long sender name', { type: 'text', text: 'a', sender: { name: 'я'.repeat(29) } }, 3],
    ['no sender', { type: 'text', text: 'a', sender: null }, 4],
    ['long tracking data', { type: 'text', text: 'a', tracking_data: 'a'.repeat(4001) }, 3],
    ['a file without size', { type: 'file', media: 'https://a.b/c', file_name: 'c.pdf' }, 4],
    ['a file without a type', { type: 'file', media: 'https://a.b/c', file_name: 'c', size: 1 }, 3],
    ['a picture without a link', { type: 'picture', text: 'a', media: 'c.png' }, 3],
    ['a keyboard without buttons', { type: 'text', text: 'a', keyboard: keyboard() }, 3],
    [
      'a button without ActionBody',
      { type: 'text', text: 'a', keyboard: keyboard({ Text: 'b' }) },
      3,
    ],
    [
      'a button of seven columns',
      { type: 'text', text: 'a', keyboard: keyboard(button('a', 'b', { Columns: 7 })) },
      3,
    ],
    [
      'thirteen rows',
      { type: 'text', text: 'a', keyboard: keyboard(...Array(13).fill(button('a', 'b'))) },
      3,
    ],
  ])('answers HTTP 200 and the status for %s', async (_, body, status) => {
    const taras = simulator.viber.person({ name: 'Тарас', isSubscribed: true })
    const { json } = await send(taras.id, body)
    expect(json).toMatchObject({ status })
  })

  it('names the token, the subscription and the webhook', async () => {
    const body = { sender, type: 'text', text: 'a' }
    const status = async (method: string, more: object, token?: string | null) =>
      (await callViber(simulator, method, { ...body, ...more }, token)).json['status']
    const taras = simulator.viber.person({ name: 'Тарас' })
    const receiver = taras.id
    expect(await status('send_message', { receiver })).toBe(6)
    expect(await status('send_message', { receiver }, null)).toBe(2)
    expect(await status('send_message', { receiver }, 'wrong')).toBe(2)
    expect(await status('send_message', { receiver, auth_token: VIBER_TOKEN }, null)).toBe(6)
    taras.sendText('привіт')
    expect(await status('send_message', { receiver })).toBe(0)
    taras.unsubscribe()
    expect(await status('send_message', { receiver })).toBe(6)
    taras.subscribe()
    await simulator.viber.idle()
    expect(
      hook.received.map(({ json }) => json['event']).filter((event) => event !== 'seen'),
    ).toEqual(['webhook', 'message', 'delivered', 'unsubscribed', 'subscribed'])
    await callViber(simulator, 'set_webhook', { url: '' })
    expect(await status('send_message', { receiver })).toBe(10)
  })

  it('is given to a webhook that does not answer 200', async () => {
    const broken = await startHook(() => ({ status: 500 }))
    const { json } = await callViber(simulator, 'set_webhook', { url: broken.url })
    expect(json).toMatchObject({ status: 1 })
    expect(simulator.viber.webhook()?.url).toBe(hook.url)
    await broken.close()
  })

  it('comes after a hundred messages to a silent person when budgets are on', async () => {
    const now = new Date('2026-11-01T10:00:00Z')
    const strict = await startTestSimulator({ now: () => now })
    strict.setBudgets(true)
    await callViber(strict, 'set_webhook', { url: hook.url })
    const taras = strict.viber.person({ name: 'Тарас', isSubscribed: true })
    const body = { receiver: taras.id, sender, type: 'text', text: 'a' }
    for (let count = 0; count < 100; count += 1) await callViber(strict, 'send_message', body)
    expect((await callViber(strict, 'send_message', body)).json).toMatchObject({ status: 12 })
    taras.sendText('я тут')
    expect((await callViber(strict, 'send_message', body)).json).toMatchObject({ status: 0 })
    await strict.close()
  })
})

describe('a broadcast', () => {
  it('reaches up to 300 subscribers and lists whom it did not', async () => {
    const people = Array.from({ length: 298 }, (_, index) =>
      simulator.viber.person({ name: `Людина ${index}`, isSubscribed: true }),
    )
    const stranger = simulator.viber.person({ name: 'Не підписана' })
    const broadcast_list = [...people.map(({ id }) => id), stranger.id, 'nobody']
    const body = { sender, type: 'text', text: 'Відключення води', broadcast_list }
    const { json } = await callViber(simulator, 'broadcast_message', body)
    expect(json).toMatchObject({
      status: 0,
      failed_list: [
        { receiver: stranger.id, status: 6, status_message: 'notSubscribed' },
        { receiver: 'nobody', status: 5, status_message: 'notRegistered' },
      ],
    })
    for (const person of people) expect(person.messages()).toHaveLength(1)
    const tooMany = { ...body, broadcast_list: [...broadcast_list, 'one more'] }
    expect((await callViber(simulator, 'broadcast_message', tooMany)).json).toMatchObject({
      status: 3,
    })
  })
})

describe('a person in Viber', () => {
  it('opens the chat by a deep link and sees the welcome of the HTTP answer', async () => {
    const buttons = keyboard(button('<b>Почати</b>', 't-1', { Silent: true }))
    welcome = { sender, type: 'text', text: 'Вітаємо', keyboard: buttons }
    const taras = simulator.viber.person({ name: 'Тарас', phone: '380671112233' })
    expect(await taras.open('bill-77')).toMatchObject({ text: 'Вітаємо' })
    expect(eventsOf('conversation_started')[0]?.json).toMatchObject({
      context: 'bill-77',
      subscribed: false,
      user: { id: taras.id, name: 'Тарас', language: 'uk' },
    })
    expect(eventsOf('conversation_started')[0]?.raw).not.toContain('380671112233')
    expect(taras.labels()).toEqual(['Почати'])
    expect(taras.isSubscribed()).toBe(false)

    taras.tap('Почати')
    await simulator.viber.idle()
    expect(eventsOf('message')[0]?.json).toMatchObject({
      message: { type: 'text', text: 't-1' },
      silent: true,
    })
    expect(taras.history()).toHaveLength(1)
    expect(() => taras.tap('Немає')).toThrow('no button "Немає": Почати')
  })

  it('sees no welcome when there is none, and the bot is told of a wrong one', async () => {
    const taras = simulator.viber.person({ name: 'Тарас' })
    expect(await taras.open()).toBeNull()
    welcome = { type: 'text', text: 'без імені відправника' }
    await expect(taras.open()).rejects.toThrow('Missing sender.name')
  })

  it('keeps the last keyboard and sends back the last tracking data', async () => {
    const taras = simulator.viber.person({ name: 'Тарас', isSubscribed: true })
    const buttons = keyboard(
      button('Поділитися', 'x', { ActionType: 'share-phone', Columns: 3 }),
      button('Сайт', 'https://example.com', { ActionType: 'open-url', Columns: 3 }),
      button('Де я', 'x', { ActionType: 'location-picker' }),
      button('Нічого', 'x', { ActionType: 'none' }),
    )
    await send(taras.id, { type: 'text', text: 'a', keyboard: buttons, tracking_data: 'крок-1' })
    await send(taras.id, { type: 'text', text: 'b', tracking_data: 'крок-2' })
    await send(taras.id, new Message.Keyboard(buttons).toJson())
    expect(taras.labels()).toEqual(['Поділитися', 'Сайт', 'Де я', 'Нічого'])
    expect(taras.messages()).toHaveLength(2)

    taras.tap('Поділитися')
    expect(taras.tap('Сайт')).toBe('https://example.com')
    taras.tap('Де я')
    taras.tap('Нічого')
    taras.sendPicture(PNG)
    await simulator.viber.idle()
    const messages = eventsOf('message').map(({ json }) => json['message'])
    expect(messages).toMatchObject([
      { type: 'contact', contact: { phone_number: taras.phone }, tracking_data: 'крок-2' },
      { type: 'text', text: 'https://example.com' },
      { type: 'location', location: { lat: 50.4501 } },
      { type: 'picture', file_name: 'photo.jpg', size: PNG.length },
    ])
    const { media } = messages[3] as { media: string }
    expect(Buffer.from(await (await fetch(media)).arrayBuffer()).equals(PNG)).toBe(true)
  })

  it('is heard in order, signed, and again until the bot answers 200', async () => {
    await hook.close()
    hook = await startHook((_, number) => (number > 1 && number < 4 ? { status: 202 } : {}))
    await callViber(simulator, 'set_webhook', { url: hook.url, event_types: ['seen'] })
    const taras = simulator.viber.person({ name: 'Тарас' })
    taras.sendText('перше')
    taras.sendText('друге')
    await simulator.viber.idle()
    const texts = eventsOf('message').map(({ json }) => (json['message'] as { text: string }).text)
    expect(texts).toEqual(['перше', 'перше', 'перше', 'друге'])
    for (const { raw, headers } of hook.received)
      expect(headers['x-viber-content-signature']).toBe(
        createHmac('sha256', VIBER_TOKEN).update(raw).digest('hex'),
      )
    const tokens = eventsOf('message').map(({ raw }) => /"message_token":(\d+)/.exec(raw)?.[1])
    expect(new Set(tokens).size).toBe(2)
  })

  it('is known to the bot by details and presence', async () => {
    const taras = simulator.viber.person({ name: 'Тарас', isSubscribed: true })
    const details = await callViber(simulator, 'get_user_details', { id: taras.id })
    expect(details.json).toMatchObject({ status: 0, user: { name: 'Тарас', country: 'UA' } })
    const presence = await callViber(simulator, 'get_online', { ids: [taras.id, 'nobody'] })
    expect(presence.json).toMatchObject({ users: [{ online_status: 0 }, { online_status: 3 }] })
    const account = await callViber(simulator, 'get_account_info')
    expect(account.json).toMatchObject({ webhook: hook.url, subscribers_count: 1 })
  })
})
