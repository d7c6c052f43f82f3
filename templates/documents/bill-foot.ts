import { sum } from '../../core/money.ts'
import { formatDay } from '../format.ts'
import {
  BODY,
  BOTTOM,
  FOOT,
  type Frame,
  LEFT,
  RIGHT,
  roomFor,
  SMALL,
  STRONG,
  WIDTH,
} from './bill-frame.ts'
import { drawCode, drawRequisites } from './bill-head.ts'
import { qrSide } from './qr-drawing.ts'
import { linesHeight, type Style } from './sheet.ts'

const GAP = 12
const CARD_WIDTH = (WIDTH - GAP * 2) / 3
const CARD_TITLE: Style = { ...STRONG, size: 9 }
const CARD: Style = { ...BODY, size: 8 }
const CODE: Style = { face: 'strong', size: 13 }

/** Remarks to the sums: what a minus means, tax, credits that stay where they are, commissions. */
export function drawNotes(frame: Frame, top: number): number {
  const { bill, words, money, sheet } = frame
  const { services, totals, commissions = [] } = bill
  const sums = [totals, ...services.map((service) => service.sums)]
  const notes = [
    sums.some(({ opening, closing }) => opening < 0n || closing < 0n) &&
      words('bill:minus-is-credit'),
    totals.closing < bill.toPay && bill.toPay > 0n && words('bill:credit-stays'),
    bill.vat !== undefined && words('bill:vat', { amount: money(bill.vat) }),
    bill.toPay > 0n && words('bill:commission-apart'),
    ...commissions.map(({ payingBy, amount }) => {
      const total = money(sum([bill.toPay, amount]))
      return words('bill:commission', { payingBy, amount: money(amount), total })
    }),
  ]
  const lines = sheet.wrap(notes.filter(Boolean).join(' '), WIDTH, SMALL)
  return sheet.part('P', () => sheet.stack(lines, LEFT, top, SMALL)) + GAP
}

/** The other bank accounts to pay to, each with its own code. */
export function drawOtherRecipients(frame: Frame, top: number): void {
  let y = top
  for (const recipient of frame.bill.recipients.slice(1)) {
    const side = recipient.qr ? qrSide(recipient.qr.symbol) : 0
    y = roomFor(frame, y, Math.max(side + 24, 90))
    const code = drawCode(frame, recipient, y + 8)
    const requisites = drawRequisites(frame, recipient, y + 8, WIDTH - side - GAP)
    y = Math.max(code, requisites) + GAP
  }
}

type Card = { title: string; lines: string[]; code?: string }

type LaidCard = Card & { height: number }

/** The cards for the bottom of the first page with their lines broken. */
export function layCards(frame: Frame): LaidCard[] {
  const cards = [readingsCard(frame), linkCard(frame), contactsCard(frame)].filter((card) => !!card)
  return cards.map((card) => {
    const lines = card.lines.flatMap((line) => frame.sheet.wrap(line, CARD_WIDTH, CARD))
    const text = linesHeight(1, CARD_TITLE) + linesHeight(lines.length, CARD)
    return { ...card, lines, height: text + (card.code ? linesHeight(1, CODE) : 0) }
  })
}

/** The y the cards begin at. */
export function cardsTop(cards: LaidCard[]): number {
  return BOTTOM - Math.max(0, ...cards.map((card) => card.height))
}

/** How to send readings, how to open the account in a messenger, whom to call. */
export function drawCards({ sheet }: Frame, cards: LaidCard[]): void {
  const top = cardsTop(cards)
  cards.forEach(({ title, lines, code }, index) => {
    const x = LEFT + (CARD_WIDTH + GAP) * index
    sheet.rule(x, top - 4, CARD_WIDTH, 1)
    sheet.part('P', () => {
      const below = sheet.stack([title], x, top, CARD_TITLE)
      const end = sheet.stack(lines, x, below, CARD)
      if (code) sheet.stack([code], x, end, CODE)
    })
  })
}

function readingsCard({ bill, words }: Frame): Card | null {
  if (!bill.readingsTo) return null
  const { from, to, phone } = bill.readingsTo
  const when = words('bill:readings.when', { from: formatDay(from), to: formatDay(to) })
  const lines = known([
    when,
    bill.link && words('bill:readings.messenger'),
    phone && words('bill:readings.phone', { phone }),
  ])
  return { title: words('bill:readings.title'), lines }
}

function linkCard({ bill, words }: Frame): Card | null {
  if (!bill.link) return null
  const { code, validTo, telegram, viber } = bill.link
  const lines = known([
    telegram && words('bill:link.telegram', { name: telegram }),
    viber && words('bill:link.viber', { name: viber }),
    words('bill:link.code', { day: formatDay(validTo) }),
  ])
  return { title: words('bill:link.title'), lines, code: groupsOfFour(code) }
}

function contactsCard({ bill, words }: Frame): Card | null {
  const { phone, dispatcherPhone, email } = bill.provider
  const lines = known([
    dispatcherPhone && words('bill:contacts.dispatcher', { phone: dispatcherPhone }),
    phone && words('bill:contacts.phone', { phone }),
    email,
  ])
  return lines.length > 0 ? { title: words('bill:contacts.title'), lines } : null
}

function known(lines: (string | undefined)[]): string[] {
  return lines.flatMap((line) => (line ? [line] : []))
}

function groupsOfFour(code: string): string {
  return code.replace(/(.{4})(?=.)/g, '$1-')
}

/** The last line of a page. */
export function drawPageFoot({ sheet, bill, words }: Frame, page: number, pages: number): void {
  const day = formatDay(bill.dataAsOf)
  sheet.part('P', () => {
    sheet.write(`${words('bill:keep')} · ${words('bill:as-of', { day })}`, LEFT, FOOT, SMALL)
    sheet.write(words('bill:page', { page, pages }), RIGHT, FOOT, SMALL, 'right')
  })
}
