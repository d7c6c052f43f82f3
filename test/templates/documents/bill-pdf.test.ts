import { describe, expect, it } from '@jest/globals'
import { readFileSync, writeFileSync } from 'node:fs'
import { decodeQR } from 'qr/decode.js'
import { type BillDocument, type BillSums } from '../../../core/documents/bill-document.ts'
import { encodeNbuQr, type NbuContent, type NbuQrOptions } from '../../../core/documents/nbu-qr.ts'
import { decodeNbuQr } from '../../../core/documents/read-nbu-qr.ts'
import { kopecks } from '../../../core/money.ts'
import { sampleBill } from '../../../scripts/bench/sample-bill.ts'
import { openBillRenderer } from '../../../templates/documents/bill-pdf.ts'
import { LANGUAGES, openTranslator } from '../../../templates/translate.ts'
import { drawFirstPage, type Piece, readPdf, readText } from './read-pdf.ts'

const renderer = openBillRenderer()
const words = openTranslator()
const render = (bill: BillDocument) => renderer.render(bill, words('uk'))

function golden(name: string, text: string): string {
  const file = new URL(`../../golden/${name}.txt`, import.meta.url)
  if (process.env['UPDATE_GOLDEN']) writeFileSync(file, text)
  return readFileSync(file, 'utf8')
}

/** 593.00 more was paid for the first service. */
function overpaid(): BillDocument {
  const bill = sampleBill(2)
  const more = ({ paid, closing, ...sums }: BillSums): BillSums => ({
    ...sums,
    paid: kopecks(paid + 59300n),
    closing: kopecks(closing - 59300n),
  })
  const services = bill.services.map((service, index) =>
    index === 0 ? { ...service, sums: more(service.sums) } : service,
  )
  return { ...bill, services, totals: more(bill.totals), toPay: kopecks(0), recipients: [] }
}

describe('the text of a bill', () => {
  it.each([
    ['bill-1-service', sampleBill(1)],
    ['bill-8-services', sampleBill(8)],
    ['bill-20-services', sampleBill(20)],
    ['bill-overpaid', overpaid()],
  ])('is that of %s', async (name, bill) => {
    const text = await readText(await render(bill))
    expect(text).toBe(golden(name, text))
  })

  it.each(LANGUAGES)('has words for everything in %s', async (language) => {
    const text = await readText(await renderer.render(sampleBill(8), words(language)))
    expect(text).toContain('3 240,54')
    expect(text).not.toContain('{{')
  })

  it('says 0,00 to pay and the credit when more was paid', async () => {
    const text = await readText(await render(overpaid()))
    expect(text).toContain('До сплати\n0,00 | грн')
    expect(text).toContain('Ваша переплата 127,39 грн зарахується в наступних місяцях.')
    expect(text).toContain('−127,39')
    expect(text).not.toContain('Сплатити до')
  })

  it('shows commissions apart from the sum', async () => {
    const commissions = [{ payingBy: 'Приват24', amount: kopecks(2523) }]
    const text = await readText(await render({ ...sampleBill(8), commissions }))
    expect(text).toContain('До сплати\n3 240,54 | грн')
    expect(text).toContain('Приват24: комісія 25,23 грн, разом 3 265,77 грн.')
  })

  it('leaves out what is not known', async () => {
    const { readingsTo: _, link: __, vat: ___, provider, payer, ...bill } = sampleBill(1)
    const text = await readText(
      await render({
        ...bill,
        provider: { name: provider.name, code: provider.code, address: provider.address },
        payer: { name: payer.name, address: payer.address, account: payer.account },
        recipients: [],
      }),
    )
    expect(text).not.toMatch(/undefined|null|EIC|площа|месенджер|показання|ПДВ|IBAN/)
  })

  it('names the recipients of a bill paid to several accounts, each with its code', async () => {
    const bill = sampleBill(2)
    const [first] = bill.recipients
    if (!first) throw new Error('no recipient')
    const second = { ...first, transfer: { ...first.transfer, purpose: 'за опалення' } }
    const text = await readText(await render({ ...bill, recipients: [first, second] }))
    expect(text).toContain(`Призначення платежу | ${first.transfer.purpose}`)
    expect(text).toContain('Призначення платежу | за опалення')
    expect(text.match(/Скануйте, щоб сплатити/g)).toHaveLength(2)
  })
})

