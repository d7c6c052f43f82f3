import { formatIban } from '../../core/registry/iban.ts'
import { type BillRecipient } from '../../core/documents/bill-document.ts'
import { type Kopecks, kopecks } from '../../core/money.ts'
import { formatAmount, formatDay, formatQuantity } from '../format.ts'
import { BODY, type Frame, LEFT, PANEL, RIGHT, SMALL, STRONG, TOP, WIDTH } from './bill-frame.ts'
import { billTitle, type Term } from './bill-lines.ts'
import { drawQr, qrSide } from './qr-drawing.ts'
import { linesHeight, type Style } from './sheet.ts'

const TITLE: Style = { face: 'strong', size: 15 }
const ACCOUNT: Style = { face: 'strong', size: 13 }
const AMOUNT: Style = { face: 'strong', size: 34 }
const CURRENCY: Style = { face: 'strong', size: 16 }
const GAP = 14
const LABEL_WIDTH = 92
const CHAIN_PADDING = 12

/** Who bills and for what: the provider on the left, the month and number on the right. */
export function drawTitle({ sheet, bill, words }: Frame): number {
  const { provider } = bill
  const title = billTitle(bill, words)
  const number = words('bill:number', { number: bill.number, day: formatDay(bill.issuedOn) })
  const rightEnd = sheet.part('H1', () => {
    const y = sheet.stack(sheet.wrap(title, 220, TITLE), RIGHT, TOP, TITLE, 'right')
    return sheet.stack(sheet.wrap(number, 220, BODY), RIGHT, y, BODY, 'right')
  })

  const width = WIDTH - 220 - GAP
  const style: Style = { ...STRONG, size: 11.5 }
  const code = words(`bill:provider-code.${bill.currency}`, { code: provider.code })
  const about = [code, provider.address].filter(Boolean).join(' · ')
  const leftEnd = sheet.part('P', () => {
    const y = sheet.stack(sheet.wrap(provider.name, width, style), LEFT, TOP + 2, style)
    return sheet.stack(sheet.wrap(about, width, SMALL), LEFT, y, SMALL)
  })
  const y = Math.max(leftEnd, rightEnd) + 6
  sheet.rule(LEFT, y, WIDTH, 1.2)
  return y + GAP
}

/** Who pays and how much, with the code to scan beside it. */
export function drawHero(frame: Frame, top: number): number {
  const { sheet, bill } = frame
  const [recipient] = bill.recipients
  const symbol = recipient?.qr?.symbol
  const width = WIDTH - (symbol ? qrSide(symbol) + 2 * GAP : 0)
  const payerEnd = sheet.part('P', () => drawPayer(frame, width, top))
  const end = sheet.part('P', () => drawAmount(frame, width, payerEnd + GAP - 4))
  const codeEnd = recipient ? drawCode(frame, recipient, top) : top
  return Math.max(end, codeEnd) + GAP - 4
}

function drawPayer(frame: Frame, width: number, top: number): number {
  const { sheet, bill, words } = frame
  const { account, name, address } = bill.payer
  let y = sheet.stack([words('bill:account')], LEFT, top, SMALL)
  y = sheet.stack(sheet.wrap(account, width, ACCOUNT), LEFT, y, ACCOUNT)
  y = sheet.stack(sheet.wrap(name, width, STRONG), LEFT, y + 2, STRONG)
  y = sheet.stack(sheet.wrap(address, width, BODY), LEFT, y, BODY)
  return sheet.stack(sheet.wrap(dwellingWords(frame), width, SMALL), LEFT, y, SMALL)
}

function drawAmount(frame: Frame, width: number, top: number): number {
  const { sheet, bill, words } = frame
  const y = sheet.stack([words('bill:to-pay')], LEFT, top, STRONG)
  const amount = formatAmount(bill.toPay)
  sheet.write(amount, LEFT, y + 29, AMOUNT)
  const currency = words(`bill:currency.${bill.currency}`)
  sheet.write(currency, LEFT + sheet.width(amount, AMOUNT) + 6, y + 29, CURRENCY)
  return sheet.stack(sheet.wrap(payingAdvice(frame), width, STRONG), LEFT, y + 38, STRONG)
}

function dwellingWords({ bill, words }: Frame): string {
  const { area, heatedArea, residents, eic } = bill.payer
  const facts = [
    area !== undefined && words('bill:area', { area: formatQuantity(area) }),
    heatedArea !== undefined && words('bill:heated-area', { area: formatQuantity(heatedArea) }),
    residents !== undefined && words('bill:residents', { count: residents }),
    eic && words('bill:eic', { eic }),
  ]
  return facts.filter(Boolean).join(' · ')
}

