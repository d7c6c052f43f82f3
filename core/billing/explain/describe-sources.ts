import { type Context } from '../../context.ts'
import { type FormulaInput } from './formula-inputs.ts'

/** What a number's source says for people: days as `yyyy-mm-dd`, texts of decisions. */
export type SourceDetails = Readonly<Record<string, string | number | null>>

/** The facts behind the sources of formulas, by `source:id`; sources without an id tell themselves. */
export async function describeSources(
  ctx: Context,
  inputs: readonly FormulaInput[],
): Promise<Map<string, SourceDetails>> {
  const ids = (...sources: string[]) => [
    ...new Set(
      inputs.flatMap(({ id, source }) => (id !== null && sources.includes(source) ? [id] : [])),
    ),
  ]
  const told = new Map<string, SourceDetails>()
  const keep = (sources: string[], rows: (SourceDetails & { id: bigint | number })[]) => {
    for (const { id, ...details } of rows)
      for (const source of sources) told.set(`${source}:${id}`, details)
  }
  const readings = ids('reading')
  if (readings.length > 0)
    keep(
      ['reading'],
      await ctx.sql.many`
        select r.id, r.taken_on as "takenOn", m.serial, d.zone, r.source as "sentBy"
        from reading r join register d on d.id = r.register_id join meter m on m.id = d.meter_id
        where r.id = any(${readings}::int8[])`,
    )
  const tariffs = ids('tariff', 'norm', 'subscription')
  if (tariffs.length > 0)
    keep(
      ['tariff', 'norm', 'subscription'],
      await ctx.sql.many`
        select id, from_day as "fromDay", to_day as "toDay", plan, source as decision from tariff
        where id = any(${tariffs}::int4[])`,
    )
  const households = ids('household')
  if (households.length > 0)
    keep(
      ['household'],
      await ctx.sql.many`
        select id, nullif(from_day, '1900-01-01') as "fromDay", occupants, source as decision
        from household where id = any(${households}::int4[])`,
    )
  const charges = ids('charge')
  if (charges.length > 0)
    // A program sends a price without its decision: the newest one of that price is meant.
    keep(
      ['charge'],
      await ctx.sql.many`
        select c.id, (select max(t.from_day) from tariff t
          where t.service_id = g.service_id and t.price_e8 = c.price1_e8 and t.retired_at is null
            and yyyymm(t.from_day) <= c.period) as "fromDay"
        from charge c join agreement g on g.id = c.agreement_id
        where c.id = any(${charges}::int8[])`,
    )
  const rules = ids('rule')
  if (rules.length > 0)
    keep(
      ['rule'],
      await ctx.sql.many`
        select id, kind, key, from_day as "fromDay", source as decision from rule
        where id = any(${rules}::int4[])`,
    )
  return told
}
