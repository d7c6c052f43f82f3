import { type Context } from '../context.ts'
import { type Period, type PlainDate } from '../period.ts'
import { formatDecimal, type Quantity } from '../quantity.ts'
import { refuse } from '../result.ts'
import { fitsDial } from './dial.ts'
import { judgeReading } from './judge-reading.ts'
import { readKnowledge } from './read-knowledge.ts'
import { readMeters } from './read-meters.ts'
import { monthOf, type StaffMeter } from './staff-meter.ts'

/** What a dial showed a controller: units in 10⁻⁸. */
export type SeenValue = {
  zone: number
  value: Quantity
  /** It is past the dial's zero. */
  rolledOver?: boolean
}

/** Values ready to be stored. */
export type Visit = {
  on: PlainDate
  month: Period
  values: {
    registerId: number
    zone: number
    value: Quantity
    rolledOver: boolean
    /** Looks unusual, or a later value is lower: staff look at it. */
    needsReview: boolean
  }[]
}

/**
 * Judges what a controller saw. A true value is never refused: an unusual one is marked. Gives what to
 * store, else the refusal: `zones-differ` unless every dial has one value; `value-too-large` and
 * `reading-below-previous` (with the `previous` value, and not said to be past zero) with their `zone`.
 */
export async function judgeVisit(
  ctx: Context,
  meter: StaffMeter,
  on: PlainDate,
  seen: readonly SeenValue[],
) {
  const zones = seen.map(({ zone }) => zone).sort((a, b) => a - b)
  if (zones.join() !== meter.registers.map(({ zone }) => zone).join()) return refuse('zones-differ')
  const month = await monthOf(ctx, meter, on)
  const values: Visit['values'] = []
  for (const { rolledOver = false, value, zone } of seen) {
    if (!fitsDial(value, meter.digits)) return refuse('value-too-large', { zone })
    const register = meter.registers.find((one) => one.zone === zone)
    if (!register) return refuse('zones-differ')
    const { registerId } = register
    const around = await readAround(ctx, registerId, on, month)
    const previous = around.previous ?? register.initial
    const isBelow = value < previous
    if (isBelow && !rolledOver) return refuse('reading-below-previous', { zone, previous })
    const isLaterLower = around.next !== null && around.next < value
    const needsReview = isLaterLower || (await isUnusual(ctx, meter, registerId, value, previous))
    values.push({ registerId, zone, value, rolledOver: isBelow, needsReview })
  }
  return { ok: true, visit: { on, month, values } satisfies Visit } as const
}

// What the new value replaces says nothing about it: the same day, and the month's own submission.
async function readAround(ctx: Context, registerId: number, on: PlainDate, month: Period) {
  const { next, previous } = await ctx.sql.one<{
    previous: Quantity | null
    next: Quantity | null
  }>`
    select
      (select value_e8 from reading
        where register_id = ${registerId} and state = 'accepted' and taken_on < ${on}
          and not (source = 'bot' and period = ${month})
        order by taken_on desc, id desc limit 1) as previous,
      (select value_e8 from reading
        where register_id = ${registerId} and state = 'accepted' and taken_on > ${on}
          and not (source = 'bot' and period = ${month}) and not rolled_over
        order by taken_on, id limit 1) as next`
  return { next, previous }
}

async function isUnusual(
  ctx: Context,
  { accountId, meterId }: StaffMeter,
  registerId: number,
  value: Quantity,
  previous: Quantity,
): Promise<boolean> {
  const meter = (await readMeters(ctx, [accountId])).find((one) => one.meterId === meterId)
  const register = meter?.registers.find((one) => one.registerId === registerId)
  if (!meter || !register) return false
  const known = await readKnowledge(ctx, meter, register)
  const { verdict } = judgeReading(value, { ...known, previous })
  return verdict === 'unusual' || verdict === 'below'
}

/**
 * Stores what a controller saw: accepted, in the place of values of the same day and of what a person
 * sent for the same month. The same values of the day again change nothing. Gives the registration
 * number, and whether they were stored before.
 */
export async function storeVisit(ctx: Context, visit: Visit) {
  const { month, on, values } = visit
  const same = await findSame(ctx, visit)
  if (same !== null) return { registrationNo: same, replayed: true }
  const { no } = await ctx.sql.one<{ no: bigint }>`select nextval('registration_no') as no`
  await ctx.sql.run`
    update reading set state = 'superseded', ended_at = ${ctx.now()}
    where register_id = any(${values.map((one) => one.registerId)}::int4[]) and state = 'accepted'
      and (taken_on = ${on} or (source = 'bot' and period = ${month}))`
  for (const { needsReview, registerId, rolledOver, value } of values)
    await ctx.sql.run`
      insert into reading (register_id, taken_on, value_e8, period, source, state, needs_review,
        rolled_over, registration_no, recorded_at)
      values (${registerId}, ${on}, ${value}, ${month}, 'visit', 'accepted', ${needsReview},
        ${rolledOver}, ${no}, ${ctx.now()})`
  return { registrationNo: no, replayed: false }
}

async function findSame(ctx: Context, { on, values }: Visit): Promise<bigint | null> {
  const row = await ctx.sql.maybe<{ no: bigint }>`
    select r.registration_no as no
    from unnest(${values.map((one) => one.registerId)}::int4[],
      ${values.map((one) => one.value)}::int8[]) as v (register_id, value_e8)
    join reading r using (register_id, value_e8)
    where r.taken_on = ${on} and r.source = 'visit' and r.state = 'accepted'
    group by r.registration_no having count(*) = ${values.length}::int4 limit 1`
  return row?.no ?? null
}

/** Values as a history tells them: by zone, in units. */
export function toldValues({ values }: Visit): Record<string, string> {
  return Object.fromEntries(values.map(({ value, zone }) => [String(zone), formatDecimal(value)]))
}
