import { billCode, CODE_VALID_MONTHS } from '../access/bill-code.ts'
import { type Context } from '../context.ts'
import { toPay } from '../ledger/to-pay.ts'
import { kopecks, type Kopecks, sum } from '../money.ts'
import { readDueDay } from '../billing/penalty/read-due-day.ts'
import { addMonths, firstDay, lastDay, type Period, type PlainDate } from '../period.ts'
import { accept, refuse } from '../result.ts'
import { type BillDocument, type BillService, type BillSums } from './bill-document.ts'
import { encodeNbuQr } from './nbu-qr.ts'
import { readBillServices } from './read-bill-services.ts'

type Account = {
  id: number
  providerId: number
  number: string
  holderName: string
  address: string
  eic: string | null
  area: bigint | null
  heatedArea: bigint | null
  occupants: number
  providerName: string
  providerCode: string
  providerAddress: string
  phone: string
  email: string
  iban: string
  bankName: string
  bankCode: string
  issuedOn: PlainDate
  hasMeters: boolean
}

/** Longest recipient of the payment code; longer names are cut at a word. */
const RECIPIENT_MAX = 38
/** Category and purpose of the transfer in format 003: a supplier's regular bill (ISO 20022). */
const UTILITIES = 'SUPP/REGU'

/**
 * The bill of one account for a month its provider has issued: everything a Ukrainian bill must
 * hold, as plain data. The code for payment is left out when nothing is owed.
 * Refuses: `account-not-found`; `month-not-issued`.
 */
export async function buildBill(
  ctx: Context,
  input: { accountId: number; month: Period; qrFormat?: '002' | '003' },
) {
  const { accountId, month, qrFormat = '002' } = input
  const account = await readAccount(ctx, accountId, month)
  if (!account) {
    const exists = await ctx.sql.maybe`select 1 from account where id = ${accountId}`
    return refuse(exists ? 'month-not-issued' : 'account-not-found')
  }
  const services = await readBillServices(ctx, accountId, month)
  const due = toPay(services.map((service) => service.sums.closing))
  const next = addMonths(month, 1)
  const bill: BillDocument = {
    number: `${account.number}-${Math.floor(month / 100)}-${String(month % 100).padStart(2, '0')}`,
    period: month,
    issuedOn: account.issuedOn,
    dueOn: (await readDueDay(ctx, { providerId: account.providerId, month })) ?? lastDay(next),
    dataAsOf: lastDay(month),
    currency: ctx.currency as BillDocument['currency'],
    provider: providerOf(account),
    payer: payerOf(account),
    services,
    totals: totalsOf(services),
    toPay: due,
    recipients: recipientsOf(account, month, due, { currency: ctx.currency, format: qrFormat }),
    readingsTo: account.hasMeters
      ? { from: firstDay(next), to: lastDay(next), phone: account.phone }
      : undefined,
    link: {
      code: (await billCode(ctx, accountId, month)).replaceAll('-', ''),
      validTo: lastDay(addMonths(month, CODE_VALID_MONTHS)),
    },
  }
  return accept(bill)
}

function readAccount(ctx: Context, accountId: number, month: Period): Promise<Account | null> {
  return ctx.sql.maybe<Account>`
    select a.id, a.provider_id as "providerId", a.number, a.holder_name as "holderName", a.eic, w.total_area_e8 as area,
      w.heated_area_e8 as "heatedArea", coalesce(w.occupants, 0) as occupants, p.name as "providerName",
      p.code as "providerCode", p.address as "providerAddress", p.phone, p.email, p.iban,
      p.bank_name as "bankName", p.bank_code as "bankCode",
      concat_ws(', ', nullif(concat_ws(' ', nullif(h.street_type, ''), h.street), ''), h.number,
        nullif('кв. ' || r.flat, 'кв. ')) as address,
      (b.issued_at at time zone ${ctx.zone})::date as "issuedOn",
      exists (select 1 from meter m join agreement g on g.id = m.agreement_id
        where g.account_id = a.id and m.removed_on is null) as "hasMeters"
    from account a
    join provider p on p.id = a.provider_id
    join premise r on r.id = a.premise_id
    join house h on h.id = r.house_id
    join billing_period b on b.provider_id = p.id and b.period = ${month}
      and b.state in ('issued', 'closed')
    left join lateral (
      select occupants, total_area_e8, heated_area_e8 from household
      where account_id = a.id and retired_at is null and from_day <= ${lastDay(month)}
      order by from_day desc limit 1) w on true
    where a.id = ${accountId}`
}

function providerOf(account: Account): BillDocument['provider'] {
  const { email, phone, providerAddress, providerCode, providerName } = account
  return { name: providerName, code: providerCode, address: providerAddress, phone, email }
}

function payerOf(account: Account): BillDocument['payer'] {
  const { address, area, eic, heatedArea, holderName, number, occupants } = account
  return {
    name: holderName,
    address,
    account: number,
    eic: eic ?? undefined,
    area: (area ?? undefined) as BillDocument['payer']['area'],
    heatedArea: (heatedArea ?? undefined) as BillDocument['payer']['heatedArea'],
    residents: occupants,
  }
}

function totalsOf(services: readonly BillService[]): BillSums {
  const column = (name: keyof BillSums): Kopecks =>
    sum(services.map((service) => kopecks(service.sums[name])))
  return {
    opening: column('opening'),
    accrued: column('accrued'),
    subscription: column('subscription'),
    penalty: column('penalty'),
    correction: column('correction'),
    benefit: column('benefit'),
    subsidy: column('subsidy'),
    paid: column('paid'),
    closing: column('closing'),
  }
}

/** What the bank is told the money is for, in the language of the country's payment orders. */
function purposeOf({ number }: Account, month: Period, currency: string): string {
  const of = `${String(month % 100).padStart(2, '0')}.${Math.floor(month / 100)}`
  return currency === 'BYN'
    ? `л/с ${number}; коммунальные услуги за ${of}`
    : `о/р ${number}; комунальні послуги за ${of}`
}

// The printed words are those of the code, so the transfer comes back from the encoder.
function recipientsOf(
  account: Account,
  month: Period,
  due: Kopecks,
  { currency, format }: { currency: string; format: '002' | '003' },
): BillDocument['recipients'] {
  const transfer = {
    recipient: shorten(account.providerName, RECIPIENT_MAX),
    iban: account.iban,
    code: account.providerCode,
    purpose: purposeOf(account, month, currency),
    ...(due > 0n ? { amount: due } : {}),
  }
  const { bankCode, bankName: bank } = account
  // The National Bank's code knows hryvnias only.
  if (due === 0n || currency !== 'UAH') return [{ transfer, bank, bankCode }]
  const encoded =
    format === '003'
      ? encodeNbuQr({ format, category: UTILITIES, editable: ['amount'], ...transfer })
      : encodeNbuQr({ format, ...transfer })
  if (!encoded.ok) return [{ transfer, bank, bankCode }]
  const { symbol, text } = encoded.value
  return [{ transfer: encoded.value.transfer, bank, bankCode, qr: { text, symbol } }]
}

function shorten(name: string, limit: number): string {
  if (name.length <= limit) return name
  const cut = name.slice(0, limit + 1)
  return cut.slice(0, Math.max(cut.lastIndexOf(' '), 1)).trim()
}
