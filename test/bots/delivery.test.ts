import { inspect } from 'node:util'
import { afterEach, describe, expect, it } from '@jest/globals'
import { openBots } from '../../bots/bots.ts'
import { type Channel } from '../../core/access/channel.ts'
import { enqueueNotice } from '../../core/outbox/enqueue.ts'
import { type Message, say } from '../../core/outbox/message.ts'
import { openMessengers, TELEGRAM_TOKEN, VIBER_TOKEN } from '../support/messengers.ts'
import { buildSmallTown } from '../support/small-town.ts'
import { testTown, type TestTown } from '../support/town.ts'

/** Everything the logger was given, as text. */
const logged: string[] = []
const note = (fields: object, message: string) =>
  void logged.push(`${inspect(fields, { depth: 8 })} ${message}`)
const town: TestTown = {
  ...(await testTown()),
  log: { debug: note, info: note, warn: note, error: note },
}
await buildSmallTown(town)
const { settle, simulator } = await openMessengers(town)
const { faults } = simulator

afterEach(() => {
  faults.clear()
})

let people = 0
/** Somebody known to the bot, who said nothing lately. */
async function newPerson(channel: Channel) {
  people += 1
  const name = `${channel} ${people}`
  if (channel === 'telegram') {
    const person = simulator.telegram.person({ firstName: name })
    person.pressStart()
    await settle()
    return { id: String(person.id), texts: () => person.messages().slice(1).map(textOf), person }
  }
  const person = simulator.viber.person({ name })
  person.sendText('/start')
  await settle()
  return { id: person.id, texts: () => person.messages().slice(1).map(textOf), person }
}

function textOf({ text }: { text: string }): string {
  return text
}

let letters = 0
/** Queues a letter whose words are its number. */
async function write(channel: Channel, externalId: string): Promise<string> {
  letters += 1
  const text = `Лист ${letters}`
  const message: Message = { lines: [say('settings:switched-off', { kind: text })] }
  const dedupeKey = `letter ${letters}`
  await enqueueNotice(town, { channel, externalId, language: 'uk', message, dedupeKey })
  return `Вимкнено: ${text}.`
}

type Row = { state: string; attempts: number; error: string | null; waits: number }
async function rowOf(externalId: string): Promise<Row> {
  return town.sql.one<Row>`
    select state, attempts::int4 as attempts, error,
      extract(epoch from not_before - ${town.now()}::timestamptz)::int4 as waits
    from outbox where external_id = ${externalId} order by id desc limit 1`
}

