import {
  type BillCharge,
  type BillDocument,
  type BillService,
  type BillSums,
} from '../../core/documents/bill-document.ts'
import { encodeNbuQr } from '../../core/documents/nbu-qr.ts'
import { type Kopecks, kopecks, sum } from '../../core/money.ts'
import { period, plainDate } from '../../core/period.ts'
import { cost, parseDecimal, type Quantity, rate } from '../../core/quantity.ts'

const VAT_PARTS = 6n

/**
 * A bill of an invented account with that many services: meters, zones, averages, norms, shares of
 * the house, a subsidy, a benefit and corrections, as a hard month has them.
 */
export function sampleBill(servicesCount: number): BillDocument {
  const services = Array.from({ length: servicesCount }, (_, index) => service(index))
  const totals = sumUp(services.map((one) => one.sums))
  const toPay = totals.closing > 0n ? totals.closing : kopecks(0n)
  const charged = sum([totals.accrued, totals.subscription])
  return {
    number: '101-2026-10',
    period: period(202610),
    issuedOn: plainDate('2026-11-01'),
    dueOn: plainDate('2026-11-20'),
    dataAsOf: plainDate('2026-10-31'),
    currency: 'UAH',
    provider: {
      name: 'КП «Міськводоканал»',
      code: '55101018',
      address: 'вул. Зріні Ілони, 6/1, м. Ізенгард, Закарпатська обл., 96001',
      phone: '+38 (000) 555-00-01',
      dispatcherPhone: '+38 (000) 555-00-15',
      email: 'vodokanal@example.org',
    },
    payer: {
      name: 'Кожемяка Себастьян Боромирович',
      address: 'вул. Боромира, 4, кв. 29, м. Ізенгард',
      account: '101',
      eic: '62Z000000000001B',
      area: decimal('61.1'),
      heatedArea: decimal('58'),
      residents: 3,
    },
    services,
    totals,
    toPay,
    vat: kopecks(charged / VAT_PARTS),
    recipients: [recipient(toPay)],
    readingsTo: {
      from: plainDate('2026-10-28'),
      to: plainDate('2026-11-03'),
      phone: '+38 (000) 555-00-02',
    },
    link: {
      code: '7K2M9QPD4XHT',
      validTo: plainDate('2026-12-31'),
      telegram: '@izengard_bot',
      viber: 'Ізенгард',
    },
  }
}

function recipient(toPay: Kopecks): BillDocument['recipients'][number] {
  const transfer = {
    format: '002',
    recipient: 'КП «Міськводоканал»',
    iban: 'UA183052990000026009990000101',
    code: '55101018',
    amount: toPay > 0n ? toPay : undefined,
    purpose: 'о/р 101; за послуги водопостачання та водовідведення за 10.2026',
  } as const
  const written = encodeNbuQr(transfer)
  const bank = { bank: 'АТ КБ «ПРИВАТБАНК»', bankCode: '305299' }
  if (!written.ok) return { ...bank, transfer }
  const { text, symbol, transfer: printed } = written.value
  return { ...bank, transfer: printed, qr: { text, symbol } }
}

function service(index: number): BillService {
  const round = Math.floor(index / SERVICES.length)
  const sample = SERVICES[index % SERVICES.length]
  if (!sample) throw new RangeError(`no service ${index}`)
  const { name, charges, obligatoryPayment, ...changes } = sample
  const accrued = sum(charges.map((charge) => charge.amount))
  const corrections = index === 1 ? [CORRECTION] : []
  const amounts = {
    opening: kopecks(BigInt(120_00 + index * 1_13)),
    accrued,
    subscription: kopecks(18_45n),
    penalty: kopecks(index === 2 ? 4_10n : 0n),
    correction: sum(corrections.map((correction) => correction.amount)),
    benefit: kopecks(0n),
    subsidy: kopecks(0n),
    paid: kopecks(BigInt(100_00 + index * 7_00)),
    ...changes,
  }
  return {
    name: round === 0 ? name : `${name}, об’єкт ${round + 1}`,
    sums: { ...amounts, closing: closingOf(amounts) },
    charges,
    corrections,
    obligatoryPayment,
    penaltyDays: index === 2 ? 30 : undefined,
  }
}

