import { chargeMonth } from '../../../../core/billing/charge/charge-month.ts'
import {
  type AccountFacts,
  type AgreementFacts,
  type BeneficiaryFact,
  type DialFact,
  type HouseholdFact,
  type ReadingFact,
} from '../../../../core/billing/charge/facts.ts'
import { type Line } from '../../../../core/billing/charge/line.ts'
import { addDays, type Period, periodOf, plainDate } from '../../../../core/period.ts'
import { parseDecimal, type Quantity, rate } from '../../../../core/quantity.ts'
import {
  Rulebook,
  type RuleVersion,
  type TariffVersion,
} from '../../../../core/tariffs/rulebook.ts'
import { type RuleKind } from '../../../../core/tariffs/rule-kinds.ts'

// Builders of facts: give what the test is about, the rest is an account of one person without areas.

const PROVIDER = 1
const HOUSE = 2
const ACCOUNT = 3

/** Units as people write them. */
export function units(text: string | number): Quantity {
  const value = parseDecimal(String(text))
  if (value === null) throw new RangeError(`${text} is not a number`)
  return value
}

export const day = plainDate

type Household = {
  id?: number
  from?: string
  occupants?: number
  area?: string
  heated?: string
  load?: string
  plan?: HouseholdFact['plan']
}

export function household(given: Household = {}): HouseholdFact {
  const { area, from = '1900-01-01', heated = area, id = 1, load, occupants = 1 } = given
  const size = (text: string | undefined) => (text === undefined ? null : units(text))
  return {
    ...{ id, fromDay: day(from), occupants, plan: given.plan ?? 'standard' },
    ...{ totalArea: size(area), heatedArea: size(heated), load: size(load) },
  }
}

/** A reading `20260901 = 1561` of a month: `[202608, '2026-09-01', 1561]`; flags by name. */
export type Read = [
  period: number,
  takenOn: string,
  value: string | number,
  flags?: { rolledOver?: boolean; counted?: boolean },
]

type Dial = {
  id?: number
  zone?: number
  digits?: number
  initial?: string
  installed?: string
  removed?: string
  /** Last days it is valid through, or ranges. */
  verified?: [from: string | null, until: string][]
  readings?: Read[]
}

export function dial(given: Dial = {}): DialFact {
  const { digits = 5, id = 1, initial = '0', installed, readings = [], removed, verified } = given
  return {
    ...{ registerId: id, meterId: id, zone: given.zone ?? 0, digits, initial: units(initial) },
    installedOn: installed === undefined ? null : day(installed),
    removedOn: removed === undefined ? null : day(removed),
    verified:
      verified?.map(([from, until]) => ({
        from: from === null ? null : day(from),
        until: day(until),
      })) ?? null,
    readings: readings.map((one, index) => reading(id * 1000 + index, one)),
  }
}

function reading(id: number, [month, takenOn, value, flags = {}]: Read): ReadingFact {
  const { counted = true, rolledOver = false } = flags
  return {
    ...{ id: BigInt(id), period: month as Period, takenOn: day(takenOn), value: units(value) },
    ...{ rolledOver, counted },
  }
}

/** Readings at the end of months, each taken on the first day of the next one. */
export function monthly(first: number, ...values: (number | string)[]): Read[] {
  let at = day(`${String(first).slice(0, 4)}-${String(first).slice(4)}-01`)
  return values.map((value) => {
    const month = periodOf(at)
    at = addDays(at, 31)
    at = day(`${at.slice(0, 7)}-01`)
    return [month, at, value]
  })
}

type Agreement = Partial<
  Pick<AgreementFacts, 'dials' | 'extras' | 'defects' | 'awards' | 'agreementId' | 'serviceId'>
> & {
  code?: string
  from?: string
  to?: string
  /** Volumes found elsewhere: month → units. */
  volumes?: Record<number, string>
  /** What the house meter measured and the heated area of the house. */
  house?: Record<number, [volume: string, area: string]>
}

export function agreement(given: Agreement = {}): AgreementFacts {
  const {
    agreementId = 10,
    code = '11',
    from,
    house = {},
    serviceId = 100,
    to,
    volumes = {},
  } = given
  const { awards = [], defects = [], dials = [], extras = [] } = given
  return {
    ...{ agreementId, serviceId, serviceCode: code, dials, extras, defects, awards },
    fromDay: from === undefined ? null : day(from),
    toDay: to === undefined ? null : day(to),
    volumes: new Map(
      Object.entries(volumes).map(([month, text], index) => [
        Number(month) as Period,
        { id: index + 1, volume: units(text) },
      ]),
    ),
    houseVolumes: new Map(
      Object.entries(house).map(([month, [volume, area]], index) => [
        Number(month) as Period,
        { id: index + 1, volume: units(volume), area: units(area) },
      ]),
    ),
  }
}

export function account(
  given: Partial<Omit<AccountFacts, 'agreements'>> & {
    agreements?: readonly AgreementFacts[]
  } = {},
): AccountFacts {
  return {
    ...{ accountId: ACCOUNT, providerId: PROVIDER, houseId: HOUSE, households: [household()] },
    ...{ beneficiaries: [], absences: [], subsidyCases: [], agreements: [agreement()] },
    ...given,
  }
}

export function beneficiary(given: Partial<BeneficiaryFact> = {}): BeneficiaryFact {
  return {
    id: 1,
    category: 'veteran',
    persons: 1,
    fromDay: day('2020-01-01'),
    toDay: null,
    ...given,
  }
}

type Price = Partial<Pick<TariffVersion, 'id' | 'serviceId' | 'zone' | 'part' | 'plan'>> & {
  from?: string
  to?: string
  above?: string
  norm?: string
  /** Kopecks a month. */
  subscription?: number
}

let made = 0

export function tariff(price: string, given: Price = {}): TariffVersion {
  made += 1
  const { above = '0', from = '2020-01-01', id = made, norm, subscription = 0, to } = given
  const { part = 'volume', plan = 'standard', serviceId = 100, zone = 0 } = given
  return {
    ...{ id, serviceId, zone, part, plan, aboveE8: units(above), fromDay: day(from) },
    toDay: to === undefined ? null : day(to),
    priceE8: rate(units(price)),
    subscription: BigInt(subscription),
    normE8: norm === undefined ? null : units(norm),
  }
}

type RuleScope = Partial<Pick<RuleVersion, 'key' | 'serviceId' | 'houseId' | 'accountId'>> & {
  from?: string
  to?: string
}

export function rule(kind: RuleKind, value: object, given: RuleScope = {}): RuleVersion {
  made += 1
  const { accountId = null, from = '1900-01-01', houseId = null, key = '', to } = given
  return {
    ...{ id: made, kind, key, providerId: null, serviceId: given.serviceId ?? null },
    ...{ houseId, accountId, fromDay: day(from), toDay: to === undefined ? null : day(to), value },
  }
}

/** How the service is charged. */
export function charging(value: object, serviceId = 100): RuleVersion {
  return rule('charging', value, { serviceId })
}

export type Known = {
  account: AccountFacts
  tariffs: readonly TariffVersion[]
  rules: readonly RuleVersion[]
  /** First month charged here. */
  chargedFrom?: number
}

/** The lines of a month, of every agreement in order. */
export function chargeLines(known: Known, month: number): Line[] {
  const { account: of, chargedFrom = 202001, rules, tariffs } = known
  const given = { rules: new Rulebook(tariffs, rules), chargedFrom: chargedFrom as Period }
  return [...chargeMonth(of, month as Period, given).values()].flat()
}
