import { addDays, daysBetween } from '../../period.ts'
import {
  lesser,
  literal,
  money,
  over,
  round,
  type Term,
  times,
  whole,
  negate,
  minus,
  compare,
} from './formula.ts'
import { amountOf, type Line, lineOf } from './line.ts'
import { CannotCharge } from './lint.ts'
import { type Method } from './method.ts'
import { clip, daysOf } from './month.ts'
import { type Situation } from './situation.ts'

const KOPECK_DECIMALS = 2
const PERCENT = whole(100)
const METERED: ReadonlySet<Method> = new Set<Method>(['meter', 'average', 'house', 'extra'])

/**
 * What is taken off a month's charge because nobody was there or the service was poor: negative
 * `recalculation` lines, together never more than the charge.
 * Throws CannotCharge `rule-unreadable` for a defect that no rule knows.
 * Source: law 2189-VIII art. 27 (quality), КМУ № 1405 and the Belarusian rules (absence).
 */
export function reduce(at: Situation, lines: readonly Line[]): Line[] {
  const wanted = [...absences(at, lines), ...defects(at, lines)]
  const charge = money(amountOf(lines, 'accrual'), 'accrued')
  let left = charge
  return wanted.flatMap(({ reason, term }) => {
    if (left.numerator <= 0n) return []
    const taken = compare(term, left) > 0 ? lesser(term, left) : term
    left = minus(left, taken)
    if (taken.numerator === 0n) return []
    return [lineOf('recalculation', negate(taken), { reason })]
  })
}

type Reduction = { reason: string; term: Term }

/** Days of leaving and return are not counted. */
function absences(at: Situation, lines: readonly Line[]): Reduction[] {
  const rule = at.rules.rule('absence', '', at.scope, at.active.from)
  if (!rule?.value.reduces) return []
  const charged = lines.filter((line) => line.kind === 'accrual' && !METERED.has(line.method))
  const charge = amountOf(charged, 'accrual')
  if (charge <= 0n) return []
  return at.account.absences.flatMap(({ id, leftOn, returnedOn }) => {
    const from = addDays(leftOn, 1)
    if (daysBetween(from, returnedOn) <= rule.value.thresholdDays) return []
    const away = clip(at.active, from, returnedOn)
    if (!away) return []
    const days = whole(daysOf(away), `absence:${id}`)
    const share = over(times(money(charge, 'accrued'), days), whole(at.month.days, 'days'))
    return [{ reason: 'absence', term: round(share, KOPECK_DECIMALS) }]
  })
}

/** So many per cents of the month's charge for each day. */
function defects(at: Situation, lines: readonly Line[]): Reduction[] {
  const charge = amountOf(lines, 'accrual')
  if (charge <= 0n) return []
  return at.agreement.defects.flatMap(({ defect, fromDay, id, toDay }) => {
    const poor = clip(at.active, fromDay, toDay)
    if (!poor) return []
    const rule = at.rules.rule('quality', defect, at.scope, poor.from)
    if (!rule) throw new CannotCharge('rule-unreadable', at.agreement.agreementId, { defect })
    const perDay = over(literal(rule.value.percentPerDay, `rule:${rule.id}`), PERCENT)
    const days = whole(daysOf(poor), `defect:${id}`)
    const term = round(times(times(money(charge, 'accrued'), perDay), days), KOPECK_DECIMALS)
    return [{ reason: 'quality', term }]
  })
}
