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
  const isNextMonth = at.config.priceChange === 'next-month'
  const cut = isNextMonth ? [span] : cutAt(span, changes)
  // A second part that is not there yet, or no more, is none; a price per unit has no holes.
  const there = cut.filter(({ from }) => part === 'volume' || mine.some((one) => isOn(one, from)))
  const dayOf = ({ from }: Span) => (isNextMonth ? at.active.from : from)
  return join(there.map((piece) => ({ ...piece, tiers: tiersOn(at, mine, dayOf(piece)) })))
}

/** The price of the lowest zone on a day; it also carries the norm and the subscription. */
export function priceOn(at: Situation, day: PlainDate): TariffVersion {
  const all = at.rules.tariffs(at.agreement.serviceId)
  const mine = all.filter((one) => one.part === 'volume' && one.plan === 'standard')
  if (mine.length === 0)
    throw new CannotCharge('agreement-without-tariff', at.agreement.agreementId)
  const valid = mine.filter((one) => isOn(one, day))
  const zone = Math.min(...valid.map((one) => one.zone))
  const [lowest] = tiersOn(
    at,
    valid.filter((one) => one.zone === zone),
    day,
  )
  if (!lowest) throw new CannotCharge('tariff-gap', at.agreement.agreementId, { day })
  return lowest
}

/** Whether the service has on a day a price for a zone of its own. */
export function hasZone(at: Situation, zone: number, day: PlainDate): boolean {
  return at.rules
    .tariffs(at.agreement.serviceId)
    .some((one) => one.zone === zone && one.part === 'volume' && isOn(one, day))
}

function isOn({ fromDay, toDay }: TariffVersion, day: PlainDate): boolean {
  return fromDay <= day && (toDay === null || toDay > day)
}

function tiersOn(at: Situation, versions: readonly TariffVersion[], day: PlainDate) {
  const { agreementId } = at.agreement
  const valid = versions
    .filter((one) => isOn(one, day))
    .sort((a, b) => (a.aboveE8 < b.aboveE8 ? -1 : a.aboveE8 > b.aboveE8 ? 1 : 0))
  for (const [index, { aboveE8, priceE8 }] of valid.entries()) {
    if (valid[index + 1]?.aboveE8 === aboveE8)
      throw new CannotCharge('tariff-overlap', agreementId, { day })
    if (priceE8 < 0n) throw new CannotCharge('price-negative', agreementId, { day })
  }
  if (valid[0]?.aboveE8 !== 0n) throw new CannotCharge('tariff-gap', agreementId, { day })
  return valid
}

/** Two versions of one price are one price: their volume is not divided. */
function join(pieces: readonly Priced[]): Priced[] {
  const joined: Priced[] = []
  for (const piece of pieces) {
    const last = joined.at(-1)
    if (last?.end === piece.from && sameTiers(last.tiers, piece.tiers))
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
