import { type Situation, stretchesOf } from './situation.ts'
import { literal, over, plus, round, type Term, times, whole } from './formula.ts'
import { CannotCharge } from './lint.ts'
import { daysOf, type Span } from './month.ts'
import { priceOn } from './prices.ts'

/**
 * Persons of the active days as a monthly average: 3, or (3 × 10 + 2 × 20) / 30 when the household
 * changed inside the month, or (3 × 16) / 31 for a part of it.
 */
export function personsOf(at: Situation, part: Span = at.active): Term {
  const stretches = stretchesOf({ ...at, active: part })
  return averageOf(
    at,
    stretches.map(({ end, from, household }) => ({
      days: daysOf({ from, end }),
      value: whole(household.occupants, `household:${household.id}`),
    })),
  )
}

/** A value of each stretch, averaged over the days of the whole month. */
export function averageOf(
  at: Situation,
  stretches: readonly { days: number; value: Term }[],
): Term {
  const [first, ...others] = stretches
  if (!first) return whole(0)
  if (others.length === 0 && first.days === at.month.days) return first.value
  const weighted = stretches.map(({ days, value }) => times(value, whole(days, 'days')))
  const total = weighted.reduce(plus)
  return over(total, whole(at.month.days, 'days'))
}

/**
 * Norm × registered persons of some days of the month, in units, rounded to the service's decimals.
 * Throws CannotCharge `norm-missing`.
 */
export function normVolume(at: Situation, part: Span = at.active): Term {
  const tariff = priceOn(at, part.from)
  if (tariff.normE8 === null) throw new CannotCharge('norm-missing', at.agreement.agreementId)
  const norm = literal(tariff.normE8, `norm:${tariff.id}`)
  return round(times(norm, personsOf(at, part)), at.config.decimals)
}

/** Whether the service has a norm of its own. */
export function hasNorm(at: Situation): boolean {
  return priceOn(at, at.active.from).normE8 !== null
}
