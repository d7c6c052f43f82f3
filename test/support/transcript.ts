import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type Person as TelegramPerson } from '../../scripts/simulator/telegram/people.ts'
import { type ViberPerson } from '../../scripts/simulator/viber/people.ts'
import { type Messengers } from './messengers.ts'

/** Somebody with a phone, whichever messenger is on it. */
export type Speaker = {
  type: (text: string) => Promise<void>
  tap: (label: string) => Promise<void>
  start: (payload?: string) => Promise<void>
  /** Bot's messages not read yet: text, file, and the buttons below the last one. */
  read: () => { text: string; file: string | null; buttons: string[] }[]
}

/** A person in simulated Telegram. */
export function telegramSpeaker(messengers: Messengers, person: TelegramPerson): Speaker {
  let seen = 0
  const after = async () => void (await messengers.settle())
  return {
    type: (text) => (person.sendText(text), after()),
    tap: (label) => (person.tapInline(label), after()),
    start: (payload) => (person.pressStart(payload), after()),
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

/** A person in simulated Viber. A paper comes as a message of its own; here it joins its text. */
export function viberSpeaker(messengers: Messengers, person: ViberPerson): Speaker {
  let seen = 0
  const after = async () => void (await messengers.settle())
  return {
    type: (text) => (person.sendText(text), after()),
    tap: (label) => (person.tap(label), after()),
    start: async (payload) => {
      await person.open(payload)
      await after()
    },
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

/** Path of a transcript file. */
export function transcriptFile(name: string): string {
  return path.join(FOLDER, `${name}.txt`)
}

/**
 * Plays the person's lines of a transcript and returns the whole conversation in the file's form:
 * `> words` typed, `> [label]` pressed, `> /start`; the bot's words indented, a paper as `{name}`,
 * buttons as `[label]`. Lines of `#` are comments. `UPDATE_TRANSCRIPTS=1` rewrites the file.
 */
export async function play(name: string, speaker: Speaker): Promise<{ was: string; is: string }> {
  const file = transcriptFile(name)
  const was = readFileSync(file, 'utf8')
  const is: string[] = []
  for (const line of was.split('\n')) {
    if (line.startsWith('#')) is.push(line)
    if (!line.startsWith('> ')) continue
    is.push(is.length === 0 ? line : `\n${line}`)
    await act(speaker, line.slice(2))
    for (const message of speaker.read()) is.push(...written(message))
  }
  const text = `${is.join('\n')}\n`
  if (process.env['UPDATE_TRANSCRIPTS'] && process.env['UPDATE_TRANSCRIPTS'] !== '0')
    writeFileSync(file, text)
  return { was: process.env['UPDATE_TRANSCRIPTS'] ? text : was, is: text }
}

async function act(speaker: Speaker, said: string): Promise<void> {
  const label = /^\[(.+)\]$/.exec(said)?.[1]
  if (label !== undefined) await speaker.tap(label)
  else if (said === '/start') await speaker.start()
  else await speaker.type(said)
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
