import { describe, expect, it } from '@jest/globals'
import iconv from 'iconv-lite'
import {
  detectEncoding,
  detectUtf16,
  encodingsOfLanguageByte,
} from '../../../../core/exchange/formats/detect-encoding.ts'
import { decodeSingleByte, type SingleByte } from '../../../../core/exchange/formats/encoding.ts'
import { column, fixture, readAll } from './fixture.ts'

const UKRAINIAN = ['Їжакевич Ганна Юріївна', 'Ґудзь Остап', 'вул. Боромира, 4', 'Євген Щербак']
const RUSSIAN = ['Лицевой счёт', 'Иванов Сергей', 'Объём воды', 'Подъезд №3', 'Эльвира Юрьевна']
const BELARUSIAN = ['Іваноў Сяргей', 'Запазычанасць на пачатак', 'Крыўко Ганна', 'Плата за ваду']
// there is no і in cp866: such files have the Latin letter
const LATIN_I = (text: string) => text.replaceAll('і', 'i').replaceAll('І', 'I')
const SAME = (text: string) => text
const CAPITALS = (text: string) => text.toUpperCase()

const encoded = (texts: readonly string[], encoding: string) =>
  texts.map((text) => iconv.encode(text, encoding))

describe('the encoding is found by content', () => {
  it.each<[SingleByte, string, string[], (text: string) => string]>([
    ['windows-1251', 'Ukrainian', UKRAINIAN, SAME],
    ['windows-1251', 'Ukrainian capitals', UKRAINIAN, CAPITALS],
    ['windows-1251', 'Russian', RUSSIAN, SAME],
    ['windows-1251', 'Russian capitals', RUSSIAN, CAPITALS],
    ['windows-1251', 'Belarusian', BELARUSIAN, SAME],
    ['cp866', 'Ukrainian', UKRAINIAN, (text) => LATIN_I(text).replaceAll('Ґ', 'Г')],
    ['cp866', 'Russian', RUSSIAN, SAME],
    ['cp866', 'Russian capitals', RUSSIAN, CAPITALS],
    ['cp866', 'Belarusian', BELARUSIAN, LATIN_I],
    ['cp1125', 'Ukrainian', UKRAINIAN, SAME],
    ['cp1125', 'Ukrainian capitals', UKRAINIAN, CAPITALS],
    ['koi8-u', 'Ukrainian', UKRAINIAN, SAME],
    ['koi8-u', 'Ukrainian capitals', UKRAINIAN, CAPITALS],
    ['koi8-u', 'Russian', RUSSIAN, (text) => text.replace('№', 'N ')],
  ])('%s, %s', (encoding, _, texts, written) => {
    const pieces = encoded(texts.map(written), encoding)
    expect(detectEncoding(pieces)).toEqual({ ok: true, value: encoding })
    expect(pieces.map((piece) => decodeSingleByte(piece, encoding))).toEqual(texts.map(written))
  })

  it('every consumer of the town alone tells windows-1251 from the others', async () => {
    const table = await readAll(fixture('isengard/accounts.csv'))
    for (const name of column(table, 'ПІБ'))
      expect([name, detectEncoding(encoded([name], 'windows-1251'))]).toEqual([
        name,
        { ok: true, value: 'windows-1251' },
      ])
  })

  it('digits and Latin letters tell nothing', () => {
    expect(detectEncoding(encoded(['101;12.50', 'BK-12'], 'utf-8'))).toEqual({
      ok: true,
      value: null,
    })
  })

  it('text without Cyrillic is unknown', () => {
    expect(detectEncoding(encoded(['Müller Straße', 'Façade'], 'cp850'))).toEqual({
      ok: false,
      code: 'unknown-encoding',
    })
  })

  it('utf-8 cut in the middle of a letter is still utf-8', () => {
    const cut = Buffer.from('Щербаківський').subarray(0, 21)
    expect(detectEncoding([Buffer.from('Рахунок'), cut])).toEqual({ ok: true, value: 'utf-8' })
  })

  it('the pieces in the other encoding are named', () => {
    const pieces = [...encoded(RUSSIAN, 'utf-8'), ...encoded(RUSSIAN, 'cp866')]
    expect(detectEncoding(pieces)).toEqual({
      ok: false,
      code: 'mixed-encodings',
      pieces: [5, 6, 7, 8, 9],
    })
  })
})

describe('what the file says of itself', () => {
  it('decides when there are too few letters', () => {
    const piece = Buffer.from([0xf7])
    expect(detectEncoding([piece], ['windows-1251'])).toEqual({ ok: true, value: 'windows-1251' })
    expect(detectEncoding([piece], ['cp1125'])).toEqual({ ok: true, value: 'cp1125' })
  })

  it('does not win over the content', () => {
    const pieces = encoded(UKRAINIAN, 'windows-1251')
    const lie = encodingsOfLanguageByte(0x65)
    expect(detectEncoding(pieces, lie)).toEqual({ ok: true, value: 'windows-1251' })
  })
})

describe('utf-16 without a mark', () => {
  it.each([
    ['utf-16le', Buffer.from('Рахунок;Сума\r\n101;5,00\r\n', 'utf16le'), 'utf-16le'],
    ['utf-16be', Buffer.from('Рахунок;Сума\r\n101;5,00\r\n', 'utf16le').swap16(), 'utf-16be'],
    ['ASCII', Buffer.from('101;5,00\r\n'), null],
    ['utf-8 with a NUL', Buffer.from('Рахунок\0;Сума'), null],
    ['one letter', Buffer.from('A'), null],
  ])('%s', (_, bytes, encoding) => {
    expect(detectUtf16(bytes)).toBe(encoding)
  })
})
