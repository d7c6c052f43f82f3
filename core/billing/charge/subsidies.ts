import { type Kopecks, kopecks } from '../../money.ts'
import { shareOut, thresholdSubsidy } from '../subsidy/compute.ts'
import { type AccountFacts } from './facts.ts'
import {
  lesser,
  literal,
  minus,
  money,
  over,
  plus,
  round,
  sumOf,
  type Term,
  times,
  toKopecks,
} from './formula.ts'
import { amountOf, type Line, lineOf } from './line.ts'
import { averageOf, personsOf } from './norm.ts'
import { type Situation } from './situation.ts'
import { sized } from './volumes.ts'

/**
 * The subsidy an office granted for the service in the month, never more than its charge.
 * Source: housing subsidies of КМУ № 848: the office computes, the provider credits.
 */
export function awards(at: Situation, lines: readonly Line[]): Line[] {
  let left = chargeOf(lines)
  return at.agreement.awards.flatMap(({ fromDay, id, subsidy, toDay }) => {
    if (fromDay >= at.month.end || toDay <= at.month.first) return []
    if (subsidy <= 0n || left <= 0n) return []
    const granted = money(subsidy, `award:${id}`)
    const term = subsidy > left ? lesser(granted, money(left, 'charged')) : granted
    const line = lineOf('subsidy', term)
    left = kopecks(left - line.amount)
    return [line]
  })
}

type Charged = { at: Situation; lines: readonly Line[] }

/**
 * Subsidies computed from the household's fee within norms and its income, shared over its services by
 * their fees: what of the fee is above the share of its income. Of services at the full-cost price, and of extras, nothing
 * is subsidised. Where several cases cover a month the newest counts.
 * Source: Указ № 322 of 29.08.2016; the share is the rule of the town or the village.
 */
export function computedSubsidies(
  account: AccountFacts,
  charged: readonly Charged[],
): { agreementId: number; line: Line }[] {
  const [first] = charged
  if (!first) return []
  const { end, first: firstDay } = first.at.month
  const grant = account.subsidyCases.findLast(
    ({ fromDay, toDay }) => fromDay < end && toDay > firstDay,
  )
  if (!grant) return []
  const rule = first.at.rules.rule('subsidy', '', first.at.scope, first.at.active.from)
  if (!rule) return []
  const fees = charged.map(({ at, lines }) => feeOf(at, lines))
  const subsidy = thresholdSubsidy({
    fee: sumOf(fees.map((fee) => money(fee, 'fee'))),
    income: grant.income,
    share: grant.isVillage ? rule.value.villageShare : rule.value.townShare,
    source: `rule:${rule.id}`,
  })
  return shareOf(subsidy, fees).flatMap((term, place) => {
    const agreementId = charged[place]?.at.agreement.agreementId
    if (agreementId === undefined || term.numerator <= 0n) return []
    return [{ agreementId, line: lineOf('subsidy', term) }]
  })
}

/** One fee takes the subsidy with its whole formula; several share its amount. */
function shareOf(subsidy: Term, fees: readonly Kopecks[]): Term[] {
  const paying = fees.filter((fee) => fee > 0n)
  if (paying.length > 1) return shareOut(money(toKopecks(subsidy), 'subsidy'), fees)
  return fees.map((fee) => (fee > 0n ? subsidy : minus(subsidy, subsidy)))
}

/** What a subsidy may be of: the charge at subsidised prices within the norm, less what was taken off. */
function feeOf(at: Situation, lines: readonly Line[]): Kopecks {
  const counted = lines.filter(({ isFullPrice, method }) => !isFullPrice && method !== 'extra')
  const fee = money(chargeOf(counted), 'charged')
  if (fee.numerator <= 0n) return kopecks(0)
  const within = partWithinNorm(at, counted)
  return within ? toKopecks(round(times(fee, within), KOPECK_DECIMALS)) : toKopecks(fee)
}

const KOPECK_DECIMALS = 2

/** The share of a service within the norm of subsidies; null where there is none. */
function partWithinNorm(at: Situation, lines: readonly Line[]): Term | null {
  const rule = at.rules.rule('subsidy-norm', '', at.scope, at.active.from)
  if (!rule) return null
  const source = `rule:${rule.id}`
  const persons = personsOf(at)
  const { area, perPerson } = rule.value
  if (area) {
    const norm = plus(
      times(literal(area.perPerson, source), persons),
      literal(area.perFamily, source),
    )
    const isHeated = lines.some(({ method }) => method === 'house')
    const size = averageOf(at, sized(at, isHeated ? 'heatedArea' : 'totalArea'))
    return size.numerator > 0n ? over(lesser(norm, size), size) : null
  }
  const used = sumOf(lines.map(({ volume }) => literal(volume ?? 0n)))
  if (perPerson === undefined || used.numerator <= 0n) return null
  return over(lesser(times(literal(perPerson, source), persons), used), used)
}

function chargeOf(lines: readonly Line[]): Kopecks {
  return kopecks(
    amountOf(lines, 'accrual', 'subscription', 'recalculation') -
      amountOf(
        lines.filter((line) => line.isPosted),
        'benefit',
      ),
  )
}
