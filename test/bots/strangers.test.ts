import { describe, expect, it } from '@jest/globals'
import { billCode } from '../../core/access/bill-code.ts'
import { period } from '../../core/period.ts'
import { seededRandom } from '../../scripts/simulator/faults.ts'
import { openMessengers } from '../support/messengers.ts'
import { accountIdOf, buildSmallTown } from '../support/small-town.ts'
import { testTown } from '../support/town.ts'
import { type Speaker, telegramSpeaker, viberSpeaker } from '../support/transcript.ts'

// SOAK=1 makes all thousand guesses; a sample is enough on every run.
const GUESSES = process.env['SOAK'] ? 1_000 : 60
const GUESSES_A_PERSON = 6
const SOAK_MS = 300_000
const WAVE = 10
const VICTIM = '207'
const NO_ACCOUNT = '999207'
/** What only the people of account 207 may see: holder, address, balance, meter, last value. */
const SECRETS = ['Тестова', 'Боромира', 'кв.', '500,40', '100,10', '207207', '60 куб', 'Міськводо']

const town = await testTown()
await buildSmallTown(town)
const messengers = await openMessengers(town)
const { settle, simulator } = messengers

function telegramPerson(name: string): Speaker {
  return telegramSpeaker(messengers, simulator.telegram.person({ firstName: name }))
}

function viberPerson(name: string): Speaker {
  return viberSpeaker(messengers, simulator.viber.person({ name }))
}

async function linkHolder(): Promise<Speaker> {
  const holder = telegramPerson('Власниця')
  await holder.start()
  await holder.tap('Українська')
  await holder.tap('Додати рахунок')
  await holder.type(VICTIM)
  await holder.tap('Номер лічильника')
  await holder.type('207207')
  holder.read()
  return holder
}

const random = seededRandom(7)
const below = (limit: number) => Math.floor(random() * limit)

/** A kind of second fact and a wrong guess at it. */
function guess(): [kind: string, fact: string] {
  const kinds: [string, () => string][] = [
    ['номер лічильника', () => String(100_000 + below(100_000))],
    ['остання оплата', () => `${1 + below(900)},${10 + below(90)} ${10 + below(18)}.10.2026`],
    ['код із рахунку', () => `AAAA${String(222_222 + below(700_000)).replace(/[01]/g, '9')}`],
  ]
  const [kind, make] = kinds[below(kinds.length)] ?? ['', () => '']
  return [kind, make()]
}

/** Ten people at a time guess, half of them in each messenger; gives all that the bot told them. */
async function attack(number: string, guesses: number): Promise<string[]> {
  const said: string[] = []
  for (let made = 0; made < guesses; made += WAVE * GUESSES_A_PERSON)
    said.push(...(await wave(number, Math.min(WAVE, (guesses - made) / GUESSES_A_PERSON))))
  return said
}

async function wave(number: string, size: number): Promise<string[]> {
  const crowd = Array.from({ length: Math.ceil(size) }, (_, index) =>
    index % 2 === 0 ? telegramPerson('Т') : viberPerson('В'),
  )
  await Promise.all(crowd.map((one) => one.start()))
  await Promise.all(crowd.map((one) => one.tap('Українська')))
  for (let made = 0; made < GUESSES_A_PERSON; made++) {
    // One chat is handled in order, so the whole try can be sent at once.
    const tries = crowd.map((one) => ['додати рахунок', number, ...guess(), 'меню'].map(one.type))
    await Promise.all(tries.flat())
  }
  return crowd.flatMap((one) => one.read().map(({ text }) => text))
}

const holder = await linkHolder()

