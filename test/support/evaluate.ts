/** An exact fraction; the denominator is above zero. */
type Fraction = { top: bigint; bottom: bigint }

const TOKEN = /\s*(?:(\d+)(?:\.(\d+))?(?:\[[^\]]+\])?|([a-z]+)\(|([-+*/(),]))/y

/**
 * The kopecks a formula's text says, worked out from its words alone: numbers with sources in brackets,
 * `+ - * /`, parentheses, `round min max`. Throws when it is none, or not whole kopecks.
 */
export function evaluate(text: string): bigint {
  const value = new Reader(text).all()
  if ((value.top * 100n) % value.bottom !== 0n) throw new RangeError(`${text}: not whole kopecks`)
  return (value.top * 100n) / value.bottom
}

class Reader {
  readonly #tokens: RegExpExecArray[] = []
  #at = 0

  constructor(text: string) {
    const pattern = new RegExp(TOKEN)
    while (pattern.lastIndex < text.length) {
      const token = pattern.exec(text)
      if (!token) throw new RangeError(`${text}: not a formula`)
      this.#tokens.push(token)
    }
  }

  all(): Fraction {
    const value = this.#sum()
    if (this.#at !== this.#tokens.length) throw new RangeError('something is left over')
    return value
  }

  #sign(signs: string): string | null {
    const sign = this.#tokens[this.#at]?.[4]
    if (sign === undefined || !signs.includes(sign)) return null
    this.#at += 1
    return sign
  }

  #sum(): Fraction {
    let value = this.#product()
    for (let sign = this.#sign('+-'); sign !== null; sign = this.#sign('+-')) {
      const { bottom, top } = this.#product()
      const added = sign === '+' ? top : -top
      value = { top: value.top * bottom + added * value.bottom, bottom: value.bottom * bottom }
    }
    return value
  }

  #product(): Fraction {
    let { bottom, top } = this.#atom()
    for (let sign = this.#sign('*/'); sign !== null; sign = this.#sign('*/')) {
      const next = this.#atom()
      top *= sign === '*' ? next.top : next.bottom
      bottom *= sign === '*' ? next.bottom : next.top
    }
    return { top, bottom }
  }

  #atom(): Fraction {
    const token = this.#tokens[this.#at]
    this.#at += 1
    const [, whole, fraction = '', name, sign] = token ?? []
    if (whole !== undefined)
      return { top: BigInt(whole + fraction), bottom: 10n ** BigInt(fraction.length) }
    if (name === undefined && sign !== '(') throw new RangeError('a number is missing')
    const values = [this.#sum()]
    while (this.#sign(',')) values.push(this.#sum())
    if (this.#sign(')') === null) throw new RangeError('a parenthesis is missing')
    return call(name, values)
  }
}

function call(name: string | undefined, [a, b]: Fraction[]): Fraction {
  if (!a) throw new RangeError('nothing in parentheses')
  if (name === undefined) return a
  if (!b) throw new RangeError(`${name} needs two`)
  const isLess = a.top * b.bottom < b.top * a.bottom
  if (name === 'min') return isLess ? a : b
  if (name === 'max') return isLess ? b : a
  if (name !== 'round') throw new RangeError(`${name} is not known`)
  const unit = 10n ** (b.top / b.bottom)
  const scaled = a.top * unit
  const size = scaled < 0n ? -scaled : scaled
  const down = size / a.bottom
  const nearest = 2n * (size % a.bottom) >= a.bottom ? down + 1n : down
  return { top: scaled < 0n ? -nearest : nearest, bottom: unit }
}
