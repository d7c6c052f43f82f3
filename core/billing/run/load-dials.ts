import { type Context } from '../../context.ts'
import { addMonths, firstDay, type Period, type PlainDate } from '../../period.ts'
import { type DialFact, type ReadingFact } from '../charge/facts.ts'
import { grouped, LOOK_BACK_MONTHS, type Wanted } from './wanted.ts'

type DialRow = Omit<DialFact, 'verified' | 'readings'> & { agreementId: number }
type ReadingRow = ReadingFact & { registerId: number }
type VerificationRow = { meterId: number; from: PlainDate | null; until: PlainDate }

/** Months that tell the last value of a dial that is read every month. */
const RECENT_MONTHS = 2
/** Months an average may look back before the oldest month charged again, and one for what opens them. */
const HISTORY_MONTHS = LOOK_BACK_MONTHS + 37

/** The dials of agreements with the readings their charge needs, by agreement. */
export async function loadDials(
  ctx: Context,
  wanted: Wanted,
  agreementIds: readonly number[],
): Promise<Map<number, DialFact[]>> {
  const dials = await readDials(ctx, wanted, agreementIds)
  if (dials.length === 0) return new Map()
  const verified = await readVerifications(ctx, wanted, dials)
  const readings = await readReadings(ctx, wanted, dials)
  const facts = dials.map((dial) => ({
    ...dial,
    verified: verified.get(dial.meterId) ?? null,
    readings: readings.get(dial.registerId) ?? [],
  }))
  return grouped(facts, ({ agreementId }) => agreementId)
}

function readDials(ctx: Context, { asOf }: Wanted, agreementIds: readonly number[]) {
  return ctx.sql.many<DialRow & { accountId: number }>`
    select r.id as "registerId", m.id as "meterId", m.agreement_id as "agreementId",
      g.account_id as "accountId", r.zone, m.digits, r.initial_e8 as initial,
      m.installed_on as "installedOn",
      case when m.removed_at > ${asOf} then null else m.removed_on end as "removedOn"
    from meter m join register r on r.meter_id = m.id join agreement g on g.id = m.agreement_id
    where m.agreement_id = any(${agreementIds}::int4[])
    order by m.agreement_id, r.id`
}

async function readVerifications(ctx: Context, { asOf }: Wanted, dials: readonly DialRow[]) {
  const rows = await ctx.sql.many<VerificationRow>`
    select meter_id as "meterId", from_day as from, until_day as until
    from verification
    where meter_id = any(${[...new Set(dials.map((dial) => dial.meterId))]}::int4[])
      and recorded_at <= ${asOf}
    order by id`
  return grouped(rows, ({ meterId }) => meterId)
}

/**
 * Of accounts whose dials are read every month the last values. One dial read after months without it
 * has all months of its account charged again: then the history of every dial is needed.
 */
async function readReadings(
  ctx: Context,
  wanted: Wanted,
  dials: readonly (DialRow & { accountId: number })[],
) {
  const { period } = wanted
  const again = (dial: { accountId: number }) => wanted.again.has(dial.accountId)
  const regular = dials.filter((dial) => !again(dial)).map((dial) => dial.registerId)
  const recent = await readSince(ctx, wanted, regular, addMonths(period, -RECENT_MONTHS))
  const isIrregular = (registerId: number) => {
    const mine = recent.get(registerId) ?? []
    const previous = addMonths(period, -1)
    return (
      !mine.some((one) => one.period === period) || !mine.some((one) => one.period === previous)
    )
  }
  const irregular = new Set(
    dials.filter((dial) => isIrregular(dial.registerId)).map((dial) => dial.accountId),
  )
  const others = dials
    .filter((dial) => again(dial) || irregular.has(dial.accountId))
    .map((dial) => dial.registerId)
  const whole = await readSince(ctx, wanted, others, addMonths(period, -HISTORY_MONTHS))
  for (const [registerId, readings] of whole) recent.set(registerId, readings)
  return recent
}

/** Readings since a month, and the last one before it: what follows starts from it. */
async function readSince(
  ctx: Context,
  { asOf }: Wanted,
  registerIds: readonly number[],
  since: Period,
): Promise<Map<number, ReadingRow[]>> {
  if (registerIds.length === 0) return new Map()
  const rows = await ctx.sql.many<ReadingRow>`
    select r.id, r.register_id as "registerId", r.period, r.taken_on as "takenOn",
      r.value_e8 as value, r.rolled_over as "rolledOver", r.reject_reason is null as counted
    from unnest(${registerIds}::int4[]) as w (id)
    left join lateral (
      select max(b.taken_on) as day from reading b
      where b.register_id = w.id and b.taken_on < ${firstDay(since)} and b.state = 'accepted'
        and b.recorded_at <= ${asOf}
    ) opens on true
    join reading r on r.register_id = w.id
    where r.taken_on >= coalesce(opens.day, ${firstDay(since)})
      and r.recorded_at <= ${asOf}
      and (r.state = 'accepted' or r.ended_at > ${asOf}
        or (r.state = 'rejected' and r.reject_reason = 'verification-expired'))
    order by r.register_id, r.period, r.taken_on, r.id`
  return grouped(rows, ({ registerId }) => registerId)
}