describe('the pages of a bill', () => {
  it.each([
    [1, 1],
    [3, 1],
    [8, 1],
    [9, 2],
    [20, 2],
    [40, 3],
  ])('%i services take %i', async (services, pages) => {
    expect(await readPdf(await render(sampleBill(services)))).toHaveLength(pages)
  })

  it('repeat the heading of the table', async () => {
    const pages = await readPdf(await render(sampleBill(40)))
    const headings = pages.map((page) => page.filter((piece) => piece.text === 'Нараховано').length)
    // the first page says it in the balance too
    expect(headings).toEqual([2, 1, 1])
  })

  it('take a service with more corrections than a page holds', async () => {
    const bill = sampleBill(2)
    const [first, second] = bill.services
    if (!first || !second) throw new Error('no services')
    const corrections = Array.from({ length: 100 }, (_, index) => ({
      amount: kopecks(index + 1),
      reason: `виправлення ${index + 1}`,
    }))
    const pages = await readPdf(
      await render({ ...bill, services: [{ ...first, corrections }, second] }),
    )
    const said = pages.flat().filter((piece) => piece.text.includes('виправлення'))
    expect(said).toHaveLength(100)
    expect(Math.min(...said.map((piece) => piece.y))).toBeGreaterThan(40)
  })
})

describe('the code on a bill', () => {
  const water = {
    recipient: 'КП «Міськводоканал»',
    iban: 'UA183052990000026009990000101',
    code: '55101018',
    amount: kopecks(99_999_999_999n),
    purpose: 'о/р 101; за водопостачання за 10.2026',
  }
  const full = `о/р 101; ${'за послуги водопостачання '.repeat(5)}`
  const category = 'SUPP/SUPP'

  it.each<[string, NbuContent, NbuQrOptions]>([
    ['in 002', { format: '002', ...water }, {}],
    ['in 002 without the sign', { format: '002', ...water }, { sign: false }],
    ['in 002 in UTF-8', { format: '002', ...water }, { encoding: 'utf-8' }],
    ['in 002 with a full purpose', { format: '002', ...water, purpose: full }, {}],
    ['in 003', { format: '003', ...water, category }, {}],
    [
      'in 003 with a long purpose',
      { format: '003', ...water, category, purpose: full + full.slice(0, 80) },
      {},
    ],
  ])('%s reads from the picture as the text beside it', async (_, content, options) => {
    const written = encodeNbuQr(content, options)
    if (!written.ok) throw new Error(written.code)
    const { transfer, ...qr } = written.value
    const file = await render({ ...sampleBill(3), recipients: [{ bank: 'Банк', transfer, qr }] })
    const scanned = decodeQR(await drawFirstPage(file), { timeLimit: 5000 })
    expect(scanned).toBe(qr.text)

    const read = decodeNbuQr(scanned)
    if (!read.ok) throw new Error(read.code)
    const printed = (await readText(file)).replace(/\n/g, ' ')
    expect(printed).toContain(`Призначення платежу | ${read.value.content.purpose}`)
    expect(printed).toContain(`Отримувач | ${read.value.content.recipient}, код 55101018`)
    expect(printed).toContain('IBAN | UA18 3052 9900 0002 6009 9900 0010 1')
    expect(printed).toContain('Сума | 999 999 999,99 грн')
  })
})

describe('the file of a bill', () => {
  it('is the same for the same bill', async () => {
    const again = openBillRenderer()
    expect(await again.render(sampleBill(9), words('uk'))).toEqual(await render(sampleBill(9)))
  })

  it('says its language and title and is tagged', async () => {
    const text = (await render(sampleBill(1))).toString('latin1')
    expect(text).toContain('/Lang (uk)')
    expect(text).toContain('/Marked true')
    expect(text).toContain('/DisplayDocTitle true')
  })
})

describe('long names', () => {
  const long = (text: string) => `${text} `.repeat(6).trim()
  const bill = sampleBill(3)
  const files = [
    ['in words', long('Централізоване водопостачання')],
    ['without a space', 'Централізованеводопостачання'.repeat(6)],
  ] as const

  it.each(files)('%s are wrapped within the page and do not overlap', async (_, name) => {
    const pages = await readPdf(
      await render({
        ...bill,
        number: name.slice(0, 60),
        provider: { ...bill.provider, name, address: name, email: name },
        payer: { ...bill.payer, name, address: name, account: name },
        services: bill.services.map((service) => ({ ...service, name })),
      }),
    )
    for (const page of pages) {
      expect(page.filter((piece) => piece.x < 39 || piece.x + piece.width > 557)).toEqual([])
      expect(overlapping(page)).toEqual([])
    }
  })
})

function overlapping(pieces: Piece[]): [string, string][] {
  return pieces.flatMap((one, index) =>
    pieces
      .slice(index + 1)
      .filter((other) => overlaps(one, other))
      .map((other): [string, string] => [one.text, other.text]),
  )
}

// letters reach up to about 0.7 of the size above the line and 0.2 under it
function overlaps(one: Piece, other: Piece): boolean {
  const isBeside = one.x + one.width <= other.x + 1 || other.x + other.width <= one.x + 1
  const isApart =
    one.y - one.size * 0.2 >= other.y + other.size * 0.7 ||
    other.y - other.size * 0.2 >= one.y + one.size * 0.7
  return !isBeside && !isApart
}