/** Waits for a fact of the outbox; the faults decide when it comes. */
async function until(fact: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000
  while (!(await fact())) {
    if (Date.now() > deadline) throw new Error(`never came true: ${fact.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const tried = (id: string, times: number) => until(async () => (await rowOf(id)).attempts >= times)

describe('429 of Telegram', () => {
  it('is obeyed: nothing is sent before, then everything once and in order', async () => {
    const { id, person, texts } = await newPerson('telegram')
    faults.next('telegram', 'too-many', { retryAfter: 30 })
    const first = await write('telegram', id)
    await tried(id, 1)
    expect(await rowOf(id)).toMatchObject({ state: 'waiting', error: 'telegram-429', waits: 30 })
    const second = await write('telegram', id)
    await until(async () => (await rowOf(id)).error === 'behind-another')
    expect((await rowOf(id)).attempts).toBe(0)
    // An answer to what the person says meanwhile must not overtake the letters, nor break the pause.
    if ('pressStart' in person) person.sendText('допомога')
    await until(async () => (await rowOf(id)).error === 'behind-another')
    town.clock.advance({ seconds: 29 })
    await new Promise((resolve) => setTimeout(resolve, 1_200))
    expect(texts()).toEqual([])
    town.clock.advance({ seconds: 5 })
    await until(() => texts().length >= 4)
    await settle()
    expect(texts().slice(0, 2)).toEqual([first, second])
    expect(texts()[2]).toContain('Я показую баланс')
    expect(texts()).toHaveLength(4)
  })
})

describe('a letter that did not get through', () => {
  it.each([
    ['telegram', 'server-error', 'telegram-502'],
    ['telegram', 'reset', 'no-answer'],
    ['viber', 'server-error', 'no-answer'],
    ['viber', 'reset', 'no-answer'],
  ] as const)('in %s after %s is tried again until it is sent, once', async (wire, kind, error) => {
    const { id, texts } = await newPerson(wire)
    faults.next(wire, kind, { count: 2 })
    const text = await write(wire, id)
    await tried(id, 1)
    expect(await rowOf(id)).toMatchObject({ state: 'waiting', error, waits: 2 })
    town.clock.advance({ seconds: 3 })
    await tried(id, 2)
    expect((await rowOf(id)).waits).toBe(4)
    town.clock.advance({ seconds: 5 })
    await until(() => texts().length > 0)
    await settle()
    expect(texts()).toEqual([text])
  })

  it('with a paper is tried again with its paper', async () => {
    const { id, person, texts } = await newPerson('telegram')
    faults.next('telegram', 'reset', { method: 'sendDocument' })
    const message: Message = {
      lines: [say('menu:title')],
      document: { kind: 'bill', accountId: 1, month: 202610 as never },
    }
    const letter = { channel: 'telegram', externalId: id, language: 'uk', message } as const
    await enqueueNotice(town, { ...letter, dedupeKey: 'paper' })
    await tried(id, 1)
    town.clock.advance({ seconds: 3 })
    await until(() => texts().length > 0)
    const [, paper] = person.messages()
    expect(paper && 'file' in paper && paper.file?.name).toBe('рахунок-101-2026-10.pdf')
  })

  it('is given up after a day', async () => {
    const { id, texts } = await newPerson('telegram')
    faults.set('telegram', { rate5xx: 1 })
    await write('telegram', id)
    for (let tries = 1; tries <= 9; tries++) {
      await tried(id, tries)
      expect((await rowOf(id)).state).toBe('waiting')
      town.clock.advance({ minutes: 11 })
    }
    town.clock.advance({ days: 1 })
    await until(async () => (await rowOf(id)).state !== 'waiting')
    expect(await rowOf(id)).toMatchObject({ state: 'failed', error: 'telegram-502' })
    expect(texts()).toEqual([])
  })

  it('of unknown outcome may come twice, but comes', async () => {
    const inTelegram = await newPerson('telegram')
    const inViber = await newPerson('viber')
    faults.next('telegram', 'timeout-after-accept')
    faults.next('viber', 'timeout-after-accept')
    const texts = [await write('telegram', inTelegram.id), await write('viber', inViber.id)]
    await Promise.all([tried(inTelegram.id, 1), tried(inViber.id, 1)])
    town.clock.advance({ seconds: 3 })
    const isSent = async (id: string) => /sent|delivered|seen/.test((await rowOf(id)).state)
    await until(async () => (await isSent(inTelegram.id)) && (await isSent(inViber.id)))
    expect(inTelegram.texts()).toEqual([texts[0], texts[0]])
    expect(inViber.texts()).toEqual([texts[1], texts[1]])
  })
})

describe('a person who cannot be written to', () => {
  it('in Telegram hears nothing after a 403 until they write', async () => {
    const { id, person, texts } = await newPerson('telegram')
    if (!('block' in person)) throw new Error('not Telegram')
    person.block()
    await settle()
    expect(await reachable(id)).toBe(false)
    await write('telegram', id)
    await until(async () => (await rowOf(id)).state === 'unreachable')
    expect(await rowOf(id)).toMatchObject({ attempts: 1, error: 'telegram-403' })
    person.unblock()
    person.sendText('меню')
    await settle()
    expect(await reachable(id)).toBe(true)
    const text = await write('telegram', id)
    await until(() => texts().includes(text))
  })

  it('of whom Telegram did not tell is found out by the 403', async () => {
    const { id, person } = await newPerson('telegram')
    if (!('block' in person)) throw new Error('not Telegram')
    person.block()
    await settle()
    await town.sql.run`update identity set reachable = true where external_id = ${id}`
    await write('telegram', id)
    await write('telegram', id)
    await until(async () => (await rowOf(id)).state === 'unreachable')
    expect(await reachable(id)).toBe(false)
    const states = await town.sql.many<{ state: string }>`
      select state from outbox where external_id = ${id} and lane = 1`
    expect(states).toEqual([{ state: 'unreachable' }, { state: 'unreachable' }])
  })

  it('in Viber is one who left (6) and one Viber does not know (5)', async () => {
    const { id, person } = await newPerson('viber')
    if (!('unsubscribe' in person)) throw new Error('not Viber')
    person.unsubscribe()
    await settle()
    await write('viber', id)
    await until(async () => (await rowOf(id)).state === 'unreachable')
    expect(await rowOf(id)).toMatchObject({ error: 'viber-6' })
    expect(await reachable(id)).toBe(false)
    person.sendText('меню')
    await settle()
    expect(await reachable(id)).toBe(true)
    await write('viber', 'nobody')
    await until(async () => (await rowOf('nobody')).error === 'viber-5')
  })
})

async function reachable(externalId: string): Promise<boolean> {
  const row = await town.sql.one<{ reachable: boolean }>`
    select reachable from identity where external_id = ${externalId}`
  return row.reachable
}

describe('status 12 of Viber', () => {
  it('pauses the chat for a minute', async () => {
    const { id, texts } = await newPerson('viber')
    faults.next('viber', 'too-many')
    const text = await write('viber', id)
    await tried(id, 1)
    expect(await rowOf(id)).toMatchObject({ state: 'waiting', error: 'viber-12', waits: 60 })
    town.clock.advance({ seconds: 61 })
    await until(() => texts().length > 0)
    expect(texts()).toEqual([text])
  })
})

describe('order within a chat', () => {
  it.each(['telegram', 'viber'] as const)('is kept in %s under faults', async (wire) => {
    const { id, texts } = await newPerson(wire)
    faults.set(wire, { rate429: 0.1, rate5xx: 0.15, resetRate: 0.15 })
    const all: string[] = []
    for (let count = 0; count < 12; count++) all.push(await write(wire, id))
    await until(() => {
      town.clock.advance({ seconds: 5 })
      return texts().length >= all.length
    })
    expect(texts()).toEqual(all)
  })
})

describe('receipts', () => {
  it('of Viber make a letter delivered, then seen', async () => {
    simulator.viber.sendReceipts(false)
    const { id, person } = await newPerson('viber')
    await write('viber', id)
    await until(async () => (await rowOf(id)).state === 'sent')
    const token = person.messages().at(-1)
    if (!token || !('token' in token)) throw new Error('not Viber')
    const receipt = (event: string) => ({
      event,
      timestamp: 1,
      user_id: id,
      message_token: token.token,
    })
    for (const [event, state] of [
      ['delivered', 'delivered'],
      ['seen', 'seen'],
      ['delivered', 'seen'],
      ['failed', 'seen'],
    ] as const) {
      person.sendRaw(receipt(event) as never)
      await settle()
      expect((await rowOf(id)).state).toBe(state)
    }
    simulator.viber.sendReceipts(true)
  })

  it('that come before the sending is noted count too', async () => {
    const { id } = await newPerson('viber')
    await write('viber', id)
    await until(async () => (await rowOf(id)).state === 'seen')
  })
})

describe('the log', () => {
  it('never has a token, a name, a phone or words of a message', () => {
    const secrets = [TELEGRAM_TOKEN, VIBER_TOKEN, 'Лист', 'Перша', 'Я показую', '555-00-01']
    expect(logged.filter((line) => secrets.some((secret) => line.includes(secret)))).toEqual([])
  })

  it('nor when a messenger is away at the start', async () => {
    const before = logged.length
    const bots = openBots(town, {
      telegram: { token: TELEGRAM_TOKEN, apiRoot: 'http://127.0.0.1:9' },
      viber: { token: VIBER_TOKEN, apiUrl: 'http://127.0.0.1:9' },
      publicUrl: 'https://example.org',
      lanes: 1,
    })
    await bots.start()
    await bots.stop()
    const added = logged.slice(before)
    expect(added).toHaveLength(2)
    expect(added.filter((line) => /test-(viber-)?token/.test(line))).toEqual([])
  })
})
