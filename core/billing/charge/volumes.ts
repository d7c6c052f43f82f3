import { addDays, type Period, type PlainDate } from '../../period.ts'
import { dialVolume, isLive, validDays, volumeUntil } from './dial-volume.ts'
import { type DialFact, type HouseholdFact } from './facts.ts'
import { literal, over, plus, round, sumOf, type Term, times, whole } from './formula.ts'
import { CannotCharge } from './lint.ts'
import { type Method } from './method.ts'
import { daysOf, type Span } from './month.ts'
import { averageOf, hasNorm, normVolume, personsOf } from './norm.ts'
import { priceOn } from './prices.ts'
import { type Situation, stretchesOf } from './situation.ts'

/** A volume of a month found one way, in units. */
export type VolumePart = {
  /** 0 single; 1 day, 2 night, 3 peak, 4 semi-peak. */
  zone: number
  method: Method
  volume: Term
  /** The days it is for, when not all active ones. */
  span: Span
  /** Volume up to a day its meter was read on; null when it was not. */
  until: (day: PlainDate) => Term | null
}

/** Volumes of the account's other services in the same month, by service code. */
export type OtherVolumes = ReadonlyMap<string, readonly VolumePart[]>

const HOUSE_DECIMALS = 8

/**
 * What an agreement is charged by in a month. An empty list: nothing was delivered.
 * Throws CannotCharge: `norm-missing`, `area-missing`, `volume-missing`, `volume-source-missing`,
 * `volume-negative`.
 */
export function volumesOf(at: Situation, others: OtherVolumes): VolumePart[] {
  switch (at.config.base) {
    case 'meter':
      return metered(at)
    case 'volume-of':
      return takenFrom(at, others)
    case 'house-share':
      return shared(at)
    case 'area':
      return [part(at, 'area', averageOf(at, sized(at, 'totalArea')))]
    case 'heated-area':
      return [part(at, 'area', averageOf(at, sized(at, 'heatedArea')))]
    case 'persons':
      return [part(at, 'persons', personsOf(at))]
    case 'account':
      return [part(at, 'fixed', averageOf(at, [{ days: daysOf(at.active), value: whole(1) }]))]
    case 'extras':
      return []
  }
}

/** Square metres (or another size of the household) of each stretch of the active days. */
export function sized(at: Situation, size: 'totalArea' | 'heatedArea' | 'load') {
  return stretchesOf(at).map(({ end, from, household }) => ({
    days: daysOf({ from, end }),
    value: sizeOf(at, household, size),
  }))
}

function sizeOf(
  at: Situation,
  household: HouseholdFact,
  size: 'totalArea' | 'heatedArea' | 'load',
): Term {
  const value = household[size]
  if (value !== null) return literal(value, `household:${household.id}`)
  throw new CannotCharge(
    size === 'load' ? 'load-missing' : 'area-missing',
    at.agreement.agreementId,
  )
}

function part(at: Situation, method: Method, volume: Term, more: Partial<VolumePart> = {}) {
  return { zone: 0, method, volume, span: at.active, until: () => null, ...more }
}

function metered(at: Situation): VolumePart[] {
  const dials = at.agreement.dials.filter((dial) => isLive(dial, at.month))
  const valid = commonDays(at, dials)
  const byNorm = () => part(at, 'norm', normVolume(at), { zone: priceOn(at, at.active.from).zone })
  if (dials.length === 0 || valid === 0) return [byNorm()]
  const measured = dials.map((dial) => measure(at, dial, valid))
  // One dial that is left to the norm leaves the whole household to it: the norm is of persons, not of dials.
  if (measured.some((one) => one === null)) return [byNorm()]
  const zones = [...new Set(dials.map((dial) => dial.zone))].sort((a, b) => a - b)
  const parts = zones.map((zone) =>
    ofZone(
      at,
      zone,
      measured.filter((one) => one !== null),
    ),
  )
  const rest = restByNorm(at, valid)
  return rest ? [...parts, rest] : parts
}

/** Days of the month on which every dial that hangs is verified; those days come first. */
function commonDays(at: Situation, dials: readonly DialFact[]): number {
  const running = dials.filter((dial) => dial.removedOn === null || dial.removedOn >= at.month.end)
  const counted = running.length > 0 ? running : dials
  const missing = counted.map((dial) => liveDays(at, dial) - validDays(dial, at.month, at.config))
  return at.month.days - Math.max(0, ...missing)
}

