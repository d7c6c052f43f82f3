import { describe, expect, it } from '@jest/globals'
import { type Messengers, openMessengers } from '../support/messengers.ts'
import { buildSmallTown } from '../support/small-town.ts'
import { type TestTown, testTown } from '../support/town.ts'
import { type Speaker, telegramSpeaker, viberSpeaker } from '../support/transcript.ts'

/** What the bot reads as a press or a command in other products. */
const FOREIGN = [
  'editprof#1#yes',
  'add-pok#1#326#yes',
  'Start-button#101',
  'confirm',
  '{"value":"confirm"}',
  '~',
  `~${'A'.repeat(16)}`,
  `~${'A'.repeat(63)}`,
]

/** A conversation through every kind of button; the last step waits for a yes. */
const RUN: ((who: Speaker) => Promise<void>)[] = [
  (who) => who.start(),
  (who) => who.tap('Українська'),
  (who) => who.tap('Додати рахунок'),
  (who) => who.type('101'),
  (who) => who.tap('Номер лічильника'),
  (who) => who.type('032264'),
  (who) => who.tap('Баланс'),
  (who) => who.tap('Водопостачання'),
  (who) => who.tap('Меню'),
  (who) => who.tap('Рахунок (PDF)'),
  (who) => who.tap('Меню'),
  (who) => who.tap('Налаштування'),
  (who) => who.tap('Мої рахунки'),
  (who) => who.tap('× 101, КП «Міськводоканал»'),
  (who) => who.tap('Меню'),
  (who) => who.tap('Показання'),
  (who) => who.tap('Водопостачання, кухня № 032264'),
  (who) => who.type('326'),
]

type Screen = { tokens: string[] }
type Scene = {
  town: TestTown
  messengers: Messengers
  person: Speaker
  other: Speaker
  /** Screens of the conversation, the current one last. */
  screens: Screen[]
}

const openers = {
  Telegram: ({ simulator, ...rest }: Messengers, name: string) =>
    telegramSpeaker({ simulator, ...rest }, simulator.telegram.person({ firstName: name })),
  Viber: ({ simulator, ...rest }: Messengers, name: string) =>
    viberSpeaker({ simulator, ...rest }, simulator.viber.person({ name })),
}
type Messenger = keyof typeof openers

/** Everything a press could change. */
async function facts({ sql }: TestTown) {
  return {
    readings: await sql.many`select id, value_e8, state from reading order by id`,
    links: await sql.many`select id, consumer_id, account_id, ended_at from link order by id`,
    tries: await sql.many`select id from link_attempt order by id`,
    requests: await sql.many`select id from link_request order by id`,
    preferences: await sql.many`select * from notice_preference order by consumer_id`,
    consumers: await sql.many`select id, language from consumer order by id`,
  }
}

async function dialogs({ sql }: TestTown) {
  return sql.many`select identity_id, state, choices from dialog order by identity_id`
}

async function steps({ sql }: TestTown) {
  return sql.many`
    select identity_id, state->>'flow' as flow, state->>'step' as step from dialog
    order by identity_id`
}

async function openScene(messenger: Messenger): Promise<Scene> {
  const town = await testTown()
  await buildSmallTown(town)
  const messengers = await openMessengers(town)
  const open = openers[messenger]
  const scene = {
    town,
    messengers,
    person: open(messengers, 'Перша'),
    other: open(messengers, 'Друга'),
    screens: [],
  }
  await scene.other.start()
  await scene.other.tap('Українська')
  return scene
}

const scenes = { Telegram: await openScene('Telegram'), Viber: await openScene('Viber') }

describe.each(['Telegram', 'Viber'] as const)('a button of %s', (messenger) => {
  const scene = scenes[messenger]

  /** Presses or types, and expects that nothing changed and the other person heard nothing new. */
  async function expectNothing(act: () => void | Promise<void>): Promise<void> {
    const { messengers, town } = scene
    const before = { ...(await facts(town)), dialogs: await dialogs(town) }
    await act()
    await messengers.settle()
    expect({ ...(await facts(town)), dialogs: await dialogs(town) }).toEqual(before)
  }

  function past(): string[] {
    return scene.screens.slice(0, -1).flatMap(({ tokens }) => tokens)
  }

  it('does nothing for another person, at any step', async () => {
    for (const step of RUN) {
      await step(scene.person)
      const tokens = scene.person.tokens()
      expect(tokens.length).toBeGreaterThan(0)
      scene.screens.push({ tokens })
      scene.person.read()
      await expectNothing(() => tokens.forEach((token) => scene.other.press(token)))
      expect(scene.person.read()).toEqual([])
    }
  })

  it('has a name of its own on every screen, at most 64 bytes long', () => {
    const tokens = scene.screens.flatMap((screen) => screen.tokens)
    expect(new Set(tokens).size).toBe(tokens.length)
    expect(tokens.filter((token) => Buffer.byteLength(token) > 64)).toEqual([])
  })

  it('does nothing once its step is over', async () => {
    await expectNothing(() => past().forEach((token) => scene.person.press(token)))
  })

  it('is nothing to those who make it up', async () => {
    // In Viber a press is a text: what has not the form of a token is read as words, below.
    const made = messenger === 'Telegram' ? FOREIGN : [`~${'A'.repeat(16)}`]
    await expectNothing(() => made.forEach((data) => scene.person.press(data)))
    await expectNothing(() => made.forEach((data) => scene.other.press(data)))
  })

  it('typed by hand moves nothing', async () => {
    const { messengers, person, town } = scene
    const before = { ...(await facts(town)), steps: await steps(town) }
    const typed = messenger === 'Telegram' ? [...past(), ...person.tokens(), ...FOREIGN] : FOREIGN
    for (const text of typed) await person.type(text)
    await messengers.settle()
    expect({ ...(await facts(town)), steps: await steps(town) }).toEqual(before)
  })

  it('pressed twice at once acts once', async () => {
    const { messengers, person, town } = scene
    const [confirm = ''] = person.tokens()
    person.press(confirm)
    person.press(confirm)
    await messengers.settle()
    const stored = await town.sql.many`select value_e8 from reading where source = 'bot'`
    expect(stored).toEqual([{ value_e8: 32_600_000_000n }])
    scene.screens.push({ tokens: person.tokens() })
    await expectNothing(() => person.press(confirm))
  })

  it('does nothing a day later', async () => {
    const { person, town } = scene
    town.clock.advance({ hours: 25 })
    await expectNothing(() => past().forEach((token) => person.press(token)))
  })

  it('of the last step stores nothing a day later, and the menu is there again', async () => {
    const { messengers, person, town } = scene
    await person.type('101 327')
    await person.tap('Водопостачання, кухня № 032264')
    const before = await facts(town)
    town.clock.advance({ hours: 25 })
    person.press(person.tokens()[0] ?? '')
    await messengers.settle()
    expect(await facts(town)).toEqual(before)
    person.read()
    await person.tap('Показання')
    expect(person.read().at(-1)?.text).toContain('Який лічильник?')
  })
})
