import { type Context } from '../../context.ts'
import { readMeters } from '../../metering/read-meters.ts'
import { type Kopecks, kopecks } from '../../money.ts'
import { addDays, dayIn, type PlainDate } from '../../period.ts'
import { quantity, type Quantity, type Rate, wholeQuantity } from '../../quantity.ts'
import { readRulebook } from '../../tariffs/read-rulebook.ts'
import { type Charging } from '../../tariffs/rule-kinds.ts'
import { type Rulebook, type Scope, type TariffVersion } from '../../tariffs/rulebook.ts'
import { readGrants } from '../subsidy/read-grants.ts'

/** How a service is charged: by the norm where there is no meter; `provider` where its program decides. */
type ChargingBasis = Charging['base'] | 'norm' | 'provider'

/** A price in force. */
export type CurrentPrice = {
  /** 0 single, 1 day, 2 night, 3 peak, 4 semi-peak. */
  zone: number
  part: TariffVersion['part']
  /** Units of the month above which it counts. */
  above: Quantity
  price: Rate
  since: PlainDate
}

export type ChargedService = {
  agreementId: number
  serviceName: string
  unit: string
  basis: ChargingBasis
  /** Names of the services whose volumes it takes. */
  takenFrom: string[]
  /** Units per person and month. */
  norm: Quantity | null
  prices: CurrentPrice[]
  /** Kopecks a month; null when there is none. */
  subscription: Kopecks | null
  /** `verifiedUntil` is the last valid day; null when not known. */
  meters: { serial: string; place: string; verifiedUntil: PlainDate | null }[]
}

/** What an account is charged by today; nobody's names. Days of `until` are included. */
export type ChargingData = {
  household: {
    occupants: number
    /** Since when so many; null: always. */
    since: PlainDate | null
    totalArea: Quantity | null
    heatedArea: Quantity | null
  } | null
  isFullPrice: boolean
  services: ChargedService[]
  benefits: {
    category: string | null
    percent: Quantity | null
    persons: number | null
    until: PlainDate | null
  }[]
  subsidies: { since: PlainDate; until: PlainDate }[]
}

/**
 * What an account is charged by today: its size and persons, how each service is charged and at what
 * price, meters, benefits and subsidies, those that begin later too.
 * Null when there is no such account.
 */
export async function readChargingData(
  ctx: Context,
  accountId: number,
): Promise<ChargingData | null> {
  const account = await readAccount(ctx, accountId)
  if (!account) return null
  const today = dayIn(ctx.now(), ctx.zone)
  const rules = await readRulebook(ctx, { providerId: account.providerId, asOf: ctx.now() })
  const versions = await readHouseholds(ctx, accountId, today)
  const agreements = await readAgreements(ctx, accountId, today)
  const meters = await readMeters(ctx, [accountId])
  const asked = { ...account, today, rules }
  const isFullPrice = isFull(asked, versions.at(-1), agreements)
  const services = agreements.map((row) => {
    const own = meters.filter((meter) => meter.agreementId === row.agreementId)
    return serviceOf(asked, row, {
      isFullPrice,
      names: new Map(agreements.map(({ code, name }) => [code, name])),
      meters: own.map(({ place, serial, verifiedUntil }) => ({ serial, place, verifiedUntil })),
    })
  })
  return {
    household: householdOf(versions),
    isFullPrice,
    services,
    benefits: await readBenefits(ctx, asked, agreements),
    subsidies: await readSubsidies(ctx, accountId, today),
  }
}

type Account = {
  accountId: number
  providerId: number
  houseId: number
  /** Whole per cents the provider's program told. */
  benefitPercent: number | null
}
type Asked = Account & { today: PlainDate; rules: Rulebook }

function readAccount(ctx: Context, accountId: number): Promise<Account | null> {
  return ctx.sql.maybe<Account>`
    select a.id as "accountId", a.provider_id as "providerId", p.house_id as "houseId",
      a.benefit_percent as "benefitPercent"
    from account a join premise p on p.id = a.premise_id where a.id = ${accountId}`
}

type Household = {
  fromDay: PlainDate
  occupants: number
  totalArea: Quantity | null
  heatedArea: Quantity | null
  plan: TariffVersion['plan']
}

function readHouseholds(ctx: Context, accountId: number, today: PlainDate): Promise<Household[]> {
  return ctx.sql.many<Household>`
    select from_day as "fromDay", occupants, total_area_e8 as "totalArea",
      heated_area_e8 as "heatedArea", plan
    from household
    where account_id = ${accountId} and retired_at is null and from_day <= ${today}
    order by from_day`
}

/** The first version of an account: it has always been so. */
const ALWAYS = '1900-01-01'

/** The present household; a version may have changed the area only, so persons count from an earlier one. */
function householdOf(versions: readonly Household[]): ChargingData['household'] {
  const now = versions.at(-1)
  if (!now) return null
  const changed = versions.findLastIndex(({ occupants }) => occupants !== now.occupants)
  const { fromDay } = versions[changed + 1] ?? now
  const { heatedArea, occupants, totalArea } = now
  return { occupants, since: fromDay === ALWAYS ? null : fromDay, totalArea, heatedArea }
}

type Agreement = {
  agreementId: number
  serviceId: number
  code: string
  name: string
  unit: string
  /** How the provider's program found the latest volume. */
  method: string | null
}

