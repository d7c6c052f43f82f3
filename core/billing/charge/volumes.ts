import { type Period, type PlainDate } from '../../period.ts'
import { changesOf, dialVolume, hangsOn, isVerifiedOn, volumeUntil } from './dial-volume.ts'
import { type DialFact, type HouseholdFact } from './facts.ts'
import { literal, over, plus, round, sumOf, type Term, times, whole } from './formula.ts'
import { CannotCharge } from './lint.ts'
import { type Method } from './method.ts'
import { cutAt, daysOf, type Span } from './month.ts'
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
  const dials = at.agreement.dials.map((dial) => whileRunning(at, dial))
  const pieces = piecesOf(at, dials)
  const first = pieces.find((piece) => piece.isMeasured)
  const last = pieces.findLast((piece) => piece.isMeasured)
  const byNorm = (span = at.active) => {
    const { zone } = priceOn(at, span.from)
    return part(at, 'norm', normVolume(at, span), { zone, span })
  }
  if (!first || !last) return [byNorm()]
  const measured = dials.flatMap((dial) => measure(at, dial, pieces))
  // One dial that is left to the norm leaves the whole household to it: the norm is of persons, not of dials.
  if (measured.some((one) => one === null)) return [byNorm()]
  const known = measured.filter((one) => one !== null)
  const zones = [...new Set(known.map(({ dial }) => dial.zone))].sort((a, b) => a - b)
  const span = { from: first.from, end: last.end }
  const left = pieces.filter((piece) => !piece.isMeasured)
  return [...zones.map((zone) => ofZone(at, zone, known, span)), ...left.map(byNorm)]
}

/** The dial as long as the agreement runs. */
function whileRunning({ agreement: { fromDay, toDay } }: Situation, dial: DialFact): DialFact {
  const { installedOn, removedOn } = dial
  const isLater = fromDay !== null && (installedOn === null || installedOn < fromDay)
  const isEarlier = toDay !== null && (removedOn === null || removedOn > toDay)
  if (!isLater && !isEarlier) return dial
  return {
    ...dial,
    installedOn: isLater ? fromDay : installedOn,
    removedOn: isEarlier ? toDay : removedOn,
  }
}

/** Days on which every dial that hangs is verified are measured; on the others, persons use the norm. */
type Piece = Span & { isMeasured: boolean }

function piecesOf(at: Situation, dials: readonly DialFact[]): Piece[] {
  const pieces: Piece[] = []
  let isExpired = false
  for (const { end, from } of cutAt(at.active, dials.flatMap(changesOf))) {
    const hanging = dials.filter((dial) => hangsOn(dial, from))
    const isValid = hanging.every((dial) => isVerifiedOn(dial, from))
    isExpired ||= !isValid
    const isMeasured = hanging.length > 0 && isValid
    const last = pieces.at(-1)
    if (last?.isMeasured === isMeasured) last.end = end
    else pieces.push({ from, end, isMeasured })
  }
  if (!isExpired || at.config.expired === 'by-days') return pieces
  return [{ ...at.active, isMeasured: false }]
}

type Measured = { dial: DialFact; volume: Term; method: 'meter' | 'average' }

/** Nothing for a dial with no day to be charged by; null for one that is left to the norm. */
function measure(at: Situation, dial: DialFact, pieces: readonly Piece[]): (Measured | null)[] {
  const valid = cutAt(at.active, [...changesOf(dial), ...pieces.map((piece) => piece.from)]).filter(
    ({ from }) => hangsOn(dial, from) && isVerifiedOn(dial, from),
  )
  const counted = valid.filter(({ from }) =>
    pieces.some((piece) => piece.isMeasured && piece.from <= from && from < piece.end),
  )
  if (counted.length === 0) return []
  const found = dialVolume(dial, at.month, at.config, at.chargedFrom as Period)
  if (!found) return [null]
  const [own, common] = [valid, counted].map((spans) =>
    spans.reduce((days, span) => days + daysOf(span), 0),
  ) as [number, number]
  if (common === own) return [{ dial, ...found }]
  // A dial that is valid longer than another one is charged by for the days of the other only.
  const share = over(times(found.volume, whole(common, 'days')), whole(own, 'days'))
  return [{ dial, volume: round(share, at.config.decimals), method: found.method }]
}

function ofZone(at: Situation, zone: number, all: readonly Measured[], span: Span): VolumePart {
  const mine = all.filter(({ dial }) => dial.zone === zone)
  const volume = sumOf(mine.map((one) => one.volume))
  if (volume.numerator < 0n)
    throw new CannotCharge('volume-negative', at.agreement.agreementId, { zone })
  const method = mine.some((one) => one.method === 'average') ? 'average' : 'meter'
  const until = (day: PlainDate) => {
    const chargedFrom = at.chargedFrom as Period
    const volumes = mine.map(({ dial }) => volumeUntil(dial, at.month, { day, chargedFrom }))
    return volumes.includes(null) ? null : sumOf(volumes.filter((term) => term !== null))
  }
  return part(at, method, volume, { zone, span, until })
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
  if (byNorm.length === 0) return parts
  // Its own norm is of all its sources together: it stands for them where none is measured.
  const known = codes.filter((code) => (others.get(code) ?? []).length > 0)
  if (!hasNorm(at) || (measured.length > 0 && known.length > 1))
    return [...parts, part(at, 'norm', sumOf(byNorm.map((source) => source.volume)))]
  if (measured.length === 0) return [part(at, 'norm', normVolume(at))]
  return [...parts, ...byNorm.map(({ span }) => part(at, 'norm', normVolume(at, span), { span }))]
}

function shared(at: Situation): VolumePart[] {
  const { agreement, config, month } = at
  const own = agreement.volumes.get(month.period)
  const given = own ?? agreement.houseVolumes.get(month.period)
  if (given && given.volume < 0n)
    throw new CannotCharge('volume-negative', agreement.agreementId, { period: month.period })
  if (own) return [part(at, 'house', literal(own.volume, `volume:${own.id}`))]
  const house = agreement.houseVolumes.get(month.period)
  if (house) {
    if (house.area <= 0n) throw new CannotCharge('area-missing', agreement.agreementId)
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
