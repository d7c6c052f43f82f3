import PDFDocument from 'pdfkit'
import { type BillDocument } from '../../core/documents/bill-document.ts'
import { type Translate } from '../translate.ts'
import {
  cardsTop,
  drawCards,
  drawNotes,
  layCards,
  drawOtherRecipients,
  drawPageFoot,
} from './bill-foot.ts'
import { BOTTOM, type Frame, LEFT, PAGE, SMALL, TOP, WIDTH } from './bill-frame.ts'
import { drawChain, drawHero, drawRequisites, drawTitle } from './bill-head.ts'
import { billTitle, moneyWords, usedTerms } from './bill-lines.ts'
import { drawTable } from './bill-table.ts'
import { type Fonts, openFonts, registerFonts } from './fonts.ts'
import { type Document, linesHeight, openSheet } from './sheet.ts'

const CARDS_GAP = 12

export type BillRenderer = {
  /** The bytes of a PDF; the same bill and words give the same bytes. */
  render: (bill: BillDocument, words: Translate) => Promise<Buffer>
}

/** Loads the fonts once: the first bill takes some hundred milliseconds, the others some ten. */
export function openBillRenderer(): BillRenderer {
  const fonts = openFonts()
  return {
    render: async (bill, words) => {
      const doc = openBillFile(bill, words, fonts)
      drawBill(doc, bill, words, fonts)
      return await bytesOf(doc)
    },
  }
}

/** An empty file with the bill's title and fonts. */
export function openBillFile(bill: BillDocument, words: Translate, fonts: Fonts): Document {
  const doc = new PDFDocument({
    size: [PAGE.width, PAGE.height],
    margin: 0,
    // otherwise pdfkit loads its own Helvetica
    font: '',
    pdfVersion: '1.7',
    lang: words('bill:language'),
    displayTitle: true,
    tagged: true,
    bufferPages: true,
    info: {
      // not the clock's: the same bill has to give the same bytes
      CreationDate: new Date(`${bill.issuedOn}T00:00:00Z`),
      Title: plainXml(`${billTitle(bill, words)}, ${bill.provider.name}`),
      Author: plainXml(bill.provider.name),
      Creator: 'Oselia',
      Producer: 'Oselia',
    },
  })
  registerFonts(doc, fonts)
  return doc
}

/** Draws the bill on an empty file and ends it. */
export function drawBill(doc: Document, bill: BillDocument, words: Translate, fonts: Fonts): void {
  const sheet = openSheet(doc, fonts)
  const nextPage = () => {
    doc.addPage()
    frame.bottom = BOTTOM
    const { account } = bill.payer
    const line = words('bill:continued', { account, number: bill.number })
    const lines = sheet.wrap(line, WIDTH, SMALL)
    sheet.decorate(() => sheet.stack(lines, LEFT, TOP, SMALL))
    return TOP + linesHeight(lines.length, SMALL) + 8
  }
  const money = moneyWords(bill.currency, words)
  const frame: Frame = { sheet, bill, words, money, bottom: BOTTOM, nextPage }
  sheet.group('Document', () => drawParts(frame))
  doc.end()
}

function drawParts(frame: Frame): void {
  const { sheet, bill } = frame
  const [recipient] = bill.recipients
  const terms = usedTerms(bill)
  const cards = layCards(frame)
  frame.bottom = cardsTop(cards) - CARDS_GAP
  let y = drawHero(frame, drawTitle(frame))
  if (recipient) y = drawRequisites(frame, recipient, y) + 6
  y = drawChain(frame, terms, y)
  y = drawNotes(frame, y)
  y = drawTable(frame, terms, y)
  drawOtherRecipients(frame, y)

  // last in the reading order, though on the first page
  sheet.turnTo(0)
  drawCards(frame, cards)
  const { count } = sheet.doc.bufferedPageRange()
  for (let page = 0; page < count; page++) {
    sheet.turnTo(page)
    drawPageFoot(frame, page + 1, count)
  }
}

// pdfkit writes these into XML as they are
function plainXml(text: string): string {
  return text.replace(/[&<>]/g, ' ')
}

async function bytesOf(doc: Document): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of doc) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
