import { type Kopecks } from '../../money.ts'
import { type Period, type PlainDate } from '../../period.ts'
import { type Quantity, type Rate } from '../../quantity.ts'

/** What charging an account needs to know of it, as known at one instant. */
export type AccountFacts = {
  accountId: number
  providerId: number
  houseId: number
  /** Oldest first; each holds until the next. */
  households: readonly HouseholdFact[]
  beneficiaries: readonly BeneficiaryFact[]
  absences: readonly AbsenceFact[]
  agreements: readonly AgreementFacts[]
  /** Granted non-cash subsidies computed from the fee (Belarus). */
  subsidyCases: readonly SubsidyCaseFact[]
}

export type HouseholdFact = {
  id: number
  fromDay: PlainDate
  occupants: number
  totalArea: Quantity | null
  heatedArea: Quantity | null
  load: Quantity | null
  plan: 'standard' | 'full'
}

export type BeneficiaryFact = {
  id: number
  category: string
  persons: number
  fromDay: PlainDate
  toDay: PlainDate | null
}

export type AbsenceFact = { id: number; leftOn: PlainDate; returnedOn: PlainDate }

type SubsidyCaseFact = {
  id: number
  fromDay: PlainDate
  toDay: PlainDate
  income: Kopecks
  isVillage: boolean
}

export type AgreementFacts = {
  agreementId: number
  serviceId: number
  serviceCode: string
  fromDay: PlainDate | null
  toDay: PlainDate | null
  dials: readonly DialFact[]
  /** Volumes found elsewhere, by month. */
  volumes: ReadonlyMap<Period, VolumeFact>
  /** What the house meter measured, by month. */
  houseVolumes: ReadonlyMap<Period, HouseVolumeFact>
  extras: readonly ExtraFact[]
  defects: readonly DefectFact[]
  /** Monthly sums a subsidy office granted (Ukraine). */
  awards: readonly AwardFact[]
}

export type DialFact = {
  registerId: number
  meterId: number
  zone: number
  /** Integer digits of the dial. */
  digits: number
  initial: Quantity
  installedOn: PlainDate | null
  removedOn: PlainDate | null
  /** Days its verifications are valid, both ends included; null when nothing is known of them. */
  verified: readonly { from: PlainDate | null; until: PlainDate }[] | null
  /** By month and day. */
  readings: readonly ReadingFact[]
}

export type ReadingFact = {
  id: bigint
  /** The month it closes. */
  period: Period
  takenOn: PlainDate
  value: Quantity
  /** It is past the dial's zero. */
  rolledOver: boolean
  /** False for one sent after the verification expired: not charged by, but what follows starts from it. */
  counted: boolean
}

export type VolumeFact = { id: number; volume: Quantity }
export type HouseVolumeFact = { id: number; volume: Quantity; area: Quantity }
export type ExtraFact = { id: number; day: PlainDate; quantity: Quantity; price: Rate }
export type DefectFact = { id: number; defect: string; fromDay: PlainDate; toDay: PlainDate }
export type AwardFact = { id: number; fromDay: PlainDate; toDay: PlainDate; subsidy: Kopecks }
