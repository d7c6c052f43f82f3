import { type BillDocument } from '../../core/documents/bill-document.ts'
import { type Kopecks } from '../../core/money.ts'
import { type Translate } from '../translate.ts'
import { type Style, type Sheet, SOFT } from './sheet.ts'

/** A4 in points. */
export const PAGE = { width: 595.28, height: 841.89 }
export const LEFT = 40
export const WIDTH = PAGE.width - 2 * LEFT
export const RIGHT = LEFT + WIDTH
export const TOP = 34
/** Rules between rows and the panel under the balance: there to guide the eye, nothing is said by them. */
export const HAIRLINE = '#9a9a9a'
export const PANEL = '#f2f2f2'
/** Below it only the last line of the page. */
export const BOTTOM = PAGE.height - 44
export const FOOT = PAGE.height - 28

export const STRONG: Style = { face: 'strong', size: 10 }
export const BODY: Style = { face: 'regular', size: 9 }
export const SMALL: Style = { face: 'regular', size: 7.5, ink: SOFT }

/** What every part of the bill is drawn with. */
export type Frame = {
  sheet: Sheet
  bill: BillDocument
  words: Translate
  /** An amount with the currency's name. */
  money: (amount: Kopecks) => string
  /** The y nothing may be drawn below on this page. */
  bottom: number
  /** Ends the page and answers the top of the next one. */
  nextPage: () => number
}

/** The y to draw a block of that height at: y itself, or the top of a new page. */
export function roomFor(frame: Frame, y: number, height: number): number {
  return y + height <= frame.bottom ? y : frame.nextPage()
}
