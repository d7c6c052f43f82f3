import { type PlainDate } from '../../period.ts'
import { type Charging } from '../../tariffs/rule-kinds.ts'
import { type Rulebook, type Scope } from '../../tariffs/rulebook.ts'
import { type AccountFacts, type AgreementFacts, type HouseholdFact } from './facts.ts'
import { CannotCharge } from './lint.ts'
import { clip, cutAt, holdingOn, type Month, type Span } from './month.ts'

/** One agreement in one month, with everything its charge depends on. */
export type Situation = {
  account: AccountFacts
  agreement: AgreementFacts
  month: Month
  /** Days of the month the agreement runs. */
  active: Span
  scope: Scope
  rules: Rulebook
  config: Charging
  configId: number
  /** First month charged here. */
  chargedFrom: number
}

/** A stretch of the month in which the household did not change. */
export type Stretch = Span & { household: HouseholdFact }

/**
 * The agreement in the month, or null when it does not run then. Throws CannotCharge
 * `charging-rule-missing`.
 */
export function situationOf(
  account: AccountFacts,
  agreement: AgreementFacts,
  given: { month: Month; rules: Rulebook; chargedFrom: number },
): Situation | null {
  const { month, rules } = given
  const active = clip(month, agreement.fromDay, agreement.toDay)
  if (!active) return null
  const { accountId, houseId, providerId } = account
  const scope = { accountId, houseId, providerId, serviceId: agreement.serviceId }
  const config = rules.rule('charging', '', scope, active.from)
  if (!config) throw new CannotCharge('charging-rule-missing', agreement.agreementId)
  return { account, agreement, active, scope, config: config.value, configId: config.id, ...given }
}

/** The stretches of the active days between changes of the household. Throws `household-missing`. */
export function stretchesOf(at: Situation): Stretch[] {
  const { households } = at.account
  const changes = households.map((household) => household.fromDay)
  return cutAt(at.active, changes).map((span) => {
    const household = holdingOn(households, span.from)
    if (!household) throw new CannotCharge('household-missing', at.agreement.agreementId)
    return { ...span, household }
  })
}

/** The household on a day. Throws `household-missing`. */
export function householdOn(at: Situation, day: PlainDate): HouseholdFact {
  const household = holdingOn(at.account.households, day)
  if (!household) throw new CannotCharge('household-missing', at.agreement.agreementId)
  return household
}
