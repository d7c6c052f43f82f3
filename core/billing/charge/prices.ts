import { type PlainDate } from '../../period.ts'
import { type TariffVersion } from '../../tariffs/rulebook.ts'
import { CannotCharge } from './lint.ts'
import { cutAt, type Span } from './month.ts'
import { type Situation } from './situation.ts'

type Plan = TariffVersion['plan']

/** A stretch of days with one price, or several by tiers: the lowest first. */
export type Priced = Span & { tiers: TariffVersion[] }

/**
 * The prices of a zone over some days: stretches of days with one price each, equal prices joined.
 * Throws CannotCharge `agreement-without-tariff`, `tariff-gap`, `tariff-overlap`.
 */
export function pricesOver(
  at: Situation,
  what: { zone: number; plan: Plan; part?: TariffVersion['part'] },
  span: Span = at.active,
): Priced[] {
  const { part = 'volume', plan, zone } = what
  const all = at.rules.tariffs(at.agreement.serviceId)
  const mine = all.filter((one) => one.part === part && one.plan === plan && one.zone === zone)
  if (mine.length === 0) {
    if (part === 'fixed') return []
    throw new CannotCharge('agreement-without-tariff', at.agreement.agreementId, { zone })
  }
  const changes = mine.flatMap(({ fromDay, toDay }) => (toDay ? [fromDay, toDay] : [fromDay]))
  const pieces = cutAt(span, changes).map(({ from, end }) => ({
    from,
    end,
    tiers: tiersOn(at, mine, from),
  }))
  return join(
    at.config.priceChange === 'next-month' ? pieces.slice(0, 1).map(stretchTo(span)) : pieces,
  )
}

/** The price of the lowest zone on a day; it also carries the norm and the subscription. */
export function priceOn(at: Situation, day: PlainDate): TariffVersion {
  const all = at.rules.tariffs(at.agreement.serviceId)
  const mine = all.filter((one) => one.part === 'volume' && one.plan === 'standard')
  const zones = mine.map((one) => one.zone)
  if (zones.length === 0)
    throw new CannotCharge('agreement-without-tariff', at.agreement.agreementId)
  const zone = Math.min(...zones)
  const [lowest] = tiersOn(
    at,
    mine.filter((one) => one.zone === zone),
    day,
  )
  if (!lowest) throw new CannotCharge('tariff-gap', at.agreement.agreementId, { day })
  return lowest
}

/** Whether the service has a price for a zone of its own. */
export function hasZone(at: Situation, zone: number): boolean {
  return at.rules
    .tariffs(at.agreement.serviceId)
    .some((one) => one.zone === zone && one.part === 'volume')
}

function tiersOn(at: Situation, versions: readonly TariffVersion[], day: PlainDate) {
  const { agreementId } = at.agreement
  const valid = versions
    .filter(({ fromDay, toDay }) => fromDay <= day && (toDay === null || toDay > day))
    .sort((a, b) => (a.aboveE8 < b.aboveE8 ? -1 : a.aboveE8 > b.aboveE8 ? 1 : 0))
  for (const [index, { aboveE8, priceE8 }] of valid.entries()) {
    if (valid[index + 1]?.aboveE8 === aboveE8)
      throw new CannotCharge('tariff-overlap', agreementId, { day })
    if (priceE8 < 0n) throw new CannotCharge('price-negative', agreementId, { day })
  }
  if (valid[0]?.aboveE8 !== 0n) throw new CannotCharge('tariff-gap', agreementId, { day })
  return valid
}

function stretchTo(span: Span) {
  return (piece: Priced): Priced => ({ ...piece, end: span.end })
}

/** Two versions of one price are one price: their volume is not divided. */
function join(pieces: readonly Priced[]): Priced[] {
  const joined: Priced[] = []
  for (const piece of pieces) {
    const last = joined.at(-1)
    if (last && sameTiers(last.tiers, piece.tiers))
      joined[joined.length - 1] = { ...last, end: piece.end }
    else joined.push(piece)
  }
  return joined
}

function sameTiers(a: readonly TariffVersion[], b: readonly TariffVersion[]): boolean {
  return (
    a.length === b.length &&
    a.every(
      (tier, index) => tier.priceE8 === b[index]?.priceE8 && tier.aboveE8 === b[index].aboveE8,
    )
  )
}
