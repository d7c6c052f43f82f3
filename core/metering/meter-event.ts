import { type Context } from '../context.ts'
import { type PlainDate } from '../period.ts'
import { type Work } from './staff-meter.ts'

/** What staff can do to a meter; stored, never renamed. */
export type MeterEventKind = 'installed' | 'sealed' | 'removed' | 'verified' | 'read'

/** Writes what staff did to a meter into its history. */
export async function writeMeterEvent(
  ctx: Context,
  { author, document, meterId, on }: Work,
  kind: MeterEventKind,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  await ctx.sql.run`
    insert into meter_event (meter_id, kind, day, document, author, details, at)
    values (${meterId}, ${kind}, ${on}, ${document}, ${author}, ${JSON.stringify(details)}::jsonb,
      ${ctx.now()})`
}

/** A line of a meter's history. */
export type MeterEvent = {
  id: number
  kind: string
  day: PlainDate
  document: string
  author: string
  details: Record<string, unknown>
  at: Date
}

/** What staff did to a meter, the latest first, at most `limit`. */
export function readMeterHistory(
  ctx: Context,
  meterId: number,
  { limit }: { limit: number },
): Promise<MeterEvent[]> {
  return ctx.sql.many<MeterEvent>`
    select id, kind, day, document, author, details, at from meter_event
    where meter_id = ${meterId} order by at desc, id desc limit ${limit}`
}
