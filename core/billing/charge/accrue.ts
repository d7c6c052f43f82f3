import { kopecks } from '../../money.ts'
import { type PlainDate } from '../../period.ts'
import { rate } from '../../quantity.ts'
import { type TariffVersion } from '../../tariffs/rulebook.ts'
import {
  compare,
  greater,
  isZero,
  lesser,
  literal,
  minus,
  money,
  over,
  round,
  spread,
  type Term,
  times,
  toQuantity,
  whole,
} from './formula.ts'
import { type Line, lineOf } from './line.ts'
import { CannotCharge } from './lint.ts'
import { type Method } from './method.ts'
import { daysOf, type Span } from './month.ts'
import { averageOf, personsOf } from './norm.ts'
import { hasZone, type Priced, priceOn, pricesOver } from './prices.ts'
import { householdOn, type Situation } from './situation.ts'
import { type OtherVolumes, sized, totalVolume, type VolumePart, volumesOf } from './volumes.ts'

const KOPECK_DECIMALS = 2
/** Sizes of a household: their share of a price's days is exact, so nothing is divided. */
const SIZES: ReadonlySet<Method> = new Set<Method>(['area', 'persons', 'fixed'])

/** The accrual and subscription lines of an agreement's month, from its volumes. */
export function accrue(at: Situation, parts: readonly VolumePart[], others: OtherVolumes): Line[] {
  return [
    ...shares(at, parts, others).flatMap((share) => priced(at, share)),
    ...fixedPart(at),
    ...extras(at),
    ...subscription(at),
  ]
}

function priced(at: Situation, { part, plan, volume }: Share): Line[] {
  const { coefficient, zone } = zonePrice(at, part)
  const stretches = pricesOver(at, { zone, plan }, part.span)
  const volumes = divide(at, { ...part, volume }, stretches)
  return stretches.flatMap((stretch, index) =>
    byTiers(at, stretch, volumes[index] ?? whole(0)).map(({ tier, volume: used }) => {
      const price = literal(tier.priceE8, `tariff:${tier.id}`)
      const product = times(used, coefficient ? times(price, coefficient) : price)
      return lineOf('accrual', round(product, KOPECK_DECIMALS), {
        method: part.method,
        isFullPrice: plan === 'full',
        zone: part.zone,
        volume: toQuantity(used),
        price: coefficient ? rate(toQuantity(times(price, coefficient))) : tier.priceE8,
      })
    }),
  )
}

/** Some of a part's volume at one of the two prices. */
type Share = { part: VolumePart; plan: TariffVersion['plan']; volume: Term }

/** Which of the volumes are at the standard price: all, or up to the household's limit, earlier parts first. */
function shares(at: Situation, parts: readonly VolumePart[], others: OtherVolumes): Share[] {
  let limit = limitOf(at, others)
  return parts.flatMap((part): Share[] => {
    if (isFullPriced(at, part.span.from)) return [{ part, plan: 'full', volume: part.volume }]
    if (!limit) return [{ part, plan: 'standard', volume: part.volume }]
    const left = limit
    limit = greater(minus(left, part.volume), whole(0))
    if (compare(part.volume, left) <= 0) return [{ part, plan: 'standard', volume: part.volume }]
    const above: Share = { part, plan: 'full', volume: minus(part.volume, left) }
    if (isZero(left)) return [above]
    return [{ part, plan: 'standard', volume: lesser(part.volume, left) }, above]
  })
}

function isFullPriced(at: Situation, day: PlainDate): boolean {
  const household = householdOn(at, day)
  const nobody = at.rules.rule('full-price', '', at.scope, day)
  return (
    household.plan === 'full' ||
    (household.occupants === 0 && nobody?.value.whenNobodyRegistered === true)
  )
}

/** Units of the month at the standard price, what other services used of them taken off; null: all. */
function limitOf(at: Situation, others: OtherVolumes): Term | null {
  const rule = at.rules.rule('limit', '', at.scope, at.active.from)
  if (!rule) return null
  const perDay = literal(rule.value.perPersonPerDay, `rule:${rule.id}`)
  const all = times(times(perDay, whole(at.month.days, 'days')), personsOf(at))
  const earlier = (rule.value.after ?? []).flatMap((code) => others.get(code) ?? [])
  return earlier.length === 0 ? all : greater(minus(all, totalVolume(earlier)), whole(0))
}

