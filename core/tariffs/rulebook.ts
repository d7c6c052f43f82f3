import { type PlainDate } from '../period.ts'
import { type Rate } from '../quantity.ts'
import { RULE_KINDS, type RuleKind, type RuleValue } from './rule-kinds.ts'

/** A version of a price, in force from `fromDay` until before `toDay`. */
export type TariffVersion = {
  /** 0 for a supposed one. */
  id: number
  serviceId: number
  zone: number
  part: 'volume' | 'fixed'
  plan: 'standard' | 'full'
  /** Units of the month above which it counts, 10⁻⁸. */
  aboveE8: bigint
  fromDay: PlainDate
  toDay: PlainDate | null
  priceE8: Rate
  /** Kopecks a month. */
  subscription: bigint
  /** Units per person and month, 10⁻⁸. */
  normE8: bigint | null
}

/** A version of a rule; scopes not named are null. */
export type RuleVersion = {
  id: number
  kind: RuleKind
  key: string
  providerId: number | null
  serviceId: number | null
  houseId: number | null
  accountId: number | null
  fromDay: PlainDate
  toDay: PlainDate | null
  value: unknown
}

/** Where a rule is asked for. */
export type Scope = { providerId: number; serviceId: number; houseId: number; accountId: number }

/** A rule found: its row and its value. */
export type Found<K extends RuleKind> = { id: number; value: RuleValue<K> }

type Known = RuleVersion & { parsed?: unknown }

/**
 * The prices and rules of a provider as known at one instant, answered from memory. The row valid on
 * the asked day with the most specific scope wins: account, house, service, provider, country.
 */
export class Rulebook {
  readonly #tariffs = new Map<number, TariffVersion[]>()
  readonly #rules = new Map<string, Known[]>()
  /** Rules of an account or house stay apart: the others are answered once for all accounts. */
  readonly #local = new Map<string, Known[]>()
  readonly #owners = new Set<string>()
  readonly #answers = new Map<string, Found<RuleKind> | null>()

  constructor(tariffs: readonly TariffVersion[], rules: readonly RuleVersion[]) {
    for (const tariff of tariffs) push(this.#tariffs, tariff.serviceId, tariff)
    for (const rule of rules) {
      const isLocal = rule.accountId !== null || rule.houseId !== null
      if (!isLocal) push(this.#rules, `${rule.kind}/${rule.key}`, rule)
      else {
        push(this.#local, localKey(rule), rule)
        this.#owners.add(ownerKey(rule))
      }
    }
  }

  /** All versions of a service's prices. */
  tariffs(serviceId: number): readonly TariffVersion[] {
    return this.#tariffs.get(serviceId) ?? []
  }

  /** The rule in force on a day, or null. Throws when its value is not of its kind's shape. */
  rule<K extends RuleKind>(kind: K, key: string, scope: Scope, day: PlainDate): Found<K> | null {
    if (this.#local.size > 0) {
      const local = [
        ...(this.#local.get(`a${scope.accountId}/${kind}/${key}`) ?? []),
        ...(this.#local.get(`h${scope.houseId}/${kind}/${key}`) ?? []),
      ].filter((rule) => isInForce(rule, day) && fits(rule, scope))
      const best = mostSpecific(local)
      if (best) return found<K>(best)
    }
    const question = `${kind}/${key}/${scope.providerId}/${scope.serviceId}/${day}`
    let answer = this.#answers.get(question)
    if (answer === undefined) {
      const rules = this.#rules.get(`${kind}/${key}`) ?? []
      const best = mostSpecific(rules.filter((rule) => isInForce(rule, day) && fits(rule, scope)))
      answer = best ? found<K>(best) : null
      this.#answers.set(question, answer as Found<RuleKind> | null)
    }
    return answer as Found<K> | null
  }

  /** Every rule of a kind that applies to the scope, whatever its key and day. */
  every(kind: RuleKind, scope: Scope): RuleVersion[] {
    const all = [...this.#rules].flatMap(([name, rules]) =>
      name.startsWith(`${kind}/`) ? rules : [],
    )
    const local = [...this.#local].flatMap(([name, rules]) =>
      name.startsWith(`a${scope.accountId}/${kind}/`) ||
      name.startsWith(`h${scope.houseId}/${kind}/`)
        ? rules
        : [],
    )
    return [...all, ...local].filter((rule) => fits(rule, scope))
  }

  /** Every rule of a kind, of any scope. */
  all(kind: RuleKind): RuleVersion[] {
    return [...this.#rules.values(), ...this.#local.values()]
      .flat()
      .filter((rule) => rule.kind === kind)
  }

  /** Whether the account or its house has rules of its own. */
  hasOwn({ accountId, houseId }: Scope): boolean {
    return this.#owners.has(`a${accountId}`) || this.#owners.has(`h${houseId}`)
  }
}

/** How specific a rule's scope is; the highest wins. */
function specificity(rule: Omit<RuleVersion, 'value' | 'parsed'>): number {
  if (rule.accountId !== null) return rule.serviceId === null ? 4 : 5
  if (rule.houseId !== null) return 3
  if (rule.serviceId !== null) return 2
  return rule.providerId === null ? 0 : 1
}

function localKey(rule: RuleVersion): string {
  return `${ownerKey(rule)}/${rule.kind}/${rule.key}`
}

function ownerKey({ accountId, houseId }: RuleVersion): string {
  return accountId === null ? `h${houseId}` : `a${accountId}`
}

function fits(rule: RuleVersion, scope: Scope): boolean {
  return (
    (rule.providerId === null || rule.providerId === scope.providerId) &&
    (rule.serviceId === null || rule.serviceId === scope.serviceId)
  )
}

function isInForce({ fromDay, toDay }: RuleVersion, day: PlainDate): boolean {
  return fromDay <= day && (toDay === null || toDay > day)
}

function mostSpecific(rules: readonly Known[]): Known | null {
  return rules.reduce<Known | null>((best, rule) => {
    if (!best) return rule
    const difference = specificity(rule) - specificity(best)
    if (difference !== 0) return difference > 0 ? rule : best
    return rule.fromDay > best.fromDay ? rule : best
  }, null)
}

function found<K extends RuleKind>(rule: Known): Found<K> {
  rule.parsed ??= RULE_KINDS[rule.kind].parse(rule.value)
  return { id: rule.id, value: rule.parsed as RuleValue<K> }
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}
