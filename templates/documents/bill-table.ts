import { type BillService, type BillSums } from '../../core/documents/bill-document.ts'
import { formatAmount } from '../format.ts'
import { BODY, type Frame, HAIRLINE, LEFT, RIGHT, roomFor, SMALL, WIDTH } from './bill-frame.ts'
import { explainService, isInEveryBill, type Term } from './bill-lines.ts'
import { type Align, linesHeight, type Style } from './sheet.ts'

const HEAD: Style = { ...SMALL, size: 7 }
const NAME: Style = { ...BODY, face: 'strong' }
const COLUMN_MAX = 64
const NAME_MIN = 104
const PADDING = 4
const HEAD_ROOM = 30
/** A row higher than this, of some thirty corrections, may go over to the next page. */
const TOGETHER_MAX = 300

type Table = { frame: Frame; terms: Term[]; column: number }
type Row = { name: string[]; sums: BillSums; notes: string[]; style: Style }

/** A row a service with its explanation under it; the heading is repeated on every page. */
export function drawTable(frame: Frame, terms: Term[], top: number): number {
  const { bill, words } = frame
  const column = Math.min(COLUMN_MAX, (WIDTH - NAME_MIN) / terms.length)
  const table: Table = { frame, terms, column }
  const rows = bill.services.map((service) => layRow(table, service))
  const total: Row = {
    name: [words('bill:all-services')],
    sums: bill.totals,
    notes: [],
    style: NAME,
  }
  const hasTotal = rows.length > 1

  let y = top
  frame.sheet.group('Table', () => {
    rows.forEach((row, index) => {
      const isLast = index === rows.length - 1
      // the total does not stand alone on a page
      const together = rowHeight(row) + (isLast && hasTotal ? rowHeight(total) : 0)
      const at = roomFor(frame, y, Math.min(together, TOGETHER_MAX) + (index === 0 ? HEAD_ROOM : 0))
      y = drawRow(table, row, index === 0 || at !== y ? drawHeading(table, at) : at)
    })
    if (hasTotal) y = drawRow(table, total, y)
  })
  return y + PADDING
}

function layRow({ frame, terms, column }: Table, service: BillService): Row {
  const { sheet, bill, words } = frame
  const name = sheet.wrap(service.name, WIDTH - column * terms.length - 6, NAME)
  const notes = explainService(service, bill.currency, words).flatMap((note) =>
    sheet.wrap(note, WIDTH, SMALL),
  )
  return { name, sums: service.sums, notes, style: BODY }
}

function rowHeight({ name, notes }: Row): number {
  return linesHeight(name.length, NAME) + linesHeight(notes.length, SMALL) + 2 * PADDING
}

function drawHeading({ frame, terms, column }: Table, top: number): number {
  const { sheet, words } = frame
  const labels = terms.map(({ term }) => sheet.wrap(words(`bill:sums.${term}`), column - 4, HEAD))
  const lines = Math.max(...labels.map((label) => label.length))
  const lineHeight = linesHeight(1, HEAD)
  const place = (label: string[], x: number, align?: Align) =>
    sheet.part('TH', () =>
      sheet.stack(label, x, top + lineHeight * (lines - label.length), HEAD, align),
    )
  sheet.group('TR', () => {
    place([words('bill:service')], LEFT)
    labels.forEach((label, index) => {
      place(label, RIGHT - column * (terms.length - 1 - index), 'right')
    })
  })
  const y = top + lineHeight * lines + 3
  sheet.rule(LEFT, y, WIDTH, 1)
  return y
}

function drawRow(table: Table, row: Row, top: number): number {
  const { sheet } = table.frame
  let y = top
  sheet.group('TR', () => {
    y = sheet.part('TH', () => sheet.stack(row.name, LEFT, top + PADDING, NAME))
    drawAmounts(table, row, top + PADDING)
  })
  for (const note of row.notes) y = drawNote(table, note, y)
  sheet.rule(LEFT, y + PADDING, WIDTH, 0.5, HAIRLINE)
  return y + PADDING
}

function drawAmounts({ frame, terms, column }: Table, { sums, style }: Row, top: number): void {
  terms.forEach(({ term }, index) => {
    const x = RIGHT - column * (terms.length - 1 - index)
    const amount = sums[term]
    // a dash where others have something; debts and payments say their zeros
    const text = amount === 0n && !isInEveryBill(term) ? '–' : formatAmount(amount)
    const weight = term === 'closing' ? NAME : style
    frame.sheet.part('TD', () => frame.sheet.stack([text], x, top, weight, 'right'))
  })
}

function drawNote(table: Table, note: string, top: number): number {
  const { frame } = table
  const at = roomFor(frame, top, linesHeight(1, SMALL) + PADDING)
  const y = at === top ? top : drawHeading(table, at) + PADDING
  let end = y
  frame.sheet.group('TR', () => {
    end = frame.sheet.part('TD', () => frame.sheet.stack([note], LEFT, y, SMALL))
  })
  return end
}
