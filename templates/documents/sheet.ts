import type PDFDocument from 'pdfkit'
import { type Face, type Fonts, textWidth } from './fonts.ts'

export type Document = InstanceType<typeof PDFDocument>
export type Style = { face: Face; size: number; ink?: string }
/** Roles of the PDF standard. */
type Role = 'H1' | 'P' | 'Figure' | 'TH' | 'TD'
export type Align = 'left' | 'right' | 'center'

/** Points: the origin is the top left corner of the page, y grows downwards. */
export type Sheet = {
  doc: Document
  width: (text: string, style: Style) => number
  /** The lines of a text not wider than that; only a word longer than a line is cut. */
  wrap: (text: string, width: number, style: Style) => string[]
  /** One line; x is its left end, middle or right end, y its baseline. */
  write: (text: string, x: number, y: number, style: Style, align?: Align) => void
  /** Lines one under another from the top y; answers the y below them. */
  stack: (lines: readonly string[], x: number, y: number, style: Style, align?: Align) => number
  rule: (x: number, y: number, width: number, weight: number, ink?: string) => void
  /** Draws a part made of other parts: a document, a table of rows, a row of cells. */
  group: (role: 'Document' | 'Table' | 'TR', draw: () => void) => void
  /** Draws a part a screen reader says as one; it must not go over a page. Answers what `draw` does. */
  part: <T>(role: Role, draw: () => T, alt?: string) => T
  /** Draws what a screen reader passes over. */
  decorate: (draw: () => void) => void
  /** Goes back to a page drawn before, counted from 0. */
  turnTo: (page: number) => void
  /** Fills the path drawn on the document; its own `fill` would leave the next text in that colour. */
  fill: (ink: string) => void
}

export const INK = '#000000'
/** Small print: still 7 : 1 on white, so it survives a bad printer. */
export const SOFT = '#555555'
const LEADING = 1.25
/** Part of a line above its baseline, of the leading. */
const ASCENT = 0.78

/** Height of `count` lines. */
export function linesHeight(count: number, { size }: Style): number {
  return count * size * LEADING
}

/** Draws on a pdfkit document without its own, slower line breaking. */
export function openSheet(doc: Document, fonts: Fonts): Sheet {
  let ink = ''
  // a page knows nothing of the colour of another
  const forget = () => {
    ink = ''
  }
  doc.on('pageAdded', forget)
  const width = (text: string, { face, size }: Style) => textWidth(fonts[face], text, size)

  const dip = (wanted: string) => {
    if (ink !== wanted) doc.fillColor(wanted)
    ink = wanted
  }

  const write: Sheet['write'] = (text, x, y, style, align = 'left') => {
    if (text === '') return
    const shift = align === 'left' ? 0 : width(text, style) / (align === 'right' ? 1 : 2)
    const { face, size, ink: wanted = INK } = style
    dip(wanted)
    doc.font(face).fontSize(size)
    // the space keeps lines apart when they are read aloud or copied
    doc.text(`${text} `, x - shift, y, { lineBreak: false, baseline: 'alphabetic' })
  }

  const structure = openStructure(doc)

  return {
    doc,
    ...structure,
    width,
    write,
    wrap: (text, limit, style) => wrapText(text, limit, (part) => width(part, style)),
    stack: (lines, x, y, style, align) => {
      const leading = linesHeight(1, style)
      lines.forEach((line, index) => {
        write(line, x, y + leading * (index + ASCENT), style, align)
      })
      return y + leading * lines.length
    },
    rule: (x, y, length, weight, colour = INK) => {
      structure.decorate(() => {
        doc
          .lineWidth(weight)
          .moveTo(x, y)
          .lineTo(x + length, y)
          .stroke(colour)
      })
    },
    turnTo: (page) => {
      doc.switchToPage(page)
      forget()
    },
    fill: (wanted) => {
      dip(wanted)
      doc.fill()
    },
  }
}

/** The tree of parts behind the picture: what is read aloud, and in what order. */
function openStructure(doc: Document): Pick<Sheet, 'group' | 'part' | 'decorate'> {
  const open: PDFKit.PDFStructureElement[] = []
  const attach = (element: PDFKit.PDFStructureElement) => {
    const parent = open.at(-1)
    if (parent) parent.add(element)
    else doc.addStructure(element)
  }
  return {
    group: (role, draw) => {
      const element = doc.struct(role)
      attach(element)
      open.push(element)
      draw()
      open.pop()
      element.end()
    },
    part: (role, draw, alt) => {
      const content = doc.markStructureContent(role)
      const answer = draw()
      doc.endMarkedContent()
      attach(doc.struct(role, alt === undefined ? {} : { alt }, [content]))
      return answer
    },
    decorate: (draw) => {
      doc.markContent('Artifact')
      draw()
      doc.endMarkedContent()
    },
  }
}

function wrapText(text: string, limit: number, width: (part: string) => number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line ? `${line} ${word}` : word
    if (width(longer) <= limit) {
      line = longer
      continue
    }
    if (line) lines.push(line)
    const pieces = cutWord(word, limit, width)
    line = pieces.pop() ?? ''
    lines.push(...pieces)
  }
  return [...lines, line]
}

function cutWord(word: string, limit: number, width: (part: string) => number): string[] {
  if (width(word) <= limit) return [word]
  const pieces: string[] = []
  let piece = ''
  let filled = 0
  for (const letter of word) {
    // letter by letter: shaping every longer piece would cost a second for a hostile name
    const step = width(letter)
    if (piece && filled + step > limit) {
      pieces.push(piece)
      piece = ''
      filled = 0
    }
    piece += letter
    filled += step
  }
  return [...pieces, piece]
}
