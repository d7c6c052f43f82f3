import { divideRounded, type Kopecks, kopecks } from '../../money.ts'
import { formatDecimal, type Quantity, quantity } from '../../quantity.ts'

/**
 * An exact number together with the expression that gives it. An amount is the value of its text:
 * `round((1561[reading:12] - 1500[reading:9]) * 4.32[tariff:7], 2)`. The grammar is decimal numbers, each
 * with an optional source in brackets, `+ - * /`, parentheses, `round(x, decimals)` (half away from
 * zero), `min(x, y)` and `max(x, y)`; only `round` rounds.
 */
export type Term = {
  numerator: bigint
  /** Above zero. */
  denominator: bigint
  text: string
  /** How tightly the text binds: 0 a sum, 1 a product, 2 a number or call. */
  binding: 0 | 1 | 2
}

const SCALE = 100_000_000n

/** A number in 10⁻⁸ units, with where it comes from: `reading:12`, `tariff:7`, `days`. */
export function literal(e8: bigint, source?: string): Term {
  return number(e8, SCALE, formatDecimal(e8 < 0n ? -e8 : e8), source)
}

/** A whole number, with where it comes from. */
export function whole(value: bigint | number, source?: string): Term {
  const integer = BigInt(value)
  return number(integer, 1n, String(integer < 0n ? -integer : integer), source)
}

/** The grammar has no signed numbers: a negative one is taken from zero. */
function number(numerator: bigint, denominator: bigint, digits: string, source?: string): Term {
  const sourced = source === undefined ? digits : `${digits}[${source}]`
  const text = numerator < 0n ? `(0 - ${sourced})` : sourced
  return { numerator, denominator, text, binding: 2 }
}

/** An amount of money in units of the currency. */
export function money(amount: Kopecks, source?: string): Term {
  return literal(amount * (SCALE / 100n), source)
}

export function plus(a: Term, b: Term): Term {
  if (a.numerator === 0n && a.text === '0') return b
  return {
    numerator: a.numerator * b.denominator + b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
    text: `${a.text} + ${b.text}`,
    binding: 0,
  }
}

export function minus(a: Term, b: Term): Term {
  return {
    numerator: a.numerator * b.denominator - b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
    text: `${a.text} - ${within(b, 1)}`,
    binding: 0,
  }
}

export function times(a: Term, b: Term): Term {
  return {
    numerator: a.numerator * b.numerator,
    denominator: a.denominator * b.denominator,
    text: `${within(a, 1)} * ${within(b, 1)}`,
    binding: 1,
  }
}

/** Throws RangeError when `b` is not above zero. */
export function over(a: Term, b: Term): Term {
  if (b.numerator <= 0n) throw new RangeError('the divisor must be above zero')
  return {
    numerator: a.numerator * b.denominator,
    denominator: a.denominator * b.numerator,
    text: `${within(a, 1)} / ${within(b, 2)}`,
    binding: 1,
  }
}

/** Half away from zero, to so many decimals. */
export function round(a: Term, decimals: number): Term {
  const unit = 10n ** BigInt(decimals)
  return {
    numerator: divideRounded(a.numerator * unit, a.denominator),
    denominator: unit,
    text: `round(${a.text}, ${decimals})`,
    binding: 2,
  }
}

/** To a multiple of `step`, as a dial shows: whole units, tenths. */
export function roundToStep(a: Term, step: Quantity): Term {
  const decimals = decimalsOf(step)
  if (step === SCALE / 10n ** BigInt(decimals)) return round(a, decimals)
  return times(round(over(a, literal(step)), 0), literal(step))
}

export function lesser(a: Term, b: Term): Term {
  return either('min', a, b, compare(a, b) <= 0)
}

export function greater(a: Term, b: Term): Term {
  return either('max', a, b, compare(a, b) >= 0)
}

export function negate(a: Term): Term {
  return minus(whole(0), a)
}

export function sumOf(terms: readonly Term[]): Term {
  const [first, ...others] = terms
  return others.reduce(plus, first ?? whole(0))
}

/** Below zero when `a` is less than `b`, 0 when equal. */
export function compare(a: Term, b: Term): number {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

export function isZero(a: Term): boolean {
  return a.numerator === 0n
}

/** The amount of a term that is already rounded to kopecks. Throws RangeError when it is not. */
export function toKopecks(a: Term): Kopecks {
  const scaled = a.numerator * 100n
  if (scaled % a.denominator !== 0n) throw new RangeError(`${a.text} is not rounded to kopecks`)
  return kopecks(scaled / a.denominator)
}

/** The value in 10⁻⁸ units, rounded where it has more decimals. */
export function toQuantity(a: Term): Quantity {
  return quantity(divideRounded(a.numerator * SCALE, a.denominator))
}

/**
 * Splits a rounded term by weights without loss: cumulative rounding in the given order, to so many
 * decimals. Source: rules of Ukrainian utility billing, a volume is spread over months by days.
 */
export function spread(total: Term, weights: readonly number[], decimals: number): Term[] {
  const all = weights.reduce((a, b) => a + b, 0)
  if (weights.filter((weight) => weight > 0).length === 1)
    return weights.map((weight) => (weight > 0 ? total : whole(0)))
  let reached = 0
  return weights.map((weight) => {
    const before = reached
    reached += weight
    const upTo = (days: number) =>
      days === all
        ? total
        : round(over(times(total, whole(days, 'days')), whole(all, 'days')), decimals)
    return before === 0 ? upTo(reached) : minus(upTo(reached), upTo(before))
  })
}

function either(name: string, a: Term, b: Term, isFirst: boolean): Term {
  const { denominator, numerator } = isFirst ? a : b
  return { numerator, denominator, text: `${name}(${a.text}, ${b.text})`, binding: 2 }
}

function within(a: Term, binding: number): string {
  return a.binding < binding ? `(${a.text})` : a.text
}

function decimalsOf(step: Quantity): number {
  const [, fraction = ''] = formatDecimal(step).split('.')
  return fraction.length
}
