import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { type Context } from '../context.ts'
import { bulkInsert } from '../db/bulk-insert.ts'
import { transaction } from '../db/transaction.ts'
import { plainDate } from '../period.ts'
import { isRuleKind } from './rule-kinds.ts'
import { lockRules } from './store-rules.ts'

const Day = z.string().transform(plainDate)
const Row = z.strictObject({
  kind: z.string().refine(isRuleKind),
  key: z.string(),
  fromDay: Day,
  /** First day it is no longer in force. */
  toDay: Day.nullable(),
  value: z.record(z.string(), z.unknown()),
  source: z.string().min(1),
})

/** A rule of a whole country: in force from `fromDay` until before `toDay`, with the law it comes from. */
export type ProfileRow = z.output<typeof Row>

/** The rules a country gives its towns. Throws when the file is not of this shape. */
export async function readProfile(country: Context['country']): Promise<ProfileRow[]> {
  const file = await readFile(new URL(`profiles/${country}.json`, import.meta.url), 'utf8')
  return z.array(Row).parse(JSON.parse(file))
}

/**
 * Gives a town the rules of its country that it never had, and how many. A rule somebody retired or
 * changed stays as it is: known is a rule of the same kind, key and first day, in force or not.
 */
export async function loadProfile(ctx: Context): Promise<number> {
  const rows = await readProfile(ctx.country)
  if ((await missing(ctx, rows)).length === 0) return 0
  return transaction(ctx, async (tx) => {
    // Of two processes that start at once the second finds the rules of the first.
    await lockRules(tx)
    const columns = {
      kind: 'text',
      key: 'text',
      from_day: 'date',
      to_day: 'date',
      value: 'jsonb',
      source: 'text',
      recorded_at: 'timestamptz',
    }
    const fresh = await missing(tx, rows)
    const values = fresh.map(({ fromDay, key, kind, source, toDay, value }) => [
      ...[kind, key, fromDay, toDay, JSON.stringify(value), source, tx.now()],
    ])
    return bulkInsert(tx.sql, 'rule', columns, values)
  })
}

async function missing(ctx: Context, rows: readonly ProfileRow[]): Promise<ProfileRow[]> {
  const places = await ctx.sql.many<{ place: number }>`
    select place::int4 from unnest(${rows.map((row) => row.kind)}::text[],
      ${rows.map((row) => row.key)}::text[], ${rows.map((row) => row.fromDay)}::date[])
      with ordinality as w (kind, key, from_day, place)
    where not exists (
      select 1 from rule r where r.kind = w.kind and r.key = w.key and r.from_day = w.from_day
        and num_nonnulls(r.provider_id, r.service_id, r.house_id, r.account_id) = 0)`
  const wanted = new Set(places.map(({ place }) => place))
  return rows.filter((_row, index) => wanted.has(index + 1))
}
