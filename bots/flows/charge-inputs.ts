import { type ExplainedLine } from '../../core/billing/explain/explain-month.ts'
import { type PlainDate } from '../../core/period.ts'
import { parseDecimal, quantity, type Quantity } from '../../core/quantity.ts'

/** What a dial showed at both ends of a volume; `used` is the way between, past its zero too. */
export type DialPair = {
  from: Quantity
  /** Null at installation. */
  fromOn: PlainDate | null
  to: Quantity
  toOn: PlainDate
  used: Quantity
}

const NUMBER = String.raw`\d+(?:\.\d+)?`
const PAIR = new RegExp(
  String.raw`(?:(${NUMBER})\[dial\] \* (\d+) \+ )?(${NUMBER})\[reading:(\d+)\] - ` +
    String.raw`(${NUMBER})\[(reading|register):(\d+)\]`,
  'g',
)

/** The dials behind a line's volume, by the readings its formula subtracts; each beginning once. */
export function dialPairs(line: ExplainedLine): DialPair[] {
  const pairs = new Map<string, DialPair>()
  for (const found of line.formula.matchAll(PAIR)) {
    const [, end = '0', turns = '0', to, toId = '', from, fromSource = '', fromId = ''] = found
    const beginning = `${fromSource}:${fromId}`
    const toOn = readOn(line, 'reading', toId)
    if (toOn === null || pairs.has(beginning)) continue
    const [start, reached] = [decimal(from), decimal(to)]
    pairs.set(beginning, {
      ...{ from: start, fromOn: readOn(line, fromSource, fromId), to: reached, toOn },
      used: quantity(decimal(end) * BigInt(turns) + reached - start),
    })
  }
  return [...pairs.values()]
}

/** The line's numbers of one source, as they stand in its formula. */
export function inputsOf(line: ExplainedLine, source: string): Quantity[] {
  return line.inputs
    .filter((input) => input.source === source)
    .map((input) => quantity(input.value))
}

/** Since when the line's price is in force; null when it is not known. */
export function priceSince(line: ExplainedLine): PlainDate | null {
  const days = line.inputs.flatMap(({ details, source }) =>
    source === 'tariff' && details?.['fromDay'] ? [details['fromDay'] as PlainDate] : [],
  )
  return days.reduce<PlainDate | null>((last, day) => (last && last > day ? last : day), null)
}

/** Per cents of the benefit a line is of; null when its formula does not name the rule. */
export function benefitPercent(line: ExplainedLine): Quantity | null {
  const rule = line.inputs.find(
    ({ details, source }) => source === 'rule' && details?.['kind'] === 'benefit',
  )
  return rule ? quantity(rule.value) : null
}

function readOn(line: ExplainedLine, source: string, id: string): PlainDate | null {
  const input = line.inputs.find((one) => one.source === source && String(one.id) === id)
  return (input?.details?.['takenOn'] ?? null) as PlainDate | null
}

function decimal(text: string | undefined): Quantity {
  return parseDecimal(text ?? '') ?? quantity(0n)
}
