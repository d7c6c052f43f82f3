import { type ExplainedLine } from '../../core/billing/explain/explain-month.ts'
import { amount, day, type Line, type Param, say, words } from '../../core/outbox/message.ts'
import { quantity, type Quantity, wholeQuantity } from '../../core/quantity.ts'
import { type DialPair, dialPairs, inputsOf } from './charge-inputs.ts'

/** Dials of one line that are told apart; more are only added up. */
const DIALS_MAX = 3
/** Norm × persons is rounded where a volume is: less than a per cent apart is the same. */
const SAME_WITHIN = 100n

/** How a line's volume was found, in words; a further row for each dial when there are several. */
export function volumeLines(line: ExplainedLine, volume: Quantity, unit: string): Line[] {
  const told = { zone: words(`charge:zone.${line.zone}`), volume: amount(volume), unit }
  switch (line.method) {
    case 'meter':
      return byMeter(line, volume, told)
    case 'average':
      return [byAverage(line, told)]
    case 'norm':
      return [byNorm(line, volume, told)]
    case 'house':
      return [byHouse(line, told)]
    case 'area':
      return [say('charge:by-area', told)]
    case 'persons':
      return [say('charge:by-persons', told)]
    case 'fixed':
      return [say(volume === wholeQuantity(1) ? 'charge:by-account' : 'charge:by-fixed', told)]
    case 'extra':
      return [say('charge:by-extra', told)]
    case 'none':
      return [say('charge:by-provider', told)]
  }
}

type Told = Record<'zone' | 'volume' | 'unit', Param>

function byMeter(line: ExplainedLine, volume: Quantity, told: Told): Line[] {
  const pairs = dialPairs(line)
  const [only, second] = pairs
  if (!only) return [say('charge:by-meter', told)]
  const used = quantity(pairs.reduce((all, pair) => all + pair.used, 0n))
  const whole = amount(used)
  // A price that changed, or months without a reading: only a part of what the dials measured.
  const isPart = used !== volume
  if (!second) {
    const read = { ...told, ...dial(only) }
    return [isPart ? say('charge:by-dial-part', { ...read, whole }) : say('charge:by-dial', read)]
  }
  return [
    isPart ? say('charge:by-dials-part', { ...told, whole }) : say('charge:by-dials', told),
    ...pairs.slice(0, DIALS_MAX).map((pair) => say('charge:dial', dial(pair))),
  ]
}

function dial({ from, to, toOn }: DialPair) {
  return { from: amount(from), to: amount(to), day: day(toOn) }
}

function byAverage(line: ExplainedLine, told: Told): Line {
  const [only, second] = dialPairs(line)
  if (!only?.fromOn || second) return say('charge:by-average', told)
  return say('charge:by-average-of', { ...told, from: day(only.fromOn), to: day(only.toOn) })
}

function byNorm(line: ExplainedLine, volume: Quantity, told: Told): Line {
  const [norm, another] = inputsOf(line, 'norm')
  const [persons, others] = inputsOf(line, 'household')
  if (norm === undefined || persons === undefined || another !== undefined || others !== undefined)
    return say('charge:by-norm', told)
  const whole = quantity((norm * persons) / wholeQuantity(1))
  const read = { ...told, norm: amount(norm), persons: amount(persons) }
  if ((whole - volume) * SAME_WITHIN <= whole) return say('charge:by-norm-of', read)
  return say('charge:by-norm-part', { ...read, whole: amount(whole) })
}

function byHouse(line: ExplainedLine, told: Told): Line {
  const [house, area] = inputsOf(line, 'house-volume')
  const [own, others] = inputsOf(line, 'household')
  if (house === undefined || area === undefined || own === undefined || others !== undefined)
    return say('charge:by-house', told)
  return say('charge:by-house-of', {
    ...told,
    house: amount(house),
    area: amount(area),
    own: amount(own),
  })
}
