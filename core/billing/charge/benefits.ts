import { type BeneficiaryFact } from './facts.ts'
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
  whole,
  compare,
} from './formula.ts'
import { type Line, lineOf } from './line.ts'
import { CannotCharge } from './lint.ts'
import { type Method } from './method.ts'
import { personsOf } from './norm.ts'
import { type Situation } from './situation.ts'
import { sized } from './volumes.ts'
import { averageOf } from './norm.ts'

const KOPECK_DECIMALS = 2
const PERCENT = whole(100)
const BY_AREA: ReadonlySet<Method> = new Set<Method>(['area', 'house'])

/**
 * The benefit lines of an agreement's month: for each category in force, its per cent of what its
 * persons use within the norm; together never more than the charge. None while the household has a
 * subsidy, unless the law of the day allows both. With gross payment the lines are not posted.
 * Throws CannotCharge `benefit-rule-missing` for a category without a rule.
 * Source: the norms of КМУ № 409 of 06.08.2014; law № 239-З of 14.06.2007 (Belarus).
 */
export function benefits(at: Situation, lines: readonly Line[], hasSubsidy: boolean): Line[] {
  const { from } = at.active
  const accruals = lines.filter((line) => isCovered(at, line))
  const charge = sumOf(accruals.map((line) => money(line.amount, 'accrued')))
  if (charge.numerator <= 0n) return []
  const inForce = at.account.beneficiaries.filter(
    (one) => one.fromDay <= from && (one.toDay === null || one.toDay > from),
  )
  if (inForce.length === 0) return []
  if (hasSubsidy && !at.rules.rule('benefit-with-subsidy', '', at.scope, from)?.value.allowed)
    return []
  const isPosted = at.rules.rule('benefit-payment', '', at.scope, from)?.value.mode !== 'gross'
  let left = charge
  return inForce.flatMap((one) => {
    const wanted = discount(at, one, ordinary(accruals))
    if (!wanted || left.numerator <= 0n) return []
    const given = compare(wanted, left) > 0 ? left : wanted
    left = minus(left, given)
    if (given.numerator <= 0n) return []
    return [lineOf('benefit', given, { isPosted, reason: one.category })]
  })
}

function discount(at: Situation, one: BeneficiaryFact, accruals: readonly Line[]): Term | null {
  const rule = at.rules.rule('benefit', one.category, at.scope, at.active.from)
  if (!rule)
    throw new CannotCharge('benefit-rule-missing', at.agreement.agreementId, {
      category: one.category,
    })
  const { percent, services } = rule.value
  if (services && !services.includes(at.agreement.serviceCode)) return null
  const share = over(literal(percent, `rule:${rule.id}`), PERCENT)
  const norm = at.rules.rule('benefit-norm', '', at.scope, at.active.from)
  const persons = whole(one.persons, `beneficiary:${one.id}`)
  // Heat by a meter of the flat is within the same norm of areas as heat by the house's.
  const isByArea =
    accruals.some((line) => BY_AREA.has(line.method)) ||
    (norm?.value.perPerson === undefined && at.config.base === 'meter')
  if (norm?.value.area && isByArea)
    return byArea(at, accruals, { share, persons, norm: norm.value.area, normId: norm.id })
  const perPerson = norm?.value.perPerson
  return byPerson(at, accruals, {
    share,
    persons,
    norm: perPerson === undefined ? null : literal(perPerson, `rule:${norm?.id}`),
  })
}

/** Of what is at both prices the ordinary part alone: above the limit nothing is covered. */
function ordinary(accruals: readonly Line[]): readonly Line[] {
  const covered = accruals.filter(({ isFullPrice }) => !isFullPrice)
  return covered.length === 0 ? accruals : covered
}

/** Extras, and the fixed part of a two-part tariff, are no consumption within a norm. */
function isCovered(at: Situation, { kind, method }: Line): boolean {
  if (kind !== 'accrual' || method === 'extra') return false
  return method !== 'fixed' || at.config.base === 'account'
}

type Area = {
  share: Term
  persons: Term
  norm: { perPerson: bigint; perFamily: bigint }
  normId: number
}

/** The part of the dwelling within the norm. */
function byArea(
  at: Situation,
  accruals: readonly Line[],
  { norm, normId, persons, share }: Area,
): Term {
  const source = `rule:${normId}`
  const area = averageOf(at, sized(at, at.config.base === 'area' ? 'totalArea' : 'heatedArea'))
  if (area.numerator <= 0n) throw new CannotCharge('area-missing', at.agreement.agreementId)
  const covered = plus(
    times(literal(norm.perPerson, source), persons),
    literal(norm.perFamily, source),
  )
  const part = over(lesser(covered, area), area)
  return round(times(times(share, part), exactCharge(accruals)), KOPECK_DECIMALS)
}

/** Each person's equal share of the volume, within the norm; each rounded apart. */
function byPerson(
  at: Situation,
  accruals: readonly Line[],
  { norm, persons, share }: { share: Term; persons: Term; norm: Term | null },
): Term | null {
  const residents = personsOf(at)
  const volume = sumOf(accruals.map((line) => literal(line.volume ?? 0n)))
  if (residents.numerator <= 0n || volume.numerator <= 0n) return null
  const own = over(volume, residents)
  const within = norm ? lesser(own, norm) : own
  const [first, ...others] = accruals
  const price =
    first && others.length === 0
      ? literal(first.price ?? 0n, 'price')
      : over(exactCharge(accruals), volume)
  const counted = compare(persons, residents) > 0 ? residents : persons
  return round(
    times(counted, round(times(times(share, price), within), KOPECK_DECIMALS)),
    KOPECK_DECIMALS,
  )
}

/** Volumes × prices before rounding: a discount is rounded once, of the exact charge. */
function exactCharge(accruals: readonly Line[]): Term {
  return sumOf(
    accruals.map((line) => times(literal(line.volume ?? 0n), literal(line.price ?? 0n, 'price'))),
  )
}