function payingAdvice({ bill, words, money }: Frame): string {
  if (bill.toPay > 0n) return words('bill:due', { day: formatDay(bill.dueOn) })
  const nothing = words('bill:nothing-to-pay')
  if (bill.totals.closing >= 0n) return nothing
  const amount = money(absolute(bill.totals.closing))
  return `${nothing} ${words('bill:credit', { amount })}`
}

/** The code at the right edge with what it does under it; answers the y below. */
export function drawCode(frame: Frame, { qr, transfer }: BillRecipient, top: number): number {
  if (!qr) return top
  const { sheet, words, money } = frame
  const side = qrSide(qr.symbol)
  const middle = RIGHT - side / 2
  const caption: Style = { ...BODY, face: 'strong', size: 8.5 }
  const scan = words('bill:scan')
  const amount =
    transfer.amount === undefined ? words('bill:scan-any-amount') : money(transfer.amount)
  const draw = () => {
    drawQr(sheet, qr.text, qr.symbol, RIGHT - side, top - 8)
    const y = sheet.stack([scan], middle, top + side - 12, caption, 'center')
    return sheet.stack([amount], middle, y, SMALL, 'center')
  }
  return sheet.part('Figure', draw, `${scan}: ${amount}`)
}

/** Where the money goes: the very words of the code, for those who type. */
export function drawRequisites(
  { sheet, bill, words, money }: Frame,
  { transfer, bank, bankCode }: BillRecipient,
  top: number,
  width = WIDTH,
): number {
  const { recipient: name, code, iban, purpose, amount } = transfer
  const rows = [
    ['recipient', words('bill:recipient-value', { name, code })],
    ['iban', formatIban(iban)],
    ['bank', bankCode ? words(`bill:bank-code.${bill.currency}`, { bank, code: bankCode }) : bank],
    ['purpose', purpose],
    ...(amount === undefined ? [] : [['amount', money(amount)]]),
  ] as const
  let y = top
  for (const [label = '', value = ''] of rows) {
    const rowTop = y
    y = sheet.part('P', () => {
      sheet.stack([words(`bill:${label}`)], LEFT, rowTop + 1.4, SMALL)
      const lines = sheet.wrap(value, width - LABEL_WIDTH, BODY)
      return sheet.stack(lines, LEFT + LABEL_WIDTH, rowTop, BODY) + 1
    })
  }
  return y
}

/** The month as one sum: what was, what came, what was paid, what is left. */
export function drawChain({ sheet, bill, words }: Frame, terms: Term[], top: number): number {
  const cell = (WIDTH - CHAIN_PADDING) / terms.length
  const style: Style = { face: 'strong', size: terms.length > 6 ? 9.5 : 12 }
  const labels = terms.map(({ term }) => {
    const label = words(`bill:${chainLabel(term, bill.totals[term], bill.toPay)}`)
    return sheet.wrap(label, cell - CHAIN_PADDING, SMALL)
  })
  const lines = Math.max(...labels.map((label) => label.length))
  const baseline = top + linesHeight(lines, SMALL) + style.size + 8
  const bottom = baseline + 8
  sheet.decorate(() => {
    sheet.doc.rect(LEFT, top, WIDTH, bottom - top)
    sheet.fill(PANEL)
  })
  terms.forEach(({ term, sign }, index) => {
    const x = LEFT + CHAIN_PADDING + cell * index
    const label = labels[index] ?? []
    const amount = bill.totals[term]
    sheet.part('P', () => {
      sheet.stack(label, x, top + 6 + linesHeight(lines - label.length, SMALL), SMALL)
      sheet.write(index === 0 ? '' : operator(term, amount * sign), x - 9, baseline, style)
      sheet.write(formatAmount(isBalance(term) ? amount : absolute(amount)), x, baseline, style)
    })
  })
  return bottom + 5
}

function operator(term: Term['term'], change: bigint): string {
  if (term === 'closing') return '='
  return change < 0n ? '−' : '+'
}

function chainLabel(term: Term['term'], amount: Kopecks, toPay: Kopecks): string {
  if (!isBalance(term)) return `sums.${term}`
  if (term === 'closing' && amount === toPay) return 'to-pay'
  return `${term}-${amount < 0n ? 'credit' : 'debt'}`
}

function isBalance(term: Term['term']): term is 'opening' | 'closing' {
  return term === 'opening' || term === 'closing'
}

function absolute(amount: Kopecks): Kopecks {
  return amount < 0n ? kopecks(-amount) : amount
}