describe('people who know only the number of an account', () => {
  it(
    'learn nothing about it, and it answers like a number that does not exist',
    async () => {
      const said = await attack(VICTIM, GUESSES)
      const ofNobody = await attack(NO_ACCOUNT, GUESSES_A_PERSON * 2)
      expect(said.length).toBeGreaterThan(GUESSES)
      const leaked = said.filter((text) => SECRETS.some((secret) => text.includes(secret)))
      expect(leaked).toEqual([])
      const kinds = (texts: string[], number: string) =>
        new Set(texts.map((text) => text.replaceAll(number, 'N')))
      expect(kinds(said, VICTIM)).toEqual(kinds(ofNobody, NO_ACCOUNT))
    },
    SOAK_MS,
  )

  it('get no link', async () => {
    const links = await town.sql.many`
      select l.id from link l join account a on a.id = l.account_id where a.number = ${VICTIM}`
    expect(links).toHaveLength(1)
  })

  it('use up the tries of the number, five a day, and every try is kept for staff', async () => {
    const { looked } = await town.sql.one<{ looked: number }>`
      select count(*)::int4 as looked from link_attempt
      where number_key = ${VICTIM} and not succeeded and proof <> 'bill-code'`
    expect(looked).toBe(5)
  })

  it('cost the holder one notice a day', async () => {
    const warnings = () => holder.read().filter(({ text }) => text.startsWith('Хтось намагався'))
    expect(warnings()).toHaveLength(1)
    town.clock.advance({ hours: 25 })
    await attack(VICTIM, GUESSES_A_PERSON)
    expect(warnings()).toHaveLength(1)
  })

  it('do not keep the holder from the cabinet', async () => {
    await holder.type('баланс')
    expect(holder.read().at(-1)?.text).toContain('До сплати разом: 500,40')
    await holder.type('207 61')
    await holder.tap('Підтвердити')
    expect(holder.read().at(-1)?.text).toContain('Показання прийнято')
  })

  it('do not keep the holder out of another messenger: the code on the bill still works', async () => {
    const code = await billCode(town, await accountIdOf(town, VICTIM), period(202610))
    const again = viberPerson('Власниця')
    await again.start(code.replaceAll('-', ''))
    await again.type(VICTIM)
    expect(again.read().at(-1)?.text).toContain(`о/р ${VICTIM}, `)
    expect(holder.read().map(({ text }) => text)).toEqual([
      expect.stringContaining('приєднався ще один користувач'),
    ])
  })

  it('see no words of ours broken by what they write', async () => {
    const prankster = telegramPerson('Жартівник')
    await prankster.start()
    await prankster.tap('Українська')
    await prankster.tap('Додати рахунок')
    await prankster.type('1 {{x}} $t(common:currency)')
    expect(prankster.read().at(-1)?.text).toContain('Рахунок 1 {{x}} $t(common:currency).')
  })
})

describe('the phone as the second fact', () => {
  it('is the own contact that Telegram vouches for', async () => {
    const person = simulator.telegram.person({ firstName: 'Своя', phone: '+380672080808' })
    const speaker = telegramSpeaker(messengers, person)
    await speaker.start()
    await speaker.tap('Українська')
    await speaker.tap('Додати рахунок')
    await speaker.type('208')
    await speaker.tap('Мій телефон')
    expect(person.keyboard()?.flat()).toEqual([
      { text: 'Поділитися моїм номером', request_contact: true },
      { text: 'Скасувати' },
    ])
    speaker.read()
    person.tapReply('Поділитися моїм номером')
    await settle()
    expect(speaker.read().map(({ text }) => text)).toEqual([expect.stringContaining('о/р 208, ')])
  })

  it.each([
    ['of a person of the phone book', { phone: '+380672080808' }],
    ['of another person of Telegram', { phone: '+380672080808', userId: 5 }],
  ])('is not the contact %s', async (_whose, contact) => {
    const person = simulator.telegram.person({ firstName: 'Чужа' })
    const speaker = telegramSpeaker(messengers, person)
    for (const text of ['/start', 'українська', 'додати рахунок', '208', 'мій телефон'])
      await speaker.type(text)
    speaker.read()
    person.shareContact(contact)
    await settle()
    expect(speaker.read().at(-1)?.text).toContain('Потрібен саме ваш номер')
    person.tapReply('Скасувати')
    await settle()
    expect(speaker.read()[0]?.text).toContain('Скасовано.')
  })

  it('is not offered in Viber, where anybody can send any contact', async () => {
    const person = simulator.viber.person({ name: 'Чужа', phone: '380672080808' })
    const speaker = viberSpeaker(messengers, person)
    for (const text of ['/start', 'українська', 'додати рахунок', '208']) await speaker.type(text)
    expect(person.labels()).not.toContain('Мій телефон')
    speaker.read()
    person.shareContact()
    await settle()
    expect(speaker.read().at(-1)?.text).toContain('Натисніть кнопку')
  })
})

describe('in a group', () => {
  it('a command is answered by one impersonal sentence, and nothing else at all', async () => {
    const member = simulator.telegram.person({ firstName: 'Учасниця' })
    const speaker = telegramSpeaker(messengers, member)
    for (const text of ['/start', 'українська', 'додати рахунок', VICTIM, 'номер лічильника'])
      await speaker.type(text)
    await speaker.type('207207')
    speaker.read()
    const dialogs = () => town.sql.many`select identity_id, state from dialog order by 1`
    const before = await dialogs()
    const group = simulator.telegram.group({ title: 'Будинок 4', members: [member] })
    const inGroup = group.as(member)
    for (const text of ['баланс', '207 62', '/menu@simulated_telegram_bot', 'рахунок']) {
      inGroup.sendText(text)
      await settle()
    }
    expect(inGroup.messages().map(({ text, buttons }) => ({ text, buttons }))).toEqual([
      {
        text: 'Напишіть мені в особистий чат: у групі я не показую особистих даних.',
        buttons: [],
      },
    ])
    expect(speaker.read()).toEqual([])
    expect(await dialogs()).toEqual(before)
  })
})
