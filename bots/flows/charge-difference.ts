import { type Difference } from '../../core/billing/explain/difference.ts'
import { type ExplainedMonth } from '../../core/billing/explain/explain-month.ts'
import { type ChargedLine } from '../../core/billing/explain/read-lines.ts'
import { type Kopecks, kopecks } from '../../core/money.ts'
import { amount, day, type Line, money, month, say } from '../../core/outbox/message.ts'
import { addMonths, firstDay, type PlainDate } from '../../core/period.ts'
import { quantity } from '../../core/quantity.ts'
import { priceSince } from './charge-inputs.ts'
import { chargedTotal } from './charge-lines.ts'
import { signed } from './charge-words.ts'

/** Columns of the statement that are parts of the difference; the second kind makes a bill smaller. */
const COLUMNS = {
  subscription: 'subscription',
  penalty: 'penalty',
  corrections: 'correction',
} as const
const CREDITS = { benefit: 'benefit', subsidy: 'subsidy' } as const

/**
 * Why a month costs more or less than the one before, the largest cause first; the rows add up to the
 * change. Payments stand apart: they change the debt, not the charge.
 */
export function differenceLines(
  explained: ExplainedMonth & { difference: Difference },
  before: readonly ChargedLine[],
): Line[] {
  const { difference, month: period, statement } = explained
  const is = chargedTotal(statement)
  const was = kopecks(is - difference.change)
  const previous = addMonths(period, -1)
  const parts = partsOf(explained, before)
    .filter(({ change }) => change !== 0n)
    .sort((a, b) => compare(absolute(b.change), absolute(a.change)))
  const rows = parts.map(({ change, line }) => line(change))
  const compared = {
    ...{ before: month(previous), was: money(was) },
    ...{ month: month(period), is: money(is) },
  }
  return [
    say('charge:compared', compared),
    ...rows,
    difference.change === 0n && rows.length === 0
      ? say('charge:unchanged')
      : say('charge:change-total', signed(difference.change)),
    say('charge:paid-apart', { month: month(period), amount: money(statement.paid) }),
  ]
}

type Part = { change: Kopecks; line: (change: Kopecks) => Line }

function partsOf(
  explained: ExplainedMonth & { difference: Difference },
  before: readonly ChargedLine[],
): Part[] {
  const { difference, statement } = explained
  const columns = Object.entries(COLUMNS).map(([name, column]): Part => {
    const change = difference[name as keyof typeof COLUMNS]
    const told = { was: money(kopecks(statement[column] - change)), is: money(statement[column]) }
    return { change, line: () => say(`charge:part.${name}`, { ...told, ...signed(change) }) }
  })
  const credits = Object.entries(CREDITS).map(([name, column]): Part => {
    const change = difference[name as keyof typeof CREDITS]
    const told = { was: money(kopecks(statement[column] + change)), is: money(statement[column]) }
    return { change, line: () => say(`charge:part.${name}`, { ...told, ...signed(change) }) }
  })
  return [
    { change: difference.volume, line: (change) => volumeLine(explained, before, change) },
    { change: difference.tariff, line: (change) => tariffLine(explained, change) },
    ...columns,
    ...credits,
  ]
}

function volumeLine(
  { lines, unit }: ExplainedMonth,
  before: readonly ChargedLine[],
  change: Kopecks,
): Line {
  const more = volumeOf(lines) - volumeOf(before)
  // The same in all, of another zone: dearer hours, or cheaper ones.
  if (more === 0n || more > 0n !== change > 0n) return say('charge:part.zones', signed(change))
  const volume = amount(quantity(more < 0n ? -more : more))
  const told = { volume, unit, ...signed(change) }
  return say(more > 0n ? 'charge:part.volume-more' : 'charge:part.volume-less', told)
}

function volumeOf(lines: readonly ChargedLine[]): bigint {
  return lines.reduce((all, { kind, method, volume }) => {
    const isDelivered = kind === 'accrual' && method !== 'fixed' && method !== 'extra'
    return isDelivered ? all + (volume ?? 0n) : all
  }, 0n)
}

function tariffLine({ lines, month: period }: ExplainedMonth, change: Kopecks): Line {
  // Only sums are known: why they differ, the provider's program knows.
  if (lines.every(({ price }) => price === null)) return say('charge:part.accrued', signed(change))
  const days = lines.flatMap((line) => (line.kind === 'accrual' ? (priceSince(line) ?? []) : []))
  const last = days.reduce<PlainDate | null>((a, b) => (a && a > b ? a : b), null)
  if (last === null || last <= firstDay(addMonths(period, -1)))
    return say('charge:part.price', signed(change))
  return say('charge:part.tariff', { day: day(last), ...signed(change) })
}

function absolute(change: bigint): bigint {
  return change < 0n ? -change : change
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}
