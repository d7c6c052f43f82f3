import { describe, expect, it } from '@jest/globals'
import { findBillCode } from '../../../core/access/bill-code.ts'
import { type BillDocument } from '../../../core/documents/bill-document.ts'
import { buildBill } from '../../../core/documents/build-bill.ts'
import { decodeNbuQr } from '../../../core/documents/read-nbu-qr.ts'
import { period } from '../../../core/period.ts'
import { buildSmallTown } from '../../support/small-town.ts'
import { testTown } from '../../support/town.ts'

const town = await testTown()
const { accounts } = await buildSmallTown(town)
const OCTOBER = period(202610)

async function billOf(accountId: number, qrFormat?: '002' | '003'): Promise<BillDocument> {
  const bill = await buildBill(town, {
    accountId,
    month: OCTOBER,
    ...(qrFormat ? { qrFormat } : {}),
  })
  if (!bill.ok) throw new Error(bill.code)
  return bill.value
}

describe('the bill of an issued month', () => {
  it('asks for what is owed; a credit on one service does not pay another', async () => {
    const bill = await billOf(accounts.first)
    expect(bill.services.map(({ name, sums }) => [name, sums.closing])).toEqual([
      ['Водопостачання', 26_470n],
      ['Електроенергія', -1_200n],
    ])
    expect([bill.toPay, bill.totals.closing]).toEqual([26_470n, 25_270n])
  })

  it('closes every row and the total', async () => {
    const { services, totals } = await billOf(accounts.first)
    for (const s of [...services.map(({ sums }) => sums), totals])
      expect(
        s.opening + s.accrued + s.subscription + s.penalty + s.correction - s.benefit - s.subsidy,
      ).toBe(s.closing + s.paid)
  })

  it('says in the code for payment what it says in print', async () => {
    const [recipient] = (await billOf(accounts.first)).recipients
    const read = decodeNbuQr(recipient?.qr?.text ?? '')
    if (!read.ok) throw new Error(read.code)
    const { amount, code, iban, purpose } = read.value.content
    expect(read.value.warnings).toEqual([])
    expect([amount, iban, code]).toEqual([26_470n, 'UA123000010000026001000000101', '12345678'])
    expect(purpose).toBe(recipient?.transfer.purpose)
  })

  it('has the code in format 003 when the town wants it', async () => {
    const [recipient] = (await billOf(accounts.first, '003')).recipients
    const read = decodeNbuQr(recipient?.qr?.text ?? '')
    expect(read.ok && read.value.content).toMatchObject({ format: '003', category: 'SUPP/REGU' })
  })

  it('carries the code that links a messenger', async () => {
    const { link } = await billOf(accounts.first)
    expect(await findBillCode(town, accounts.first, link?.code ?? '')).toBe(OCTOBER)
    expect(await findBillCode(town, accounts.second, link?.code ?? '')).toBeNull()
  })

  it('is refused for a month that is not issued, and for nobody', async () => {
    const november = await buildBill(town, { accountId: accounts.first, month: period(202611) })
    expect(november).toEqual({ ok: false, code: 'month-not-issued' })
    const nobody = await buildBill(town, { accountId: 99_999, month: OCTOBER })
    expect(nobody).toEqual({ ok: false, code: 'account-not-found' })
  })
})
