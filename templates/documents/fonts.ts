import { create, type Font, type GlyphRun } from 'fontkit'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

export type Face = 'regular' | 'strong'
export type Fonts = Record<Face, Font>

const FILES: Record<Face, string> = {
  regular: 'SourceSans3-Regular.ttf',
  strong: 'SourceSans3-Semibold.ttf',
}

/** Everything our languages and amounts are written with; a font without one prints an empty box. */
const NEEDED = 'АБВГҐДЕЄЖЗИІЇЙКЛМНОПРСТУЎФХЦЧШЩЬЮЯЁЫЭЪабвгґдеєжзиіїйклмнопрстуўфхцчшщьюяёыэъ'
const SIGNS = 'AZaz0123456789 \u00a0.,:;№«»“”’\'"()/−–+×÷=→·²³₴%@'

/** Words kept shaped; names and amounts differ from bill to bill, so the number needs a bound. */
const SHAPED_WORDS_MAX = 20_000

/**
 * Parses the fonts, once for all documents: shaping a word costs more than drawing it, so what was
 * shaped is kept and shared too.
 */
export function openFonts(): Fonts {
  const folder = dirname(createRequire(import.meta.url).resolve('source-sans/package.json'))
  const open = (face: Face) => openFont(join(folder, 'TTF', FILES[face]))
  return { regular: open('regular'), strong: open('strong') }
}

/** Makes the fonts known to a document under the names of their faces. */
export function registerFonts(doc: PDFKit.PDFDocument, fonts: Fonts): void {
  for (const [face, font] of Object.entries(fonts)) {
    // pdfkit takes a parsed font; its types do not know. A name at the end spares comparing fonts
    doc.registerFont(face, font as unknown as PDFKit.Mixins.PDFFontSource, face)
  }
}

/** Width of a text in points. */
export function textWidth(font: Font, text: string, size: number): number {
  // pdfkit shapes word by word, each with the space after it
  const words = text.split(/(?<= )/)
  const advance = words.reduce((total, word) => total + font.layout(word).advanceWidth, 0)
  return (advance * size) / font.unitsPerEm
}

function openFont(file: string): Font {
  const font = create(readFileSync(file))
  if (!('layout' in font)) throw new Error(`${file} is a collection of fonts`)
  const missing = Array.from(NEEDED + SIGNS).filter(
    (sign) => !font.hasGlyphForCodePoint(sign.codePointAt(0) ?? 0),
  )
  if (missing.length > 0) throw new Error(`${file} has no ${missing.join(' ')}`)
  // pdfkit scales shaped positions to this in place: shared ones must already be so
  if (font.unitsPerEm !== 1000) throw new Error(`${file} has not 1000 units per em`)
  // a glyph remembers the first character it was made for, and a file says so: a space or a no-break
  // space, whichever came first in some other file. Made in a fixed order, they are always the same
  for (const sign of font.characterSet) font.glyphForCodePoint(sign)
  font.layout = remember(font.layout.bind(font))
  return font
}

type Shaped = Pick<GlyphRun, 'glyphs' | 'positions' | 'advanceWidth'>

function remember(layout: Font['layout']): Font['layout'] {
  const known = new Map<string, Shaped>()
  const shape = (word: string): Shaped => {
    const before = known.get(word)
    if (before) return before
    // amounts hardly repeat, their signs do: digits are of one width and need no kerning
    const isNumber = word.length > 1 && /^[\d\u00a0,.−]+ ?$/.test(word)
    const run = isNumber ? concatenate(Array.from(word, shape)) : pick(layout(word))
    if (known.size >= SHAPED_WORDS_MAX) known.clear()
    known.set(word, run)
    return run
  }
  // pdfkit reads these three of a run and nothing else
  return (word, ...rest) => (rest[0] ? layout(word, ...rest) : shape(word)) as GlyphRun
}

function pick({ glyphs, positions, advanceWidth }: GlyphRun): Shaped {
  return { glyphs, positions, advanceWidth }
}

function concatenate(runs: Shaped[]): Shaped {
  return {
    glyphs: runs.flatMap((run) => run.glyphs),
    positions: runs.flatMap((run) => run.positions),
    advanceWidth: runs.reduce((total, run) => total + run.advanceWidth, 0),
  }
}