function liveDays(at: Situation, dial: DialFact): number {
  return validDays({ ...dial, verified: null }, at.month, at.config)
}

type Measured = { dial: DialFact; volume: Term; method: 'meter' | 'average' }

function measure(at: Situation, dial: DialFact, commonValid: number): Measured | null {
  const found = dialVolume(dial, at.month, at.config, at.chargedFrom as Period)
  if (!found) return null
  const own = validDays(dial, at.month, at.config)
  // A dial that is valid longer than another one is charged by for the days of the other only.
  const isCut = commonValid < at.month.days && own > commonValid
  const volume = isCut
    ? round(
        over(times(found.volume, whole(commonValid, 'days')), whole(own, 'days')),
        at.config.decimals,
      )
    : found.volume
  return { dial, volume, method: found.method }
}

function ofZone(at: Situation, zone: number, all: readonly Measured[]): VolumePart {
  const mine = all.filter(({ dial }) => dial.zone === zone)
  const volume = sumOf(mine.map((one) => one.volume))
  if (volume.numerator < 0n)
    throw new CannotCharge('volume-negative', at.agreement.agreementId, { zone })
  const method = mine.some((one) => one.method === 'average') ? 'average' : 'meter'
  const until = (day: PlainDate) => {
    const volumes = mine.map(({ dial }) => volumeUntil(dial, at.month, day))
    return volumes.includes(null) ? null : sumOf(volumes.filter((term) => term !== null))
  }
  return part(at, method, volume, { zone, until })
}

function restByNorm(at: Situation, valid: number): VolumePart | null {
  const from = addDays(at.month.first, valid)
  const span = { from: from > at.active.from ? from : at.active.from, end: at.active.end }
  if (span.from >= span.end) return null
  const { zone } = priceOn(at, span.from)
  return part(at, 'norm', normVolume(at, span), { zone, span })
}

function takenFrom(at: Situation, others: OtherVolumes): VolumePart[] {
  const codes = at.config.volumeOf ?? []
  const sources = codes.flatMap((code) => others.get(code) ?? [])
  if (sources.length === 0) {
    if (hasNorm(at)) return [part(at, 'norm', normVolume(at))]
    throw new CannotCharge('volume-source-missing', at.agreement.agreementId, {
      services: codes.join(','),
    })
  }
  const measured = sources.filter((source) => source.method !== 'norm')
  const byNorm = sources.filter((source) => source.method === 'norm')
  const parts: VolumePart[] = []
  if (measured.length > 0) {
    const method = measured.some((source) => source.method === 'average') ? 'average' : 'meter'
    parts.push(part(at, method, sumOf(measured.map((source) => source.volume))))
  }
  const [norm] = byNorm
  if (norm && hasNorm(at))
    parts.push(part(at, 'norm', normVolume(at, norm.span), { span: norm.span }))
  else if (norm) parts.push(part(at, 'norm', sumOf(byNorm.map((source) => source.volume))))
  return parts
}

function shared(at: Situation): VolumePart[] {
  const { agreement, config, month } = at
  const own = agreement.volumes.get(month.period)
  if (own) return [part(at, 'house', literal(own.volume, `volume:${own.id}`))]
  const house = agreement.houseVolumes.get(month.period)
  if (house) {
    const source = `house-volume:${house.id}`
    const share = over(literal(house.volume, source), literal(house.area, source))
    const area = averageOf(at, sized(at, 'heatedArea'))
    return [part(at, 'house', round(times(share, area), HOUSE_DECIMALS))]
  }
  if (config.season && !isInSeason(month.first, config.season)) return []
  throw new CannotCharge('volume-missing', agreement.agreementId, { period: month.period })
}

function isInSeason(day: PlainDate, { from, to }: { from: string; to: string }): boolean {
  const monthEnd = day.slice(5, 7)
  // A month that has at least one day of the season is in it.
  const starts = from.slice(0, 2)
  const ends = to.slice(0, 2)
  return starts <= ends
    ? monthEnd >= starts && monthEnd <= ends
    : monthEnd >= starts || monthEnd <= ends
}

/** Adds up volumes of the same zone. */
export function totalVolume(parts: readonly VolumePart[]): Term {
  return parts.map(({ volume }) => volume).reduce(plus, whole(0))
}
