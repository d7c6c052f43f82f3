import { type Kopecks } from '../money.ts'
import { type Statement } from '../ledger/statement.ts'
import { type Period, type PlainDate } from '../period.ts'
import { type Quantity, type Rate } from '../quantity.ts'
import { type NbuSymbol, type NbuTransfer } from './nbu-qr.ts'

/**
 * A bill (рахунок) of one provider to one account for one month, ready to be put on paper: numbers
 * and days; texts only where they are names or somebody's own words.
 * Source: order № 23 of the Ministry of Regional Development of 31.01.2020, law 2119-VIII art. 8,
 * НКРЕКП № 1611 (EIC).
 */
export type BillDocument = {
  number: string
  period: Period
  issuedOn: PlainDate
  /** Last day to pay in time. */
  dueOn: PlainDate
  /** What was paid and read by the end of this day is in the bill. */
  dataAsOf: PlainDate
  currency: 'UAH' | 'BYN'
  provider: BillProvider
  payer: BillPayer
  services: BillService[]
  totals: BillSums
  /** What the big number says, never negative; a credit on one service does not pay another. */
  toPay: Kopecks
  /** Tax within what was charged, for information. */
  vat?: Kopecks | undefined
  /** Usually one; several when services are paid to different bank accounts. */
  recipients: BillRecipient[]
  /** Commissions a payer adds on top, by way of paying; never part of `toPay`. */
  commissions?: BillCommission[] | undefined
  readingsTo?: BillReadingsTo | undefined
  link?: BillLink | undefined
}

type BillProvider = {
  name: string
  /** ЄДРПОУ. */
  code: string
  address: string
  phone?: string | undefined
  dispatcherPhone?: string | undefined
  email?: string | undefined
}

type BillPayer = {
  name: string
  address: string
  /** The account as the provider writes it. */
  account: string
  /** Energy Identification Code, 16 characters. */
  eic?: string | undefined
  /** m². */
  area?: Quantity | undefined
  /** m². */
  heatedArea?: Quantity | undefined
  residents?: number | undefined
}

/**
 * A month of a service or of the whole bill: opening + accrued + subscription + penalty + correction
 * − benefit − subsidy − paid = closing. On opening and closing owed is positive, a credit negative;
 * benefit, subsidy and paid are what they take off.
 */
export type BillSums = Omit<Statement, 'period'>

export type BillService = {
  name: string
  sums: BillSums
  /** How `accrued` was found: one for a zone, for a price within the month, for a part of the tariff. */
  charges: BillCharge[]
  corrections: BillCorrection[]
  /** What a household with a subsidy pays itself (обов'язковий платіж). */
  obligatoryPayment?: Kopecks | undefined
  /** Days the penalty is charged for. */
  penaltyDays?: number | undefined
}

export type BillCharge = {
  /** The part of a two-part tariff, in the provider's words. */
  part?: string | undefined
  zone?: 'day' | 'night' | 'peak' | 'semi-peak' | undefined
  volume: Quantity
  /** `м³`, `кВт·год`, `Гкал`. */
  unit: string
  /** Price of a unit, the zone's coefficient within it. */
  rate: Rate
  rateFrom?: PlainDate | undefined
  /** Last day of the price. */
  rateTo?: PlainDate | undefined
  amount: Kopecks
  basis: VolumeBasis
}

/** How a volume was found, with as much of its inputs as is known. */
export type VolumeBasis =
  | { method: 'meter'; readings: BillReading[] }
  | { method: 'average'; from?: PlainDate | undefined; to?: PlainDate | undefined }
  | { method: 'norm'; perResident?: Quantity | undefined; residents?: number | undefined }
  | {
      method: 'house-share'
      house?: { volume: Quantity; area: Quantity; share: Quantity } | undefined
    }
  | { method: 'area' | 'residents' }

export type BillReading = {
  meter: string
  previous: Quantity
  previousOn: PlainDate
  current: Quantity
  currentOn: PlainDate
}

export type BillCorrection = {
  /** Positive raises the debt. */
  amount: Kopecks
  /** The month it belongs to. */
  period?: Period | undefined
  was?: Kopecks | undefined
  now?: Kopecks | undefined
  /** Kinds of the facts that came: `late-reading`. */
  because?: string[] | undefined
  reason?: string | undefined
}

export type BillRecipient = {
  /** Printed as it stands: `encodeNbuQr` gives it in the very words of the code. */
  transfer: NbuTransfer
  bank: string
  /** МФО, 6 digits. */
  bankCode?: string | undefined
  qr?: { text: string; symbol: NbuSymbol } | undefined
}

type BillCommission = { payingBy: string; amount: Kopecks }

/** When and where readings are taken. */
type BillReadingsTo = {
  from: PlainDate
  to: PlainDate
  phone?: string | undefined
}

/** How to open this account in a messenger. */
type BillLink = {
  /** The single-use code, without groups. */
  code: string
  /** Last day of the code. */
  validTo: PlainDate
  telegram?: string | undefined
  viber?: string | undefined
}
