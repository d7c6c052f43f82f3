import {
  type ExplainedLine,
  type ExplainedMonth,
} from '../../core/billing/explain/explain-month.ts'
import { type Statement } from '../../core/ledger/statement.ts'
import { type Kopecks, kopecks, sum } from '../../core/money.ts'
import { amount, day, type Line, money, month, say, words } from '../../core/outbox/message.ts'
import { quantity } from '../../core/quantity.ts'
import { penaltyDays } from '../../core/billing/explain/formula-inputs.ts'
import { benefitPercent, inputsOf, priceSince } from './charge-inputs.ts'
import { volumeLines } from './charge-volume.ts'
import { categoryName, priceOf, signed } from './charge-words.ts'

/** Rows of one message: what a phone shows without scrolling far. */
const ROWS_MAX = 12

/** What a month costs, payments apart; kopecks. */
export function chargedTotal(statement: Statement): Kopecks {
  const { accrued, benefit, correction, penalty, subscription, subsidy } = statement
  return kopecks(accrued + subscription + penalty + correction - benefit - subsidy)
}

/**
 * Why a month costs what it costs: each line in plain words, what else was booked, and the total they
 * add up to. Lines that do not fit are counted.
 */
export function whyLines({ lines, month: period, statement, unit }: ExplainedMonth): Line[] {
  const rows = [
    ...lines.map((line) => explainLine(line, unit)),
    ...otherLines(lines, statement).map((line) => [line]),
  ]
  const shown: Line[] = []
  let left = rows.length
  for (const row of rows) {
    if (shown.length + row.length > ROWS_MAX) break
    shown.push(...row)
    left -= 1
  }
  if (rows.length === 0) shown.push(say('charge:nothing'))
  if (left > 0) shown.push(say('charge:more', { count: left }))
  const total = money(chargedTotal(statement))
  return [...shown, say('charge:total', { month: month(period), amount: total })]
}

/** A line in plain words: one row, or two for a volume and its price. */
export function explainLine(line: ExplainedLine, unit: string): Line[] {
  if (line.about !== null && inputsOf(line, 'booked').length > 0) return againLines(line)
  switch (line.kind) {
    case 'accrual':
      return accrualLines(line, unit)
    case 'subscription':
      return [say('charge:subscription', { amount: money(line.amount) })]
    case 'penalty':
      return [penaltyLine(line)]
    case 'recalculation':
      return [reductionLine(line)]
    case 'benefit':
      return [benefitLine(line)]
    case 'subsidy':
      return [say('charge:subsidy', { amount: money(line.amount) })]
  }
}

function accrualLines(line: ExplainedLine, unit: string): Line[] {
  const { amount: charged, isFullPrice, price, volume } = line
  if (volume === null || price === null) return [say('charge:sum', { amount: money(charged) })]
  const since = priceSince(line)
  const told = { price: priceOf(price), amount: money(charged) }
  if (since === null) {
    const key = isFullPrice ? 'charge:full-price' : 'charge:price'
    return [...volumeLines(line, quantity(volume), unit), say(key, told)]
  }
  const row = say(isFullPrice ? 'charge:full-price-since' : 'charge:price-since', {
    ...told,
    day: day(since),
  })
  return [...volumeLines(line, quantity(volume), unit), row]
}

function penaltyLine(line: ExplainedLine): Line {
  const count = penaltyDays(line.formula)
  const told = { amount: money(line.amount) }
  return count > 0 ? say('charge:penalty-days', { ...told, count }) : say('charge:penalty', told)
}

/** Taken off the month itself: nobody was there, or the service was poor. */
function reductionLine(line: ExplainedLine): Line {
  const told = { amount: money(line.amount) }
  const [days] = inputsOf(line, line.reason === 'quality' ? 'defect' : 'absence')
  if (days === undefined) return say('charge:correction', told)
  return say(line.reason === 'quality' ? 'charge:quality' : 'charge:absence', {
    ...told,
    days: amount(days),
  })
}

function benefitLine(line: ExplainedLine): Line {
  const percent = benefitPercent(line)
  const told = { amount: money(line.amount), category: categoryName(line.reason) }
  if (percent === null)
    return say(line.isPosted ? 'charge:benefit-of' : 'charge:benefit-of-paid', told)
  const key = line.isPosted ? 'charge:benefit' : 'charge:benefit-paid'
  return say(key, { ...told, percent: amount(percent) })
}

/** Facts that change a past month, by their kind. */
const CAUSES: readonly string[] = [
  'late-reading',
  'tariff',
  'rules',
  'household',
  'verification',
  'meter',
  'absence',
  'quality',
  'extra',
  'benefit',
  'volume',
  'subsidy',
  'agreement',
  'not-charged',
]

/** A past month rated again: was → is, because. */
function againLines(line: ExplainedLine): Line[] {
  const { about, amount: change, isPosted, kind, reason } = line
  const [booked] = inputsOf(line, 'booked')
  if (about === null) return []
  // A number of a formula is in units of the currency, 10⁻⁸.
  const was = kopecks((booked ?? 0n) / 1_000_000n)
  const [first = 'other', ...others] = (reason ?? '')
    .split(',')
    .map((cause) => (CAUSES.includes(cause) ? cause : 'other'))
  // A larger benefit or subsidy makes the bill smaller.
  const effect = kind === 'benefit' || kind === 'subsidy' ? -change : change
  const told = {
    month: month(about),
    was: money(was),
    is: money(kopecks(was + change)),
    why: words(`charge:because.${first}`),
  }
  const also = [...new Set(others)]
    .filter((cause) => cause !== first)
    .map((cause) => say('charge:also', { why: words(`charge:because.${cause}`) }))
  if (!isPosted) return [say('charge:again-paid', told), ...also]
  const what = words(`charge:again-what.${kind}`)
  return [say('charge:again', { ...told, what, ...signed(kopecks(effect)) }), ...also]
}

const COLUMNS = {
  accrued: 'accrual',
  subscription: 'subscription',
  penalty: 'penalty',
  correction: 'recalculation',
  benefit: 'benefit',
  subsidy: 'subsidy',
} as const

/** What the columns hold beyond the lines: corrections by staff, debt moved here. */
function otherLines(lines: readonly ExplainedLine[], statement: Statement): Line[] {
  return (['accrued', 'subscription', 'penalty', 'correction', 'benefit', 'subsidy'] as const)
    .map((column) => {
      const own = lines.filter((line) => line.isPosted && line.kind === COLUMNS[column])
      const rest = kopecks(statement[column] - sum(own.map((line) => line.amount)))
      return { column, rest, isWhole: own.length === 0 }
    })
    .filter(({ rest }) => rest !== 0n)
    .map(({ column, isWhole, rest }) =>
      column === 'accrued' && isWhole
        ? say('charge:sum', { amount: money(rest) })
        : say(`charge:other.${column}`, { amount: money(rest) }),
    )
}