function readAgreements(ctx: Context, accountId: number, today: PlainDate): Promise<Agreement[]> {
  return ctx.sql.many<Agreement>`
    select g.id as "agreementId", s.id as "serviceId", s.code, s.name, s.unit, c.method
    from agreement g
    join service s on s.id = g.service_id
    left join lateral (
      select method from charge where agreement_id = g.id and not reversed
      order by period desc limit 1) c on true
    where g.account_id = ${accountId} and (g.to_day is null or g.to_day > ${today})
    order by s.code`
}

function scopeOf({ accountId, houseId, providerId }: Account, serviceId: number): Scope {
  return { accountId, houseId, providerId, serviceId }
}

function isFull(
  asked: Asked,
  household: Household | undefined,
  [first]: readonly Agreement[],
): boolean {
  if (household?.plan === 'full') return true
  if (!household || household.occupants > 0 || !first) return false
  const rule = asked.rules.rule('full-price', '', scopeOf(asked, first.serviceId), asked.today)
  return rule?.value.whenNobodyRegistered === true
}

type Known = Pick<ChargedService, 'meters'> & {
  isFullPrice: boolean
  /** Names of the account's services by code. */
  names: ReadonlyMap<string, string>
}

function serviceOf(asked: Asked, row: Agreement, known: Known): ChargedService {
  const { rules, today } = asked
  const { agreementId, name, serviceId, unit } = row
  const { isFullPrice, meters, names } = known
  const charging = rules.rule('charging', '', scopeOf(asked, serviceId), today)?.value ?? null
  const inForce = rules
    .tariffs(serviceId)
    .filter(({ fromDay, toDay }) => fromDay <= today && (toDay === null || toDay > today))
    .sort(byPlace)
  const standard = inForce.filter(({ plan }) => plan === 'standard')
  const full = inForce.filter(({ plan }) => plan === 'full')
  const lowest = standard.find(({ part }) => part === 'volume')
  const charged = isFullPrice && full.length > 0 ? full : standard
  return {
    ...{ agreementId, serviceName: name, unit, meters },
    basis: basisOf(charging, row, meters.length > 0),
    takenFrom: (charging?.volumeOf ?? []).flatMap((code) => names.get(code) ?? []),
    norm: lowest?.normE8 == null ? null : quantity(lowest.normE8),
    prices: charged.map(({ aboveE8, fromDay, part, priceE8, zone }) => ({
      ...{ zone, part, above: quantity(aboveE8), price: priceE8, since: fromDay },
    })),
    subscription: lowest && lowest.subscription !== 0n ? kopecks(lowest.subscription) : null,
  }
}

/** Prices of volumes before fixed parts, by zone, the lowest tier first. */
function byPlace(a: TariffVersion, b: TariffVersion): number {
  if (a.part !== b.part) return a.part === 'volume' ? -1 : 1
  if (a.zone !== b.zone) return a.zone - b.zone
  return a.aboveE8 < b.aboveE8 ? -1 : a.aboveE8 > b.aboveE8 ? 1 : 0
}

/** What a provider's program says of a volume, as a basis. */
const IMPORTED: Readonly<Record<string, ChargingBasis>> = {
  meter: 'meter',
  average: 'meter',
  norm: 'norm',
  house: 'house-share',
  area: 'area',
  persons: 'persons',
}

function basisOf(
  charging: Charging | null,
  { method }: Agreement,
  hasMeter: boolean,
): ChargingBasis {
  if (!charging) return IMPORTED[method ?? ''] ?? 'provider'
  return charging.base === 'meter' && !hasMeter ? 'norm' : charging.base
}

async function readBenefits(
  ctx: Context,
  asked: Asked,
  agreements: readonly Agreement[],
): Promise<ChargingData['benefits']> {
  const { accountId, benefitPercent, rules, today } = asked
  const rows = await ctx.sql.many<{ category: string; persons: number; toDay: PlainDate | null }>`
    select category, persons, to_day as "toDay" from beneficiary
    where account_id = ${accountId} and retired_at is null
      and from_day <= ${today} and (to_day is null or to_day > ${today})
    order by id`
  const told = rows.map(({ category, persons, toDay }) => {
    const [rule] = agreements.flatMap(
      ({ serviceId }) => rules.rule('benefit', category, scopeOf(asked, serviceId), today) ?? [],
    )
    const until = toDay === null ? null : addDays(toDay, -1)
    return { category, percent: rule?.value.percent ?? null, persons, until }
  })
  if (told.length > 0 || benefitPercent === null || benefitPercent === 0) return told
  return [{ category: null, percent: wholeQuantity(benefitPercent), persons: null, until: null }]
}

/** Subsidies an office granted and those decided here, each term once. */
async function readSubsidies(
  ctx: Context,
  accountId: number,
  today: PlainDate,
): Promise<ChargingData['subsidies']> {
  const awards = await ctx.sql.many<{ fromDay: PlainDate; toDay: PlainDate }>`
    select distinct w.from_day as "fromDay", w.to_day as "toDay"
    from subsidy_award w
    join import_batch b on b.id = w.batch_id
    join agreement g on g.id = w.agreement_id
    where g.account_id = ${accountId} and b.state = 'applied' and w.subsidy > 0
      and w.to_day > ${today}
    order by 1, 2`
  const grants = await readGrants(ctx, { accountIds: [accountId], asOf: ctx.now() })
  return [...awards, ...grants.filter(({ toDay }) => toDay > today)].map(({ fromDay, toDay }) => ({
    since: fromDay,
    until: addDays(toDay, -1),
  }))
}
