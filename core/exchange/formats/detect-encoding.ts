import { isAscii, isUtf8 } from 'node:buffer'
import { accept, refuse, type Result } from '../../result.ts'
import {
  decodeSingleByte,
  isSurelyUtf8,
  SINGLE_BYTE,
  type SingleByte,
  type Utf16,
} from './encoding.ts'

/** Enough text to be sure of its letters. */
const SCORED_BYTES = 32 * 1024
/** With fewer letters their statistics say less than a declaration. */
const TELLING_BYTES = 12
/** What a declared encoding adds to the mean score of a letter (−6…4). */
const DECLARED = 0.3
const LISTED_PIECES = 100

/**
 * The encoding of text given as pieces (lines, cells) that each are in one encoding: utf-8 when
 * they are valid utf-8, else the single-byte one in which they look most like Ukrainian, Russian or
 * Belarusian. `declared` is what the file says of itself: it decides only where content does not.
 * Null when there is nothing but ASCII.
 *
 * Refuses: `mixed-encodings` with the pieces (numbers from 0, at most 100) that are not in the
 * encoding of the first one; `unknown-encoding` when no encoding gives Cyrillic text.
 */
export function detectEncoding(
  pieces: readonly Buffer[],
  declared: readonly SingleByte[] = [],
): Result<'utf-8' | SingleByte | null, 'unknown-encoding'> | MixedEncodings {
  const utf8: number[] = []
  const single: number[] = []
  let isPlain = true
  for (const [index, piece] of pieces.entries()) {
    if (isAscii(piece)) continue
    isPlain = false
    if (isSurelyUtf8(piece)) utf8.push(index)
    else if (!isUtf8(piece) && !isDamagedUtf8(piece)) single.push(index)
  }
  if (isPlain) return accept(null)
  if (single.length === 0) return accept('utf-8')
  if (utf8.length > 0) {
    const strangers = (utf8[0] ?? 0) < (single[0] ?? 0) ? single : utf8
    return refuse('mixed-encodings', { pieces: strangers.slice(0, LISTED_PIECES) })
  }
  const best = guessSingleByte(
    single.map((index) => pieces[index] ?? Buffer.alloc(0)),
    declared,
  )
  return best ? accept(best) : refuse('unknown-encoding')
}

export type MixedEncodings = { ok: false; code: 'mixed-encodings'; pieces: number[] }

/** Utf-16 without a mark: nearly every high byte of a pair is 00 (ASCII) or 04 (Cyrillic). */
export function detectUtf16(head: Buffer): Utf16 | null {
  const pairs = Math.floor(Math.min(head.length, 4096) / 2)
  if (pairs < 2) return null
  let little = 0
  let big = 0
  for (let at = 0; at < pairs; at++) {
    const first = head[at * 2] ?? 0
    const second = head[at * 2 + 1] ?? 0
    if ((first === 0 || first === 4) && second >= 9) big++
    if ((second === 0 || second === 4) && first >= 9) little++
  }
  if (big >= pairs * 0.8) return 'utf-16be'
  return little >= pairs * 0.8 ? 'utf-16le' : null
}

/** The encodings a dbf language byte stands for; empty when it says nothing. It may lie. */
export function encodingsOfLanguageByte(byte: number): readonly SingleByte[] {
  // DOS programs write cp1125 under the byte of cp866, and 1251 under that of 1252
  if (byte === 0x65 || byte === 0x26) return ['cp866', 'cp1125']
  return byte === 0xc9 || byte === 0x57 || byte === 0x03 ? ['windows-1251'] : []
}

// Utf-8 cut in the middle of a letter, as programs with fixed widths do: the rest of it is valid.
function isDamagedUtf8(piece: Buffer): boolean {
  let good = 0
  let bad = 0
  for (const character of piece.toString('utf8')) {
    if (character === '\uFFFD') bad++
    else if (character > '\u007F') good++
  }
  return good >= 3 && bad * 4 <= good
}

function guessSingleByte(
  pieces: readonly Buffer[],
  declared: readonly SingleByte[],
): SingleByte | null {
  const sample = Buffer.concat(pieces.flatMap((piece) => [piece, SPACE])).subarray(0, SCORED_BYTES)
  const letters = sample.reduce((count, byte) => (byte > 127 ? count + 1 : count), 0)
  const candidates = letters < TELLING_BYTES && declared.length > 0 ? declared : SINGLE_BYTE
  let best: SingleByte | null = declared[0] ?? null
  let bestScore = 0
  for (const encoding of candidates) {
    const bonus = declared.includes(encoding) ? DECLARED : 0
    const score = scoreCyrillic(decodeSingleByte(sample, encoding)) / letters + bonus
    if (score > bestScore) [best, bestScore] = [encoding, score]
  }
  return best
}

const SPACE = Buffer.from(' ')

// Letters by how often they stand in Ukrainian, Russian and Belarusian texts.
const FREQUENCY = ['оаиніевтр', 'склдмпуя', 'зьгбчйхжыш', 'юцїєщфэў', 'ґъё'] as const
const WEIGHTS = new Map(
  FREQUENCY.flatMap((letters, rank) =>
    letters.split('').map((letter) => [letter, 4 - rank] as const),
  ),
)
const VOWELS = new Set('аеиоуюяєїіыэё')
const PUNCTUATION = new Set('№«»–—’‘“”„…°§·\u00A0')

/** Sum over the non-ASCII characters of how well each one fits where it stands. */
function scoreCyrillic(text: string): number {
  let score = 0
  let previous = ' '
  for (const character of text) {
    if (character > '\u007F') score += fit(character, previous)
    previous = character
  }
  return score
}

function fit(character: string, previous: string): number {
  const letter = character.toLowerCase()
  const weight = WEIGHTS.get(letter)
  if (weight === undefined) return PUNCTUATION.has(character) ? 0 : -6
  const before = previous.toLowerCase()
  // letters swapped in case are the mark of koi8 read as 1251 and the reverse
  if (character !== letter && WEIGHTS.has(previous)) return -4
  // letters of Western languages decoded as Cyrillic; Latin i stands for і where there is no і
  if (/[a-hj-z]/.test(before)) return -4
  if (letter === 'ґ') return -1
  // one byte is ў in cp866 and і in cp1125: ў stands after vowels, і hardly ever does
  if (letter === 'ў') return VOWELS.has(before) ? 2 : -6
  if (letter === 'і' && VOWELS.has(before)) return 0
  return weight
}
