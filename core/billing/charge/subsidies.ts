import { type Kopecks, kopecks } from '../../money.ts'
import { shareOut, thresholdSubsidy } from '../subsidy/compute.ts'
import { type AccountFacts } from './facts.ts'
import { lesser, minus, money, sumOf, type Term, toKopecks } from './formula.ts'
import { amountOf, type Line, lineOf } from './line.ts'
import { type Situation } from './situation.ts'

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
 * Subsidies computed from the household's fee and income, shared over its services by their fees: what
 * of the fee is above the share of its income. Of services at the full-cost price, and of extras, nothing
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
  const fees = charged.map(({ lines }) => feeOf(lines))
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

/** What a subsidy may be of: the charge at subsidised prices, less what was taken off. */
function feeOf(lines: readonly Line[]): Kopecks {
  const counted = lines.filter(({ isFullPrice, method }) => !isFullPrice && method !== 'extra')
  const fee = chargeOf(counted)
  return kopecks(fee > 0n ? fee : 0n)
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