const CORRECTION: BillService['corrections'][number] = {
  amount: kopecks(-41_50),
  period: period(202609),
  was: kopecks(289_46),
  now: kopecks(247_96),
  reason: 'недостатній тиск 3 дні, акт № 17',
}

type Sample = Partial<BillSums> & Pick<BillService, 'name' | 'charges' | 'obligatoryPayment'>

const SERVICES: Sample[] = [
  {
    name: 'Водопостачання',
    charges: [metered('0012345', 318, 326, 'м³', '32.17')],
    benefit: kopecks(45_60),
  },
  {
    name: 'Водовідведення',
    charges: [charge('8', 'м³', '28.04', { method: 'meter', readings: [] })],
  },
  {
    name: 'Теплопостачання',
    charges: [
      charge('1.0122', 'Гкал', '1654.41', {
        method: 'house-share',
        house: { volume: decimal('52.5'), area: decimal('2500'), share: decimal('48.2') },
      }),
    ],
    subsidy: kopecks(759_76),
    obligatoryPayment: kopecks(1040_24),
  },
  {
    name: 'Управління багатоквартирним будинком',
    charges: [charge('61.1', 'м²', '9.35', { method: 'area' })],
  },
  { name: 'Вивезення відходів', charges: [charge('3', 'особи', '34.9', { method: 'residents' })] },
  {
    name: 'Електроенергія',
    charges: [
      { ...metered('7001122', 1620, 1720, 'кВт·год', '4.32'), zone: 'day' },
      { ...metered('7001122', 840, 890, 'кВт·год', '2.16'), zone: 'night' },
    ],
  },
  {
    name: 'Гаряча вода',
    charges: [
      charge('5', 'м³', '97.8', {
        method: 'average',
        from: plainDate('2026-01-01'),
        to: plainDate('2026-07-01'),
      }),
    ],
  },
  {
    name: 'Газ',
    charges: [
      charge('9.9', 'м³', '7.96', { method: 'norm', perResident: decimal('3.3'), residents: 3 }),
    ],
  },
]

function metered(meter: string, previous: number, current: number, unit: string, price: string) {
  const reading = {
    meter,
    previous: decimal(String(previous)),
    previousOn: plainDate('2026-09-30'),
    current: decimal(String(current)),
    currentOn: plainDate('2026-10-31'),
  }
  return charge(String(current - previous), unit, price, { method: 'meter', readings: [reading] })
}

function charge(
  volume: string,
  unit: string,
  price: string,
  basis: BillCharge['basis'],
): BillCharge {
  const measured = decimal(volume)
  const paid = rate(decimal(price))
  const amount = cost(measured, paid)
  return { volume: measured, unit, rate: paid, rateFrom: plainDate('2026-01-01'), amount, basis }
}

function sumUp(all: BillSums[]): BillSums {
  const total = (term: keyof BillSums) => sum(all.map((sums) => sums[term]))
  const amounts = {
    opening: total('opening'),
    accrued: total('accrued'),
    subscription: total('subscription'),
    penalty: total('penalty'),
    correction: total('correction'),
    benefit: total('benefit'),
    subsidy: total('subsidy'),
    paid: total('paid'),
  }
  return { ...amounts, closing: closingOf(amounts) }
}

function closingOf(sums: Omit<BillSums, 'closing'>): Kopecks {
  const { opening, accrued, subscription, penalty, correction, benefit, subsidy, paid } = sums
  const added = opening + accrued + subscription + penalty + correction
  return kopecks(added - benefit - subsidy - paid)
}

function decimal(text: string): Quantity {
  const value = parseDecimal(text)
  if (value === null) throw new RangeError(`${text} is not a decimal`)
  return value
}
