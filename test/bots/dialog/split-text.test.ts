import { describe, expect, it } from '@jest/globals'
import { splitText } from '../../../bots/dialog/split-text.ts'

describe('a text too long for one message', () => {
  it.each([
    ['a short one stays whole', 'один\nдва', 8, ['один\nдва']],
    ['is cut between lines', 'один\nдва\nтри', 8, ['один\nдва', 'три']],
    ['a line longer than the limit is cut inside', 'абвгдежз', 3, ['абв', 'где', 'жз']],
    ['a character of two halves is never cut', 'аб😀в', 3, ['аб', '😀в']],
  ])('%s', (_fact, text, limit, pieces) => {
    expect(splitText(text, limit)).toEqual(pieces)
  })
})
