import { createHmac } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { openMessengers, TELEGRAM_TOKEN, VIBER_TOKEN } from '../support/messengers.ts'
import { buildSmallTown } from '../support/small-town.ts'
import { testTown } from '../support/town.ts'

const town = await testTown()
await buildSmallTown(town)
const { settle, simulator, url } = await openMessengers(town)

const SECRET = createHmac('sha256', TELEGRAM_TOKEN).update('webhook').digest('hex')

async function post(messenger: string, body: string | Buffer, headers: Record<string, string>) {
  const response = await fetch(`${url}/webhooks/${messenger}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  })
  return { status: response.status, text: await response.text() }
}

function postTelegram(body: string, secret: string | null = SECRET) {
  return post(
    'telegram',
    body,
    secret === null ? {} : { 'x-telegram-bot-api-secret-token': secret },
  )
}

function sign(body: string | Buffer, token = VIBER_TOKEN): string {
  return createHmac('sha256', token).update(body).digest('hex')
}

function postViber(body: string, signature: string | null = sign(body)) {
  return post('viber', body, signature === null ? {} : { 'x-viber-content-signature': signature })
}

let updates = 600_000_000
function telegramUpdate(from: number, text: string): string {
  updates += 1
  const chat = { id: from, type: 'private', first_name: 'П' }
  const message = { message_id: updates, date: 1, chat, from: { ...chat, is_bot: false }, text }
  return JSON.stringify({ update_id: updates, message })
}

function viberMessage(id: string, token: string, text: string): string {
  return `{"event":"message","timestamp":1,"message_token":${token},"sender":{"id":"${id}","name":"В","language":"uk"},"message":{"type":"text","text":${JSON.stringify(text)}}}`
}

async function stored(): Promise<number> {
  const { count } = await town.sql.one<{ count: number }>`
    select count(*)::int4 as count from inbox`
  return count
}

async function expectNotStored(status: number, send: () => Promise<{ status: number }>) {
  const before = await stored()
  expect((await send()).status).toBe(status)
  expect(await stored()).toBe(before)
}

describe('the webhook of Telegram', () => {
  it.each([
    ['no secret', null],
    ['another secret', 'f'.repeat(64)],
    ['a part of the secret', SECRET.slice(0, -1)],
    ['the token itself', TELEGRAM_TOKEN],
  ])('stores nothing with %s', async (_what, secret) => {
    await expectNotStored(401, () => postTelegram(telegramUpdate(1, 'привіт'), secret))
  })

  it.each([
    ['no JSON', 'update_id=1'],
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['no number of its own', '{"message":{}}'],
    ['a number that is a text', '{"update_id":"1"}'],
  ])('refuses %s', async (_what, body) => {
    await expectNotStored(400, () => postTelegram(body))
  })

  it('stores an update once, however often it comes', async () => {
    const person = simulator.telegram.person({ firstName: 'Двічі' })
    const update = telegramUpdate(person.id, '/start')
    const before = await stored()
    const answers = await Promise.all([1, 2, 3].map(() => postTelegram(update)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    await settle()
    expect(await stored()).toBe(before + 1)
    expect(person.messages()).toHaveLength(1)
  })

  it('keeps updates of a chat in the order they were received', async () => {
    const person = simulator.telegram.person({ firstName: 'Навпаки' })
    const [first, second] = [
      telegramUpdate(person.id, '/start'),
      telegramUpdate(person.id, 'english'),
    ]
    expect((await postTelegram(second)).status).toBe(200)
    expect((await postTelegram(first)).status).toBe(200)
    await settle()
    const texts = person.messages().map(({ text }) => text)
    expect(texts[0]).toContain('Не зрозумів')
    expect(texts.at(-1)).toContain('Щоб бачити баланс')
  })

  it.each([
    ['an update of a kind we do not know', { poll: { id: '1' } }],
    ['a channel post', { channel_post: { message_id: 1 } }],
    ['an edited message', { edited_message: { message_id: 1, chat: { id: 5, type: 'private' } } }],
    [
      'a message of a bot',
      { message: { chat: { id: 5, type: 'private' }, from: { is_bot: true } } },
    ],
    [
      'a press in a group',
      { callback_query: { id: '1', from: { id: 5 }, message: { chat: { type: 'group' } } } },
    ],
  ])('takes %s and does nothing', async (_what, content) => {
    updates += 1
    expect((await postTelegram(JSON.stringify({ update_id: updates, ...content }))).status).toBe(
      200,
    )
    await settle()
    const row = await town.sql.one<{ state: string }>`
      select state from inbox where update_id = ${String(updates)}`
    expect(row.state).toBe('handled')
  })

  it('stores what PostgreSQL cannot: a NUL and half a character', async () => {
    const person = simulator.telegram.person({ firstName: 'Нуль' })
    const bad = telegramUpdate(person.id, 'X').replace('"X"', '"ба\\u0000ланс \\ud83d"')
    const good = telegramUpdate(person.id, 'допомога')
    const answers = await Promise.all([postTelegram(bad), postTelegram(good)])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    await settle()
    expect(person.messages().map(({ text }) => text)).toEqual([
      expect.stringContaining('Спершу додаймо ваш особовий рахунок'),
      expect.stringContaining('Напишіть номер'),
      expect.stringContaining('Я показую баланс'),
      expect.any(String),
    ])
  })
})

describe('the webhook of Viber', () => {
  const message = viberMessage('V1', '4912661846655238145', 'привіт')
  it.each([
    ['no signature', null],
    ['the signature of another body', sign('{}')],
    ['the signature by another token', sign(message, 'another')],
    ['a cut signature', sign(message).slice(0, -2)],
    ['a signature that is not hex', 'я'.repeat(64)],
  ])('stores nothing with %s', async (_what, signature) => {
    // A header cannot hold Cyrillic letters as they are.
    const header = signature && Buffer.from(signature).toString('latin1')
    await expectNotStored(403, () => postViber(message, header))
  })

  it('is signed over the bytes as they came: the same JSON written anew is refused', async () => {
    const again = JSON.stringify(JSON.parse(message))
    expect(again).not.toBe(message)
    await expectNotStored(403, () => postViber(again, sign(message)))
  })

  it.each([
    ['no JSON', 'event=message'],
    ['nothing', ''],
    ['null', 'null'],
    ['no event', '{"timestamp":1}'],
  ])('refuses %s', async (_what, body) => {
    await expectNotStored(400, () => postViber(body))
  })

  it('tells apart 64-bit tokens that a double rounds to one', async () => {
    const before = await stored()
    for (const token of ['4912661846655238145', '4912661846655238146'])
      expect((await postViber(viberMessage('V2', token, 'привіт'))).status).toBe(200)
    expect(await stored()).toBe(before + 2)
    const rows = await town.sql.many<{ token: string }>`
      select payload->>'message_token' as token from inbox where chat = 'V2' order by id`
    expect(rows.map(({ token }) => token)).toEqual(['4912661846655238145', '4912661846655238146'])
  })

  it('stores an event once, however often it comes', async () => {
    const person = simulator.viber.person({ name: 'Двічі', isSubscribed: true })
    const event = viberMessage(person.id, '4912661846655239999', 'допомога')
    for (let times = 0; times < 3; times++) expect((await postViber(event)).status).toBe(200)
    await settle()
    const helped = person.messages().filter(({ text }) => text.startsWith('Я показую баланс'))
    expect(helped).toHaveLength(1)
  })

  it('takes what a person wrote for words, never for a token of the event', async () => {
    const text = '"message_token": 123'
    const event = viberMessage('V3', '4912661846655240000', text)
    expect((await postViber(event)).status).toBe(200)
    const row = await town.sql.one<{ text: string }>`
      select payload->'message'->>'text' as text from inbox where chat = 'V3'`
    expect(row.text).toBe(text)
  })
})

describe('the welcome of Viber', () => {
  function started(id: string, context: string): string {
    return `{"event":"conversation_started","timestamp":1,"message_token":4912661846655250000,"type":"open","context":"${context}","user":{"id":"${id}","name":"${id}","language":"uk"},"subscribed":false}`
  }

  it('answers each person with their own, even when many come at once', async () => {
    const ids = Array.from({ length: 12 }, (_, index) => `welcome-${index}`)
    const answers = await Promise.all(ids.map((id) => postViber(started(id, ''))))
    const tokens = answers.map(({ status, text }) => {
      expect(status).toBe(200)
      const { keyboard } = JSON.parse(text) as { keyboard: { Buttons: { ActionBody: string }[] } }
      return keyboard.Buttons.map(({ ActionBody }) => ActionBody)
    })
    const offered = await town.sql.many<{ id: string; tokens: string[] }>`
      select i.external_id as id,
        array(select c->>'token' from jsonb_array_elements(d.choices) c) as tokens
      from identity i join dialog d on d.identity_id = i.id
      where i.external_id like 'welcome-%'`
    const own = new Map(offered.map((row) => [row.id, row.tokens]))
    expect(ids.map((id) => own.get(id))).toEqual(tokens)
  })

  it('of a person with an account says nothing of it to the next one', async () => {
    const holder = simulator.viber.person({ name: 'Власник' })
    await holder.open()
    for (const text of ['українська', 'додати рахунок', '101', 'номер лічильника', '032264']) {
      holder.sendText(text)
      await settle()
    }
    const known = await postViber(started(holder.id, ''))
    const stranger = await postViber(started('welcome-stranger', ''))
    expect(known.text).toContain('Баланс')
    expect(stranger.text).toContain('Choose a language')
    expect(stranger.text).not.toContain('Баланс')
  })

  it('keeps what the link carried before the person subscribes', async () => {
    await postViber(started('welcome-link', 'K7QPM2XW9A'))
    const { state } = await town.sql.one<{ state: object }>`
      select d.state from dialog d join identity i on i.id = d.identity_id
      where i.external_id = 'welcome-link'`
    expect(state).toMatchObject({ flow: 'link', step: 'number', code: 'K7QPM2XW9A' })
  })
})

describe('webhooks', () => {
  it('of a messenger nobody knows are not found', async () => {
    await expectNotStored(404, () => post('signal', '{}', {}))
    await expectNotStored(404, () => post('constructor', '{}', {}))
  })

  it('take no more than a megabyte', async () => {
    const body = telegramUpdate(1, 'х'.repeat(1024 * 1024))
    await expectNotStored(413, () => postTelegram(body))
  })

  it('are only posted to', async () => {
    expect((await fetch(`${url}/webhooks/telegram`)).status).toBe(404)
  })
})
