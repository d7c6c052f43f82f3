import { type Kopecks, kopecks } from '../../core/money.ts'
import { money, type Param, words } from '../../core/outbox/message.ts'
import { type Rate } from '../../core/quantity.ts'

const E8_A_KOPECK = 1_000_000n

/** Categories of benefits that have words; another one is told as the provider calls it. */
const CATEGORIES: readonly string[] = [
  'combat-veteran',
  'war-disabled',
  'war-participant',
  'large-family',
  'war-child',
  'hero',
  'half',
]

/** The name of a benefit's category; without one, the general word. */
export function categoryName(category: string | null): Param {
  if (category === null) return words('charge:category.none')
  return CATEGORIES.includes(category) ? words(`charge:category.${category}`) : category
}

/** Parameters of a change of the bill: `{{sign}}{{amount}}`, plus when it is dearer. */
export function signed(change: Kopecks): { sign: string; amount: Param } {
  if (change < 0n) return { sign: '\u2212', amount: money(kopecks(-change)) }
  return { sign: '+', amount: money(change) }
}

/** A price of a unit: as money where it is of whole kopecks, else with all its decimals. */
export function priceOf(price: Rate): Param {
  const isWhole = price % E8_A_KOPECK === 0n
  return isWhole ? money(kopecks(price / E8_A_KOPECK)) : { quantity: price.toString() }
}
