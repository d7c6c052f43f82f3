import { type Context } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { type PlainDate } from '../period.ts'
import { accept, refuse } from '../result.ts'
import { isRuleKind, RULE_KINDS } from './rule-kinds.ts'
import { findScope, isKeyOf, type NamedScope, ruleName } from './rule-scope.ts'
import {
  endOf,
  lockRules,
  type NewRule,
  readLiveRules,
  storeRules,
  valueText,
} from './store-rules.ts'

export type RuleInput = {
  /** A name of RULE_KINDS. */
  kind: string
  /** Category, defect or zone; '' for kinds of which there is one. */
  key: string
  scope: NamedScope
  fromDay: PlainDate
  /** First day it is no longer in force; without it, until the next version. */
  toDay?: PlainDate | undefined
  value: unknown
  /** The law or decision it comes from. */
  source: string
}

/**
 * Records a rule for a scope from a day. Versions of the same kind, key and scope give way on its days:
 * they are retired, and what is left of them before and after is recorded anew. The same again changes
 * nothing.
 *
 * Gives the rule's id, and whether it is new.
 * Refuses: `rule-unknown` for a kind or key there is none of; `rule-value-invalid` (with `at`, where in the
 * value); `range-wrong` when it ends before it starts; `scope-unknown`.
 */
export function recordRule(ctx: Context, input: RuleInput) {
  return transaction(ctx, async (tx) => {
    const { fromDay, key, kind, source, toDay = null, value } = input
    if (!isRuleKind(kind) || !isKeyOf(kind, key)) return refuse('rule-unknown')
    const parsed = RULE_KINDS[kind].safeParse(value)
    if (!parsed.success)
      return refuse('rule-value-invalid', { at: parsed.error.issues[0]?.path.join('.') ?? '' })
    if (toDay !== null && toDay <= fromDay) return refuse('range-wrong')
    const scope = await findScope(tx, input.scope)
    if (!scope) return refuse('scope-unknown')
    await lockRules(tx)
    const live = await readLiveRules(tx, [kind])
    const named: NewRule = { ...scope.ids, kind, key, fromDay, toDay, value, source }
    const rule = { ...named, toDay: endOf(named, live) }
    const known = live.find((one) => isSame(one, rule))
    if (known) return accept({ ruleId: known.id, isNew: false })
    const [ruleId = 0] = await storeRules(tx, [rule], live)
    return accept({ ruleId, isNew: true })
  })
}

/**
 * Takes a rule back from now on; a country's one too, and it does not come back at the next start. A
 * version that ended where it began runs on in its days: taking a rule back leaves no hole.
 * Refuses: `rule-not-found`, also when it was retired before.
 */
export async function retireRule(ctx: Context, ruleId: number) {
  return transaction(ctx, async (tx) => {
    await lockRules(tx)
    const kind = await tx.sql.maybe<{ kind: string }>`
      select kind from rule where id = ${ruleId} and retired_at is null`
    if (!kind) return refuse('rule-not-found')
    const live = await readLiveRules(tx, [kind.kind])
    const rule = live.find(({ id }) => id === ruleId)
    if (!rule) return refuse('rule-not-found')
    const others = live.filter(({ id }) => id !== ruleId)
    const before = others.find(
      (one) => ruleName(one) === ruleName(rule) && one.toDay === rule.fromDay,
    )
    await tx.sql.run`update rule set retired_at = ${tx.now()} where id = ${ruleId}`
    if (before) await storeRules(tx, [{ ...before, toDay: rule.toDay }], others)
    return accept(undefined)
  })
}

function isSame(a: NewRule, b: NewRule): boolean {
  return (
    ruleName(a) === ruleName(b) &&
    a.fromDay === b.fromDay &&
    a.toDay === b.toDay &&
    a.source === b.source &&
    valueText(a.value) === valueText(b.value)
  )
}
