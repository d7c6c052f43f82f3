import {
  type BillCharge,
  type BillCorrection,
  type BillDocument,
  type BillReading,
  type BillService,
  type BillSums,
  type VolumeBasis,
} from '../../core/documents/bill-document.ts'
import { type Kopecks } from '../../core/money.ts'
import { formatDecimal, type Quantity, type Rate } from '../../core/quantity.ts'
import { formatAmount, formatDay, formatMoney, formatPeriod, formatQuantity } from '../format.ts'
import { type Translate } from '../translate.ts'

const NBSP = '\u00a0'

/** Parts of a month's balance in the order they are added up; a sign of −1 takes off. */
const TERMS = [
  { term: 'opening', sign: 1n },
  { term: 'accrued', sign: 1n },
  { term: 'subscription', sign: 1n },
  { term: 'penalty', sign: 1n },
  { term: 'correction', sign: 1n },
  { term: 'benefit', sign: -1n },
  { term: 'subsidy', sign: -1n },
  { term: 'paid', sign: -1n },
  { term: 'closing', sign: 1n },
] as const satisfies { term: keyof BillSums; sign: bigint }[]
export type Term = (typeof TERMS)[number]

/** The terms worth a column: those every bill has, and those any of its services has. */
export function usedTerms({ services, totals }: BillDocument): Term[] {
  const all = [totals, ...services.map((service) => service.sums)]
  return TERMS.filter(({ term }) => isInEveryBill(term) || all.some((sums) => sums[term] !== 0n))
}

/** `Рахунок за жовтень 2026` */
export function billTitle({ period }: BillDocument, words: Translate): string {
  const month = words(`bill:month.${period % 100}`)
  return words('bill:title', { month, year: Math.floor(period / 100) })
}

/** Whether a bill names the term even when it is zero everywhere. */
export function isInEveryBill(term: Term['term']): boolean {
  return term === 'opening' || term === 'accrued' || term === 'paid' || term === 'closing'
}

/** Small print under a service: how each amount of its row was found, one line a fact. */
export function explainService(
  service: BillService,
  currency: BillDocument['currency'],
  words: Translate,
): string[] {
  const { obligatoryPayment, penaltyDays } = service
  return [
    ...service.charges.map((charge) => explainCharge(charge, currency, words)),
    ...service.corrections.map((correction) => explainCorrection(correction, words)),
    ...(penaltyDays ? [words('bill:penalty-days', { count: penaltyDays })] : []),
    ...(obligatoryPayment === undefined
      ? []
      : [
          words('bill:obligatory-payment', {
            amount: moneyWords(currency, words)(obligatoryPayment),
          }),
        ]),
  ]
}

/** Writes amounts with the currency's name. */
export function moneyWords(
  currency: BillDocument['currency'],
  words: Translate,
): (amount: Kopecks) => string {
  const name = words(`bill:currency.${currency}`)
  return (amount) => formatMoney(amount, name)
}

function explainCharge(
  charge: BillCharge,
  currency: BillDocument['currency'],
  words: Translate,
): string {
  const money = moneyWords(currency, words)
  const { part, zone, rate, rateFrom: from, rateTo: to, amount } = charge
  const how = explainVolume(charge, words)
  const price = `${formatRate(rate)}${NBSP}${words(`bill:currency.${currency}`)}`
  const formula = words('bill:charge', { how, rate: price, amount: money(amount) })
  const validity = from && {
    text: to
      ? words('bill:rate-between', { from: formatDay(from), to: formatDay(to) })
      : words('bill:rate-from', { from: formatDay(from) }),
  }
  const what = [part, zone && words(`bill:zone.${zone}`)].filter(Boolean).join(', ')
  return `${what && `${what}: `}${formula}${validity ? `; ${validity.text}` : ''}`
}

/** `32,17`, `0,064135`: a price, with two decimals at least. */
function formatRate(price: Rate): string {
  const [whole = '', fraction = ''] = formatQuantity(price).split(',')
  return `${whole},${fraction.padEnd(2, '0')}`
}

/** `01620` on the dial is said as 1620: digits in groups would not be looked for there. */
function formatDial(value: Quantity): string {
  return formatDecimal(value).replace('.', ',')
}

function explainVolume({ basis, volume, unit }: BillCharge, words: Translate): string {
  const measured = `${formatQuantity(volume)}${NBSP}${unit}`
  const [key, inputs] = volumeInputs(basis, unit, words)
  return words(`bill:how.${key}`, { ...inputs, volume: measured })
}

type Inputs = [key: string, inputs?: Record<string, string | number>]

function volumeInputs(basis: VolumeBasis, unit: string, words: Translate): Inputs {
  switch (basis.method) {
    case 'meter':
      return basis.readings.length > 0
        ? ['meter-read', { readings: basis.readings.map(readingWords(words)).join('; ') }]
        : ['meter']
    case 'average':
      return basis.from && basis.to
        ? ['average-of', { from: formatDay(basis.from), to: formatDay(basis.to) }]
        : ['average']
    case 'norm':
      return basis.perResident !== undefined && basis.residents !== undefined
        ? ['norm-of', { norm: formatQuantity(basis.perResident), residents: basis.residents }]
        : ['norm']
    case 'house-share':
      return basis.house
        ? [
            'house-share-of',
            {
              house: `${formatQuantity(basis.house.volume)}${NBSP}${unit}`,
              area: formatQuantity(basis.house.area),
              share: formatQuantity(basis.house.share),
            },
          ]
        : ['house-share']
    case 'area':
    case 'residents':
      return [basis.method]
  }
}

function readingWords(words: Translate) {
  return (reading: BillReading): string =>
    words('bill:how.reading', {
      meter: reading.meter,
      previous: formatDial(reading.previous),
      previousOn: formatDay(reading.previousOn),
      current: formatDial(reading.current),
      currentOn: formatDay(reading.currentOn),
    })
}

function explainCorrection(correction: BillCorrection, words: Translate): string {
  const { period, was, now, amount, because, reason } = correction
  const what = period
    ? words('bill:correction-for', { month: formatPeriod(period) })
    : words('bill:correction')
  const change =
    was !== undefined &&
    now !== undefined &&
    words('bill:correction-was', { was: formatAmount(was), now: formatAmount(now) })
  const signed = `${amount > 0n ? '+' : ''}${formatAmount(amount)}`
  const why = because?.map((kind) => words(`charge:because.${kind}`)).join('; ')
  return [`${what} ${signed}`, change, why, reason].filter(Boolean).join(', ')
}
