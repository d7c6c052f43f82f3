import { describe, expect, it } from '@jest/globals'
import { keyboardOf as telegramKeyboard } from '../../bots/telegram/keyboard.ts'
import { keyboardOf as viberKeyboard } from '../../bots/viber/keyboard.ts'
import { type Message, say } from '../../core/outbox/message.ts'
import { openTranslator } from '../../templates/translate.ts'

const words = openTranslator()('uk')

/** Buttons with these captions. */
function message(...captions: string[]): Message {
  const buttons = captions.map((service, index) => ({
    label: say('balance:service', { service }),
    token: `~${index}`,
  }))
  return { lines: [say('menu:title')], buttons }
}

function inTelegram(...captions: string[]): string[][] {
  const keyboard = telegramKeyboard(message(...captions), words)
  if (!keyboard || !('inline_keyboard' in keyboard)) throw new Error('no inline keyboard')
  return keyboard.inline_keyboard.map((row) => row.map(({ text }) => text))
}

type ViberButtons = { Buttons: { Columns: number; Text: string; ActionBody: string }[] }
function inViber(...captions: string[]) {
  return (viberKeyboard(message(...captions), words) as ViberButtons).Buttons
}

describe('captions of buttons', () => {
  it.each([
    ['Водопостачання, кухня № 032264', 'Водопостачання, кухня № 032264'],
    ['Холодне водопостачання, ванна № 1234567', 'Холодне водопо…ванна № 1234567'],
    ['101, Комунальне підприємство «Міськводоканал»', '101, Комунальн…Міськводоканал»'],
    ['😀'.repeat(31), `${'😀'.repeat(14)}…${'😀'.repeat(15)}`],
  ])('%j keeps both ends within thirty letters', (caption, shown) => {
    expect(Array.from(shown).length).toBeLessThanOrEqual(30)
    expect(inTelegram(caption)).toEqual([[shown]])
    expect(inViber(caption).map(({ Text }) => Text)).toEqual([shown])
  })

  it('are no markup in Viber', () => {
    expect(inViber('<b>А & Б</b>')[0]?.Text).toBe('&lt;b&gt;А &amp; Б&lt;/b&gt;')
  })
})

describe('rows of buttons', () => {
  const long = 'Довга назва на весь рядок'
  it.each([
    [['А', 'Б'], [['А', 'Б']], [3, 3]],
    [
      ['А', 'Б', 'В'],
      [['А', 'Б'], ['В']],
      [3, 3, 6],
    ],
    [
      ['А', long, 'Б'],
      [['А'], [long], ['Б']],
      [6, 6, 6],
    ],
    [
      [long, 'А', 'Б', long],
      [[long], ['А', 'Б'], [long]],
      [6, 3, 3, 6],
    ],
  ])('%j stand in pairs while they are short', (captions, rows, columns) => {
    expect(inTelegram(...captions)).toEqual(rows)
    expect(inViber(...captions).map(({ Columns }) => Columns)).toEqual(columns)
  })

  it('are none where there is nothing to press', () => {
    expect(telegramKeyboard({ lines: [] }, words)).toBeUndefined()
    expect(viberKeyboard({ lines: [] }, words)).toBeUndefined()
  })
})
