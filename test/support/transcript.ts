import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type Person as TelegramPerson } from '../../scripts/simulator/telegram/people.ts'
import { type ViberPerson } from '../../scripts/simulator/viber/people.ts'
import { type Messengers } from './messengers.ts'

/** Somebody with a phone, whichever messenger is on it. */
export type Speaker = {
  type: (text: string) => Promise<void>
  tap: (label: string) => Promise<void>
  start: (payload?: string) => Promise<void>
  /** What the buttons on the screen carry. */
  tokens: () => string[]
  /** Sends what a button would send, whether or not there is such a button; does not wait. */
  press: (token: string) => void
  /** Bot's messages not read yet: text, file, and the buttons below the last one. */
  read: () => { text: string; file: string | null; buttons: string[] }[]
}

/** A person in simulated Telegram. */
export function telegramSpeaker(messengers: Messengers, person: TelegramPerson): Speaker {
  let seen = 0
  const after = messengers.settle
  return {
    type: (text) => (person.sendText(text), after()),
    tap: (label) => (person.tapInline(label), after()),
    start: (payload) => (person.pressStart(payload), after()),
    tokens: () => {
      const newest = person.messages().at(-1)?.buttons.flat() ?? []
      return newest.flatMap(({ callback_data }) => callback_data ?? [])
    },
    press: (token) => person.sendRaw(rawPress(person.id, token)),
    read: () => {
      const fresh = person.messages().slice(seen)
      seen += fresh.length
      return fresh.map((message) => ({
        text: message.text,
        file: message.file?.name ?? null,
        buttons: message.buttons.flat().map((button) => button.text),
      }))
    },
  }
}

let presses = 0

/** A callback query as Telegram would send it, with whatever data. */
function rawPress(id: number, data: string): { update_id: number; callback_query: object } {
  presses += 1
  const chat = { id, type: 'private', first_name: 'П' }
  const from = { id, is_bot: false, first_name: 'П' }
  const message = { message_id: 1, date: 1, chat }
  const query = { id: `press-${presses}`, from, chat_instance: '1', message, data }
  return { update_id: 900_000_000 + presses, callback_query: query }
}

/** A person in simulated Viber. A paper comes as a message of its own; here it joins its text. */
export function viberSpeaker(messengers: Messengers, person: ViberPerson): Speaker {
  let seen = 0
  const after = messengers.settle
  return {
    type: (text) => (person.sendText(text), after()),
    tap: (label) => (person.tap(label), after()),
    start: async (payload) => {
      await person.open(payload)
      await after()
    },
    tokens: () => person.keyboard()?.Buttons.map(({ ActionBody }) => ActionBody) ?? [],
    // On the wire a press is a text like any other.
    press: (token) => person.sendText(token),
    read: () => {
      const fresh = person.messages().slice(seen)
      seen += fresh.length
      const said: ReturnType<Speaker['read']> = []
      for (const message of fresh) {
        const last = said.at(-1)
        if (message.fileName !== null && last) last.file = message.fileName
        else said.push({ text: message.text, file: message.fileName, buttons: [] })
      }
      // Viber has one keyboard, that of the newest message.
      const newest = said.at(-1)
      if (newest) newest.buttons = person.labels()
      return said
    },
  }
}

const FOLDER = path.join(import.meta.dirname, '..', 'transcripts')

function transcriptFile(name: string): string {
  return path.join(FOLDER, `${name}.txt`)
}

/** What a transcript needs beside the speaker. */
export type Stage = {
  /** `{name}` in a line of the person stands for these words. */
  names?: Record<string, string>
  /** Lets hours pass. */
  wait: (hours: number) => void
}

/**
 * Plays the person's lines of a transcript and returns the whole conversation in the file's form:
 * `> words` typed, `> [label]` pressed, `> /start` with or without the payload of a deep link,
 * `> (25 hours)` of silence; the bot's words indented, a paper as `{name}`, buttons as `[label]`.
 * Lines of `#` are comments. `UPDATE_TRANSCRIPTS=1` rewrites the file.
 */
export async function play(
  name: string,
  speaker: Speaker,
  stage: Stage,
): Promise<{ was: string; is: string }> {
  const file = transcriptFile(name)
  const was = readFileSync(file, 'utf8')
  const is: string[] = []
  for (const line of was.split('\n')) {
    if (line.startsWith('#')) is.push(line)
    if (!line.startsWith('> ')) continue
    is.push(is.length === 0 ? line : `\n${line}`)
    await act(speaker, line.slice(2), stage)
    for (const message of speaker.read()) is.push(...written(message))
  }
  const text = `${is.join('\n')}\n`
  const rewrites = (process.env['UPDATE_TRANSCRIPTS'] ?? '0') !== '0'
  if (rewrites) writeFileSync(file, text)
  return { was: rewrites ? text : was, is: text }
}

async function act(speaker: Speaker, line: string, { names = {}, wait }: Stage): Promise<void> {
  const said = line.replace(/\{(\w+)\}/g, (whole, name: string) => names[name] ?? whole)
  const label = /^\[(.+)\]$/.exec(said)?.[1]
  const hours = /^\((\d+) hours\)$/.exec(said)?.[1]
  const start = /^\/start(?: (.+))?$/.exec(said)
  if (label !== undefined) await speaker.tap(label)
  else if (hours !== undefined) wait(Number(hours))
  else if (start) await speaker.start(start[1])
  else await speaker.type(said)
}

/** Names of the transcripts of a folder, in the order they are played. */
export function transcriptNames(folder = ''): string[] {
  return readdirSync(path.join(FOLDER, folder))
    .filter((name) => name.endsWith('.txt'))
    .map((name) => path.posix.join(folder, name.slice(0, -'.txt'.length)))
    .sort()
}

/** Offered in Telegram alone: Viber cannot prove whose contact was shared. */
const TELEGRAM_ONLY = ['Мій телефон', 'Мой телефон', 'Мой тэлефон', 'My phone']

function written(message: { text: string; file: string | null; buttons: string[] }): string[] {
  const lines = message.text.split('\n').map((line) => (line === '' ? '' : `  ${line}`))
  if (message.file !== null) lines.push(`  {${message.file}}`)
  const buttons = message.buttons.filter((label) => !TELEGRAM_ONLY.includes(label))
  if (buttons.length > 0) lines.push(`  ${buttons.map((label) => `[${label}]`).join(' ')}`)
  return lines
}
