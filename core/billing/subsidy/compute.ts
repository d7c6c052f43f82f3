import {
  compare,
  greater,
  lesser,
  literal,
  minus,
  money,
  over,
  round,
  type Term,
  times,
  toKopecks,
  whole,
} from '../charge/formula.ts'
import { type Kopecks, kopecks, sum } from '../../money.ts'
import { type Quantity, type Rate } from '../../quantity.ts'

/**
 * Non-cash subsidy of a month: what of the fee is above the household's share of its income, never
 * below zero, in units of the currency and rounded to kopecks like the fee. `fee` is the month's fee
 * within norms, already rounded; `income` the average month of the household, not below zero; `share` a
 * fraction in 10⁻⁸, its row named by `source`. A fee of 97.15 and an income of 420.00 give 13.15 with
 * 0.2 and 34.15 with 0.15.
 *
 * Source: Указ Президента Республики Беларусь № 322 of 29.08.2016; rounding the payable share is ours.
 */
export function thresholdSubsidy(input: {
  fee: Term
  income: Kopecks
  share: Rate
  source: string
}): Term {
  const { fee, income, share, source } = input
  const payable = round(times(literal(share, source), money(income, 'income')), 2)
  return greater(whole(0), minus(fee, payable))
}

/**
 * Shares a month's subsidy over the household's agreements by their fees, in the given order: parts in
 * units of the currency, rounded to kopecks, none above its fee. They sum to the subsidy, or to the fees
 * when these are less. Neither the subsidy nor a fee may be below zero (RangeError). Every part repeats
 * the subsidy's text: give a long one as a single amount.
 */
export function shareOut(subsidy: Term, fees: readonly Kopecks[]): Term[] {
  if (toKopecks(subsidy) < 0n || fees.some((fee) => fee < 0n))
    throw new RangeError('neither a subsidy nor a fee is below zero')
  const all = money(sum(fees), 'fees')
  const given = compare(subsidy, all) > 0 ? lesser(subsidy, all) : subsidy
  const upTo = (reached: Kopecks) =>
    reached === toKopecks(all) ? given : round(over(times(given, money(reached, 'fees')), all), 2)
  let reached = kopecks(0)
  return fees.map((fee) => {
    if (fee === 0n) return whole(0)
    const before = reached
    reached = kopecks(reached + fee)
    return before === 0n ? upTo(reached) : minus(upTo(reached), upTo(before))
  })
}

/** Numbers of the Ukrainian formula, each of the row its source names. */
export type ObligatoryShare = {
  /** Kopecks a month per person, as of 1 January. */
  livingMinimum: Kopecks
  /** Coefficient of income (Кд), 10⁻⁸. */
  incomeCoefficient: Quantity
  /** Basic share of the payment (Кг), a fraction in 10⁻⁸. */
  baseShare: Rate
  source: string
}

/**
 * What a household pays itself of a month, in units of the currency: income × (income per person /
 * living minimum) / Кд × Кг, rounded once at the end, the percentage itself never. `income` is the
 * household's average month. 9000.00 of two persons with a minimum of 2920.00 gives 1040.24. Throws
 * RangeError without persons, minimum or coefficient.
 *
 * Source: постанови Кабінету Міністрів України № 848 and № 1156.
 */
export function obligatoryPayment(input: {
  income: Kopecks
  persons: number
  share: ObligatoryShare
}): Term {
  const { income, persons, share } = input
  const { baseShare, incomeCoefficient, livingMinimum, source } = share
  const household = money(income, 'income')
  const perPerson = over(household, whole(persons, 'persons'))
  const inMinimums = over(perPerson, money(livingMinimum, source))
  const percentage = times(
    over(inMinimums, literal(incomeCoefficient, source)),
    literal(baseShare, source),
  )
  return round(times(percentage, household), 2)
}

/**
 * About how much subsidy a month's cost within norms gives, in units of the currency: the cost above
 * the obligatory payment, never below zero. A hint only: what counts is the subsidy office's file.
 */
export function housingSubsidyHint(input: { cost: Term; obligatory: Term }): Term {
  return greater(whole(0), minus(input.cost, input.obligatory))
}
