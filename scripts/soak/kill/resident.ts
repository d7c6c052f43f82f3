import { setTimeout as sleep } from 'node:timers/promises'
import { type Simulator } from '../../simulator/simulator.ts'
import { LAST_MONTH_VALUE, type Household } from './seed-town.ts'

/** Somebody with a phone who links their account and sends readings again and again. */
export type Resident = {
  channel: 'telegram' | 'viber'
  /** The messenger's id of the person. */
  externalId: string
  household: Household
  /** Everything the bot has shown, oldest first. */
  seen: readonly string[]
  /** How many things the person did that the bot has to answer. */
  acts: () => number
  /** The last value the person confirmed. */
  value: () => number
  /** The longest wait for an answer, in milliseconds. */
  slowestMs: () => number
  /** Secrets of the buttons on the screen, one list for each message that has some. */
  buttons: () => string[][]
  /**
   * Links, then sends at least one reading and more until `enough`. Rejects when an answer never
   * comes: a person waits, and repeats nothing.
   */
  live: (enough: () => boolean) => Promise<void>
  /** Reads what came after the last answer the person waited for. */
  readOn: () => Promise<void>
}

type Shown = { text: string; press: (label: string) => void }
type Phone = {
  externalId: string
  start: () => Promise<void>
  write: (text: string) => void
  /** The next message; rejects when none comes in time. */
  next: (patienceMs: number) => Promise<Shown>
  buttons: () => string[][]
}

type ResidentOptions = {
  channel: Resident['channel']
  household: Household
  /** Numbers from 0 up to 1. */
  random: () => number
  /** Told of each message at the instant it is on the screen. */
  onShown: () => void
}

/** A messenger repeats a lost webhook after longer and longer pauses, and each may meet a restart. */
const PATIENCE_MS = 10 * 60_000
const OPENS_MAX = 40
const ARRIVAL_MS = 2_000
const THINK_MS = 2_500

/** A resident of the simulated messengers. */
export function createResident(simulator: Simulator, options: ResidentOptions): Resident {
  const { channel, household, random } = options
  const phone = channel === 'telegram' ? telegramPhone(simulator) : viberPhone(simulator, household)
  const talk = createTalk(phone, options.onShown)
  let value = LAST_MONTH_VALUE

  async function sendReading(): Promise<void> {
    value += 1
    const change = `${LAST_MONTH_VALUE} → ${value} =`
    const check = await talk.write(`${household.number} ${value}`, change)
    await sleep(random() * THINK_MS)
    await talk.press(check, 'Підтвердити', `.\n${change}`)
    await sleep(random() * THINK_MS)
  }

  return {
    channel,
    externalId: phone.externalId,
    household,
    seen: talk.seen,
    // Viber answers an opened chat by itself: that is no update of the bot's.
    acts: () => talk.acts() + (channel === 'telegram' ? 1 : 0),
    value: () => value,
    slowestMs: talk.slowestMs,
    buttons: phone.buttons,
    live: async (enough) => {
      await sleep(random() * ARRIVAL_MS)
      await phone.start()
      await join(talk, household)
      do await sendReading()
      while (!enough())
    },
    readOn: async () => {
      while (await talk.read(0).catch(() => null));
    },
  }
}

async function join(talk: Talk, { number, serial }: Household): Promise<void> {
  const hello = await talk.waitFor('Оберіть мову')
  const menu = await talk.press(hello, 'Українська', 'додайте свій особовий рахунок')
  await talk.press(menu, 'Додати рахунок', 'Напишіть номер особового рахунку')
  const proofs = await talk.write(number, `Рахунок ${number}. Щоб сторонні`)
  await talk.press(proofs, 'Номер лічильника', 'Напишіть заводський номер лічильника')
  await talk.write(serial, `о/р ${number}, `)
}

type Talk = ReturnType<typeof createTalk>

/** Saying one thing and waiting for the message with the words that answer it. */
function createTalk(phone: Phone, onShown: () => void) {
  const seen: string[] = []
  let acts = 0
  let slowestMs = 0

  async function read(patienceMs: number): Promise<Shown> {
    const shown = await phone.next(patienceMs)
    onShown()
    seen.push(shown.text)
    return shown
  }

  async function waitFor(words: string): Promise<Shown> {
    const since = performance.now()
    for (;;) {
      const shown = await read(PATIENCE_MS)
      // What came before a crash may come again: it is not the answer to this.
      if (!shown.text.includes(words)) continue
      slowestMs = Math.max(slowestMs, performance.now() - since)
      return shown
    }
  }

  return {
    seen,
    acts: () => acts,
    slowestMs: () => slowestMs,
    read,
    waitFor,
    write: (text: string, words: string) => {
      acts += 1
      phone.write(text)
      return waitFor(words)
    },
    press: ({ press }: Shown, label: string, words: string) => {
      acts += 1
      press(label)
      return waitFor(words)
    },
  }
}

/** The reading whose acceptance a message tells, or null: its registration number and value. */
export function readAcceptance(text: string): { no: bigint; value: number } | null {
  const match = /^Показання прийнято\. № (\d+)\.\n\d+ → (\d+) =/.exec(text)
  if (!match) return null
  const [, no = '', value = ''] = match
  return { no: BigInt(no), value: Number(value) }
}

function telegramPhone({ telegram }: Simulator): Phone {
  const person = telegram.person({ firstName: 'Мешканець' })
  return {
    externalId: String(person.id),
    start: async () => void person.pressStart(),
    write: (text) => void person.sendText(text),
    next: async (patienceMs) => {
      const { id, text } = await person.nextReply(patienceMs)
      return { text, press: (label) => void person.tapInline(label, id) }
    },
    buttons: () =>
      person
        .messages()
        .map(({ buttons }) => buttons.flat().map((button) => button.callback_data ?? ''))
        .filter((tokens) => tokens.length > 0),
  }
}

function viberPhone({ viber }: Simulator, { number }: Household): Phone {
  const person = viber.person({ name: `Мешканець ${number}` })
  return {
    externalId: person.id,
    start: async () => {
      // Who sees no welcome opens the chat again.
      for (let tries = 0; tries < OPENS_MAX; tries++)
        if (await person.open().catch(() => null)) return
      throw new Error('the chat shows no welcome')
    },
    write: (text) => person.sendText(text),
    next: async (patienceMs) => {
      const { text } = await person.nextReply(patienceMs)
      return { text, press: (label) => void person.tap(label) }
    },
    // One keyboard for the whole chat.
    buttons: () => [(person.keyboard()?.Buttons ?? []).map((button) => button.ActionBody)],
  }
}
