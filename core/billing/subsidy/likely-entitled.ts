import { type DiscoveryTerms } from './subsidy-rule.ts'

/**
 * Why a household is likely entitled: the reason of each of its people who has one, once, in the rule's
 * order. None when a person of a blocking status is registered, or when nobody has a reason. People of
 * other statuses, children for one, make no difference.
 *
 * Source: Указ № 322 of 29.08.2016, by discovery: when no able-bodied members are registered.
 */
export function reasonsOf(statuses: readonly string[], terms: DiscoveryTerms): string[] {
  if (statuses.some((status) => terms.blocking.includes(status))) return []
  const reasons = Object.entries(terms.qualifying)
    .filter(([status]) => statuses.includes(status))
    .map(([, reason]) => reason)
  return [...new Set(reasons)]
}
