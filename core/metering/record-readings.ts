import { type Context } from '../context.ts'
import { type Period, type PlainDate } from '../period.ts'
import { type Quantity } from '../quantity.ts'
import { accept, refuse } from '../result.ts'

/** A dial's value; zones of one meter are sent together. */
export type DialValue = {
  registerId: number
  value: Quantity
  /** The person confirmed that the dial passed its zero. */
  rolledOver: boolean
  /** Confirmed although it looked unusual: kept for staff to look at. */
  needsReview: boolean
}

/**
 * Stores a consumer's readings of one meter for a month that is not issued. Another value for the
 * same month takes the place of the first; both are kept. The same values for the same day again
 * change nothing.
 *
 * Gives the registration number (proof of acceptance, one for all zones), and whether it is
 * `counted`: after the verification expired the reading is kept but not charged by.
 * Refuses: `reading-in-future`; `meter-not-found` (unknown, removed, or dials of several meters).
 */
export async function recordReadings(
  ctx: Context,
  input: {
    meterId: number
    values: readonly DialValue[]
    takenOn: PlainDate
    today: PlainDate
    month: Period
    consumerId: number
  },
) {
  if (input.takenOn > input.today) return refuse('reading-in-future')
  return ctx.sql.transaction(async (sql) => {
    const tx = { ...ctx, sql }
    const meter = await sql.maybe<{ verified_until: PlainDate | null; dials: number }>`
      select m.verified_until, (select count(*)::int4 from register r
        where r.meter_id = m.id and r.id = any(${input.values.map((v) => v.registerId)}::int4[]))
        as dials
      from meter m where m.id = ${input.meterId} and m.removed_on is null for update`
    if (!meter || meter.dials !== input.values.length) return refuse('meter-not-found')
    const counted = meter.verified_until === null || input.takenOn <= meter.verified_until
    const state = counted ? 'accepted' : 'rejected'
    const same = await findSame(tx, input, state)
    if (same !== null) return accept({ registrationNo: same, counted, replayed: true })
    const { no } = await sql.one<{ no: bigint }>`select nextval('registration_no') as no`
    if (counted) await supersede(tx, input)
    for (const dial of input.values) await store(tx, input, dial, no, counted)
    return accept({ registrationNo: no, counted, replayed: false })
  })
}

type Submission = Parameters<typeof recordReadings>[1]

async function findSame(ctx: Context, input: Submission, state: string): Promise<bigint | null> {
  const row = await ctx.sql.maybe<{ no: bigint }>`
    select r.registration_no as no
    from unnest(${input.values.map((v) => v.registerId)}::int4[],
      ${input.values.map((v) => v.value)}::int8[]) as v (register_id, value_e8)
    join reading r on r.register_id = v.register_id and r.value_e8 = v.value_e8
      and r.taken_on = ${input.takenOn} and r.period = ${input.month} and r.state = ${state}
    where r.registration_no is not null
    group by r.registration_no having count(*) = ${input.values.length}::int4
    limit 1`
  return row?.no ?? null
}

async function supersede(ctx: Context, input: Submission): Promise<void> {
  await ctx.sql.run`
    update reading set state = 'superseded', ended_at = ${ctx.now()}
    where register_id = any(${input.values.map((v) => v.registerId)}::int4[])
      and period = ${input.month} and state = 'accepted' and source = 'bot'`
}

async function store(
  ctx: Context,
  input: Submission,
  dial: DialValue,
  registrationNo: bigint,
  counted: boolean,
): Promise<void> {
  await ctx.sql.run`
    insert into reading (register_id, taken_on, value_e8, period, source, state, reject_reason,
      needs_review, rolled_over, registration_no, consumer_id, recorded_at)
    values (${dial.registerId}, ${input.takenOn}, ${dial.value}, ${input.month}, 'bot',
      ${counted ? 'accepted' : 'rejected'}, ${counted ? null : 'verification-expired'},
      ${dial.needsReview}, ${dial.rolledOver}, ${registrationNo}, ${input.consumerId},
      ${ctx.now()})`
}
