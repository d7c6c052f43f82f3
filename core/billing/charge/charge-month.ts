import { type Period } from '../../period.ts'
import { type Rulebook } from '../../tariffs/rulebook.ts'
import { accrue } from './accrue.ts'
import { benefits } from './benefits.ts'
import { type AccountFacts, type AgreementFacts } from './facts.ts'
import { type Line } from './line.ts'
import { CannotCharge } from './lint.ts'
import { type Month, monthOf } from './month.ts'
import { reduce } from './reduce.ts'
import { type Situation, situationOf } from './situation.ts'
import { awards, computedSubsidies } from './subsidies.ts'
import { type VolumePart, volumesOf } from './volumes.ts'

/** What charging needs besides the account. */
export type Rules = {
  rules: Rulebook
  /** First month of the provider charged here. */
  chargedFrom: Period
}

/**
 * What every agreement of an account owes for a month by the facts given: the lines of accrual,
 * subscription, reductions (recalculation about the month itself), benefit and subsidy, by agreement.
 * The same facts give the same lines.
 * Throws CannotCharge with the agreement it stopped at: then nothing of the account is charged.
 */
export function chargeMonth(
  account: AccountFacts,
  period: Period,
  { rules, chargedFrom }: Rules,
): Map<number, Line[]> {
  const month = monthOf(period)
  const situations = account.agreements.flatMap((agreement) => {
    const at = blamed(agreement, () =>
      situationOf(account, agreement, { month, rules, chargedFrom }),
    )
    return at ? [at] : []
  })
  const volumes = readVolumes(situations)
  const hasSubsidy = isSubsidised(account, month)
  const charged = situations.map((at) => ({
    at,
    lines: blamed(at.agreement, () => {
      const parts = volumes.get(at.agreement.serviceCode) ?? []
      const accrued = accrue(at, parts, volumes)
      const reduced = [...accrued, ...reduce(at, accrued)]
      const withBenefits = [...reduced, ...benefits(at, reduced, hasSubsidy)]
      return [...withBenefits, ...awards(at, withBenefits)]
    }),
  }))
  for (const { agreementId, line } of computedSubsidies(account, charged)) {
    charged.find(({ at }) => at.agreement.agreementId === agreementId)?.lines.push(line)
  }
  return new Map(charged.map(({ at, lines }) => [at.agreement.agreementId, lines]))
}

/** Volumes of one service may come from those of others. */
function readVolumes(situations: readonly Situation[]): Map<string, VolumePart[]> {
  const volumes = new Map<string, VolumePart[]>()
  const isTaken = ({ config }: Situation) => config.base === 'volume-of'
  const ordered = [
    ...situations.filter((at) => !isTaken(at)),
    ...situations.filter((at) => isTaken(at)),
  ]
  for (const at of ordered)
    volumes.set(
      at.agreement.serviceCode,
      blamed(at.agreement, () => volumesOf(at, volumes)),
    )
  return volumes
}

function isSubsidised(account: AccountFacts, { end, first }: Month): boolean {
  const covers = ({ fromDay, toDay }: { fromDay: string; toDay: string }) =>
    fromDay < end && toDay > first
  return (
    account.subsidyCases.some(covers) ||
    account.agreements.some((agreement) =>
      agreement.awards.some((award) => covers(award) && award.subsidy > 0n),
    )
  )
}

/** A fault found deep inside names the agreement it belongs to. */
function blamed<T>({ agreementId }: AgreementFacts, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof CannotCharge && error.agreementId === null)
      throw new CannotCharge(error.code, agreementId, error.details)
    throw error
  }
}
