import { type Quantity, quantity, wholeQuantity } from '../quantity.ts'
import { dialEnd, fitsDial } from './dial.ts'

/** What is known when a value is judged; volumes in 10⁻⁸ units. */
export type Knowledge = {
  /** Integer digits of the dial. */
  digits: number
  previous: Quantity
  /** Months since the previous value, at least 1. */
  months: number
  /** Average volume of a month over real readings; null without history. */
  average: Quantity | null
  /** Norm of the whole household for a month; null when the service has none. */
  norm: Quantity | null
}

/**
 * `plausible`, or `unusual` (more than `limit`), or `rollover` (past the dial's zero, volume within
 * the limit); `below` when it is less than the previous value and a rollover is not likely.
 * `volume` is what would be charged, never negative.
 */
export type Judgement =
  | { verdict: 'plausible' | 'unusual' | 'rollover'; volume: Quantity; limit: Quantity }
  | { verdict: 'below' }
  | { verdict: 'too-many-digits' }

/** Times the usual month that still looks true. */
const USUAL_TIMES = 3n
/** Units for a meter with neither history nor norm. */
const LIMIT_WITHOUT_HISTORY = wholeQuantity(100)

/**
 * Judges a value before it is accepted. Zero consumption is plausible. Nothing here refuses a true
 * value: an unusual one is confirmed by the person and marked for staff.
 * Limit = max(3 × average month, 3 × norm) × months since the previous value.
 */
export function judgeReading(value: Quantity, known: Knowledge): Judgement {
  if (!fitsDial(value, known.digits)) return { verdict: 'too-many-digits' }
  const limit = usualLimit(known)
  if (value >= known.previous) {
    const volume = quantity(value - known.previous)
    return { verdict: volume > limit ? 'unusual' : 'plausible', volume, limit }
  }
  const volume = quantity(dialEnd(known.digits) + value - known.previous)
  return volume <= limit ? { verdict: 'rollover', volume, limit } : { verdict: 'below' }
}

function usualLimit({ average, months, norm }: Knowledge): Quantity {
  const usual = [average, norm].filter((volume) => volume !== null && volume > 0n)
  if (usual.length === 0) return quantity(LIMIT_WITHOUT_HISTORY * BigInt(months))
  const most = usual.reduce<bigint>((a, b) => (b !== null && b > a ? b : a), 0n)
  return quantity(most * USUAL_TIMES * BigInt(months))
}