/** A zone without a price of its own is a multiple of the single price. */
function zonePrice(at: Situation, { zone, span }: VolumePart) {
  if (zone === 0 || hasZone(at, zone, span.from)) {
    const hasSingle = zone !== 0 || hasZone(at, 0, span.from)
    return { zone: hasSingle ? zone : priceOn(at, span.from).zone, coefficient: null }
  }
  const rule = at.rules.rule('zone-coefficient', String(zone), at.scope, span.from)
  if (!rule) throw new CannotCharge('agreement-without-tariff', at.agreement.agreementId, { zone })
  return { zone: 0, coefficient: literal(rule.value.coefficient, `rule:${rule.id}`) }
}

/** The volume of each stretch of prices: by readings of the days between, else by days. */
function divide(at: Situation, part: VolumePart, stretches: readonly Priced[]): Term[] {
  if (stretches.length === 1) return [part.volume]
  if (SIZES.has(part.method))
    return stretches.map(({ from, end }) => {
      const [share] = volumesOf({ ...at, active: { from, end } }, new Map())
      return share?.volume ?? whole(0)
    })
  if (at.config.priceChange === 'by-reading') {
    const read = byReadings(part, stretches)
    if (read) return read
  }
  return spread(part.volume, stretches.map(daysOf), at.config.decimals)
}

function byReadings(part: VolumePart, stretches: readonly Span[]): Term[] | null {
  const reached = stretches.slice(0, -1).map(({ end }) => part.until(end))
  const volumes: Term[] = []
  let before: Term | null = null
  for (const until of [...reached, part.volume]) {
    if (!until) return null
    volumes.push(before ? minus(until, before) : until)
    before = until
  }
  return volumes
}

/** Tiers count for the month: in a part of it, for as much less. */
function byTiers(at: Situation, { end, from, tiers }: Priced, volume: Term) {
  const days = daysOf({ from, end })
  const thresholds = tiers.map((tier) => {
    const above = literal(tier.aboveE8, `tariff:${tier.id}`)
    if (tier.aboveE8 === 0n || days === at.month.days) return above
    return over(times(above, whole(days, 'days')), whole(at.month.days, 'days'))
  })
  return tiers.flatMap((tier, index) => {
    const floor = thresholds[index] ?? whole(0)
    const ceiling = thresholds[index + 1]
    if (index > 0 && compare(volume, floor) <= 0) return []
    const top = ceiling && compare(volume, ceiling) > 0 ? ceiling : volume
    return [{ tier, volume: tier.aboveE8 === 0n ? top : minus(top, floor) }]
  })
}

/** The second part of a two-part tariff, every month. */
function fixedPart(at: Situation): Line[] {
  const plan = isFullPriced(at, at.active.from) ? 'full' : 'standard'
  const stretches = pricesOver(at, { zone: 0, plan, part: 'fixed' })
  return stretches.flatMap(({ end, from, tiers }) => {
    const [tier] = tiers
    if (!tier) return []
    const base = fixedBase({ ...at, active: { from, end } })
    const price = literal(tier.priceE8, `tariff:${tier.id}`)
    return [
      lineOf('accrual', round(times(base, price), KOPECK_DECIMALS), {
        method: 'fixed',
        isFullPrice: plan === 'full',
        volume: toQuantity(base),
        price: tier.priceE8,
      }),
    ]
  })
}

function fixedBase(at: Situation): Term {
  switch (at.config.fixedBase ?? 'account') {
    case 'account':
      return averageOf(at, [{ days: daysOf(at.active), value: whole(1) }])
    case 'area':
      return averageOf(at, sized(at, 'totalArea'))
    case 'heated-area':
      return averageOf(at, sized(at, 'heatedArea'))
    case 'load':
      return averageOf(at, sized(at, 'load'))
  }
}

/** Paid extras outside the tariff, each a line in the month of its day. */
function extras(at: Situation): Line[] {
  const { end, first } = at.month
  return at.agreement.extras
    .filter(({ day }) => day >= first && day < end)
    .map(({ id, price, quantity }) => {
      const product = times(literal(quantity, `extra:${id}`), literal(price, `extra:${id}`))
      const more = { method: 'extra', volume: quantity, price } as const
      return lineOf('accrual', round(product, KOPECK_DECIMALS), more)
    })
}

function subscription(at: Situation): Line[] {
  if (at.config.base === 'extras') return []
  const tariff = priceOn(at, at.active.from)
  if (tariff.subscription === 0n) return []
  const monthly = money(kopecks(tariff.subscription), `subscription:${tariff.id}`)
  const days = daysOf(at.active)
  if (at.config.subscription === 'full-month' || days === at.month.days)
    return [lineOf('subscription', monthly)]
  const share = over(times(monthly, whole(days, 'days')), whole(at.month.days, 'days'))
  return [lineOf('subscription', round(share, KOPECK_DECIMALS))]
}
