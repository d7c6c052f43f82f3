import { type Context } from '../context.ts'
import { bulkInsert } from '../db/bulk-insert.ts'
import { type PlainDate } from '../period.ts'
import { type RuleKind } from './rule-kinds.ts'
import { ruleName, type RuleScope } from './rule-scope.ts'

/** A rule to be in force from `fromDay` until before `toDay`. */
export type NewRule = RuleScope & {
  kind: RuleKind
  key: string
  fromDay: PlainDate
  toDay: PlainDate | null
  /** As it is written, of its kind's shape. */
  value: unknown
  source: string
}

/** A rule in force or to come, as the town knows it now. */
export type StoredRule = NewRule & { id: number }

type Span = Pick<NewRule, 'fromDay' | 'toDay'>

/** Keeps other writers of rules away until the transaction ends. */
export async function lockRules(tx: Context): Promise<void> {
  await tx.sql.run`lock table rule in share row exclusive mode`
}

/** All rules of these kinds that nobody retired. */
export function readLiveRules(ctx: Context, kinds: readonly string[]): Promise<StoredRule[]> {
  return ctx.sql.many<StoredRule>`
    select id, kind, key, provider_id as "providerId", service_id as "serviceId",
      house_id as "houseId", account_id as "accountId", from_day as "fromDay", to_day as "toDay",
      value, source
    from rule where kind = any(${[...new Set(kinds)]}::text[]) and retired_at is null order by id`
}

/**
 * Writes rules over those of the same kind, key and scope, and gives their ids. A version they take days
 * from is retired; what is left of it before and after comes as a version of its own, but nothing is of
 * one with the same first day: that one is corrected. Rules of one call must not overlap each other.
 */
export async function storeRules(
  tx: Context,
  rules: readonly NewRule[],
  live: readonly StoredRule[],
): Promise<number[]> {
  const written = new Map<string, NewRule[]>()
  for (const rule of rules)
    written.set(ruleName(rule), [...(written.get(ruleName(rule)) ?? []), rule])
  const touched = live.filter((one) =>
    written.get(ruleName(one))?.some((rule) => overlaps(rule, one)),
  )
  const left = touched.flatMap((one) => leftOf(one, written.get(ruleName(one)) ?? []))
  await tx.sql.run`
    update rule set retired_at = ${tx.now()}
    where id = any(${touched.map(({ id }) => id)}::int4[])`
  const ids = await insertRules(tx, [...rules, ...left])
  return ids.slice(0, rules.length)
}

function leftOf(version: NewRule, rules: readonly NewRule[]): NewRule[] {
  if (rules.some((rule) => rule.fromDay === version.fromDay)) return []
  return rules.reduce((pieces, rule) => pieces.flatMap((piece) => cutOut(piece, rule)), [version])
}

/** The end of a version: its own, else the next one's start of the same kind, key and scope. */
export function endOf(rule: NewRule, others: readonly NewRule[]): PlainDate | null {
  if (rule.toDay !== null) return rule.toDay
  const name = ruleName(rule)
  const starts = others
    .filter((other) => other.fromDay > rule.fromDay && ruleName(other) === name)
    .map((other) => other.fromDay)
  return starts.sort()[0] ?? null
}

/** What is left of a version when another one takes its days. */
export function cutOut<V extends Span>(version: V, taken: Span): V[] {
  if (!overlaps(version, taken)) return [version]
  const before = version.fromDay < taken.fromDay ? [{ ...version, toDay: taken.fromDay }] : []
  const isLonger = taken.toDay !== null && (version.toDay === null || version.toDay > taken.toDay)
  const after = isLonger && taken.toDay !== null ? [{ ...version, fromDay: taken.toDay }] : []
  return [...before, ...after]
}

/** Whether two versions have a day in common. */
export function overlaps(a: Span, b: Span): boolean {
  return (a.toDay === null || b.fromDay < a.toDay) && (b.toDay === null || a.fromDay < b.toDay)
}

/** One text for one value, however its names are ordered. */
export function valueText(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

async function insertRules(tx: Context, rules: readonly NewRule[]): Promise<number[]> {
  const columns = {
    kind: 'text',
    key: 'text',
    provider_id: 'int4',
    service_id: 'int4',
    house_id: 'int4',
    account_id: 'int4',
    from_day: 'date',
    to_day: 'date',
    value: 'jsonb',
    source: 'text',
    recorded_at: 'timestamptz',
  }
  const rows = rules.map((rule) => [
    ...[rule.kind, rule.key, rule.providerId, rule.serviceId, rule.houseId, rule.accountId],
    ...[rule.fromDay, rule.toDay, valueText(rule.value), rule.source, tx.now()],
  ])
  const inserted = await bulkInsert<{ id: number }>(tx.sql, 'rule', columns, rows, {
    returning: ['id'],
  })
  return inserted.map(({ id }) => id)
}
