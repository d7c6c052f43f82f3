import { inspect } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { openMessengers } from '../support/messengers.ts'
import { buildSmallTown } from '../support/small-town.ts'
import { testTown, type TestTown } from '../support/town.ts'
import { telegramSpeaker, viberSpeaker } from '../support/transcript.ts'

const logged: string[] = []
const note = (fields: object, message: string) =>
  void logged.push(`${inspect(fields, { depth: 8 })} ${message}`)
const town: TestTown = {
  ...(await testTown()),
  log: { debug: note, info: note, warn: note, error: note },
}
await buildSmallTown(town)
// One lane: two could try the same update at one time, and the tries would not be countable.
const messengers = await openMessengers(town, { lanes: 1 })
const { settle, simulator } = messengers

/** What a broken deploy could leave behind: a value that is no number, where a number must be. */
const BROKEN = {
  flow: 'reading',
  step: 'confirm',
  meterId: 1,
  typed: [
    {
      registerId: 1,
      zone: 0,
      previous: '0',
      value: 'сім\nвісім',
      volume: '0',
      verdict: 'plausible',
    },
  ],
}

function failed() {
  return town.sql.many`
    select attempts::int4 as attempts, error, handled_at is not null as closed from inbox
    where state = 'failed' order by id`
}

async function linked(speaker: ReturnType<typeof telegramSpeaker>, language: string) {
  await speaker.start()
  await speaker.tap(language)
  const words =
    language === 'English' ? ['add', '101', 'meter number'] : ['додати', '101', 'номер лічильника']
  for (const text of [...words, '032264', '101 326']) await speaker.type(text)
  speaker.read()
}

describe('an update that makes a conversation fail', () => {
  it('is put aside after three tries with an apology, while other chats go on', async () => {
    const person = simulator.telegram.person({ firstName: 'Перша' })
    const speaker = telegramSpeaker(messengers, person)
    await linked(speaker, 'English')
    await town.sql.run`
      update dialog set state = ${JSON.stringify(BROKEN)}::jsonb
      where identity_id = (select id from identity where external_id = ${String(person.id)})`
    const others = Array.from({ length: 6 }, (_, index) =>
      index % 2 === 0
        ? telegramSpeaker(messengers, simulator.telegram.person({ firstName: `Т${index}` }))
        : viberSpeaker(messengers, simulator.viber.person({ name: `В${index}` })),
    )
    speaker.press(speaker.tokens()[0] ?? '')
    await Promise.all(others.map((other) => other.type('допомога')))
    await settle()
    expect(await failed()).toEqual([{ attempts: 3, error: 'SyntaxError', closed: true }])
    expect(speaker.read().map(({ text }) => text)).toEqual([
      'Your request could not be done. Nothing is lost: type “menu” and try again.',
    ])
    for (const other of others) expect(other.read()[0]?.text).toContain('Я показую баланс')
    await speaker.type('menu')
    expect(speaker.read().at(-1)?.text).toBe('How can I help?')
  })

  it('whose form nobody can read is put aside too and stops nobody', async () => {
    const person = simulator.telegram.person({ firstName: 'Друга' })
    person.sendRaw({ update_id: 700_000_001, message: { text: 'немає чату' } })
    person.sendText('допомога')
    await settle()
    expect(person.messages()[0]?.text).toContain('Я показую баланс')
    expect((await failed()).at(-1)).toEqual({ attempts: 3, error: 'TypeError', closed: true })
  })

  it('is logged by its place in our code, never by what a person wrote', () => {
    const errors = logged.filter((line) => line.includes('an update failed'))
    expect(errors).toHaveLength(6)
    expect(errors[0]).toMatch(/SyntaxError <- at .*reading-confirm/)
    expect(logged.filter((line) => /сім|вісім|немає чату/.test(line))).toEqual([])
  })
})
