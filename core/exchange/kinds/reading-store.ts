import { type Context } from '../../context.ts'
import { bulkInsert } from '../../db/bulk-insert.ts'
import { type Period, type PlainDate } from '../../period.ts'
import { type Quantity } from '../../quantity.ts'
import { type FileRow } from '../kind.ts'

/** A dial a reading may belong to. */
export type Dial = { registerId: number; serviceId: number; digits: number; initial: Quantity }

/** A reading of a known dial. */
export type DialRow = FileRow & {
  registerId: number
  digits: number
  initial: Quantity
  period: Period
  takenOn: PlainDate
  value: Quantity
  /** Null for an accepted reading. */
  rejectReason: string | null
  rolledOver: boolean
}

const PIECE = 10_000

/** Dials of accounts by account, folded serial and zone (`12/A991/0`); a serial may serve two services. */
export async function readDials(
  ctx: Context,
  accountIds: readonly number[],
): Promise<Map<string, Dial[]>> {
  const distinct = [...new Set(accountIds)]
  const dials = new Map<string, Dial[]>()
  for (let start = 0; start < distinct.length; start += PIECE) {
    const rows = await ctx.sql.many<Dial & { key: string }>`
      select r.id as "registerId", g.service_id as "serviceId", m.digits, r.initial_e8 as initial,
        g.account_id || '/' || m.serial_key || '/' || r.zone as key
      from agreement g join meter m on m.agreement_id = g.id join register r on r.meter_id = m.id
      where g.account_id = any(${distinct.slice(start, start + PIECE)}::int4[])`
    for (const { key, ...dial } of rows) dials.set(key, [...(dials.get(key) ?? []), dial])
  }
  return dials
}

type StoredReading = Pick<DialRow, 'registerId' | 'takenOn' | 'value' | 'rejectReason'>

/** Readings in force for the same dials and days. */
export async function readSameDay(
  ctx: Context,
  rows: readonly DialRow[],
): Promise<StoredReading[]> {
  const stored: StoredReading[] = []
  for (let start = 0; start < rows.length; start += PIECE) {
    const piece = rows.slice(start, start + PIECE)
    const found = await ctx.sql.many<StoredReading>`
      select r.register_id as "registerId", r.taken_on as "takenOn", r.value_e8 as value,
        r.reject_reason as "rejectReason"
      from unnest(${piece.map((row) => row.registerId)}::int4[],
        ${piece.map((row) => row.takenOn)}::date[]) as w (register_id, taken_on)
      join reading r using (register_id, taken_on)
      where r.state <> 'superseded' order by r.id`
    stored.push(...found)
  }
  return stored
}

/** The last accepted value of each dial before its first day among the rows. */
export async function readLastBefore(
  ctx: Context,
  rows: readonly DialRow[],
): Promise<Map<number, { value: Quantity; period: Period }>> {
  const firstDays = new Map<number, PlainDate>()
  for (const { registerId, takenOn } of rows) {
    const first = firstDays.get(registerId)
    if (first === undefined || takenOn < first) firstDays.set(registerId, takenOn)
  }
  const dials = [...firstDays]
  const last = new Map<number, { value: Quantity; period: Period }>()
  for (let start = 0; start < dials.length; start += PIECE) {
    const piece = dials.slice(start, start + PIECE)
    const found = await ctx.sql.many<{ id: number; value: Quantity; period: Period }>`
      select w.id, l.value_e8 as value, l.period
      from unnest(${piece.map(([id]) => id)}::int4[], ${piece.map(([, day]) => day)}::date[])
        as w (id, first_day)
      join lateral (
        select value_e8, period from reading r
        where r.register_id = w.id and r.taken_on < w.first_day and r.state = 'accepted'
        order by r.taken_on desc, r.id desc limit 1
      ) l on true`
    for (const { id, ...reading } of found) last.set(id, reading)
  }
  return last
}

/** Stores readings; `changed` ones take the place of what is in force for their day. */
export async function storeReadings(
  ctx: Context,
  batchId: number,
  fresh: readonly DialRow[],
  changed: readonly DialRow[],
): Promise<void> {
  await ctx.sql.run`
    update reading r set state = 'superseded',
      ended_at = case when r.state = 'accepted' then ${ctx.now()}::timestamptz end
    from unnest(${changed.map((row) => row.registerId)}::int4[],
      ${changed.map((row) => row.takenOn)}::date[]) as w (register_id, taken_on)
    where r.register_id = w.register_id and r.taken_on = w.taken_on and r.state <> 'superseded'`
  const columns = {
    register_id: 'int4',
    taken_on: 'date',
    value_e8: 'int8',
    period: 'int4',
    source: 'text',
    state: 'text',
    reject_reason: 'text',
    batch_id: 'int4',
    rolled_over: 'bool',
    recorded_at: 'timestamptz',
  }
  const rows = [...fresh, ...changed].map((row) => [
    row.registerId,
    row.takenOn,
    row.value,
    row.period,
    'import',
    row.rejectReason === null ? 'accepted' : 'rejected',
    row.rejectReason,
    batchId,
    row.rolledOver,
    ctx.now(),
  ])
  await bulkInsert(ctx.sql, 'reading', columns, rows)
}

/** Takes a batch's readings away and puts those they replaced back in force. Returns how many. */
export async function removeReadings(ctx: Context, batchId: number): Promise<number> {
  await ctx.sql.run`
    update reading before set ended_at = null,
      state = case when before.reject_reason is null then 'accepted' else 'rejected' end
    from (
      select distinct on (r.id) replaced.id
      from reading r join reading replaced
        on replaced.register_id = r.register_id and replaced.taken_on = r.taken_on
        and replaced.id < r.id and replaced.state = 'superseded'
      where r.batch_id = ${batchId} and r.state <> 'superseded'
      order by r.id, replaced.id desc
    ) restored
    where before.id = restored.id`
  return ctx.sql.run`delete from reading where batch_id = ${batchId}`
}
