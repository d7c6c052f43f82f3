import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { splitText } from '../../../bots/dialog/split-text.ts'

const line = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((text) => !text.includes('\n'))
const limit = fc.integer({ min: 12, max: 60 })

describe('a text cut into messages', () => {
  it('loses nothing, and no piece is longer than the limit or ends in half a character', () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 1 }), limit, (lines, max) => {
        const pieces = splitText(lines.join('\n'), max)
        const wrong = pieces.filter((piece) => piece.length > max || /\p{Surrogate}/u.test(piece))
        expect(wrong).toEqual([])
        const letters = (text: string) => text.replaceAll('\n', '')
        expect(letters(pieces.join(''))).toBe(letters(lines.join('')))
      }),
    )
  })
})
