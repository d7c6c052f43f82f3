import { type Context } from '../context.ts'
import { postingPeriod, readLastIssued } from '../ledger/posting-period.ts'
import { dayIn, firstDay, type Period, type PlainDate } from '../period.ts'
import { type Quantity } from '../quantity.ts'

/** A dial with what is known of it. Values in 10⁻⁸ units. */
export type RegisterState = {
  registerId: number
  /** 0 single, 1 day, 2 night */
  zone: number
  /** The last accepted reading of an earlier month, else the value at installation. */
  previous: Quantity
  previousOn: PlainDate | null
  /** The month it counts for, which may be another than that of its day. */
  previousPeriod: Period | null
  /** Accepted already for the month now being filled; another value takes its place. */
  current: Quantity | null
}

/** A meter a person can send readings of. */
export type MeterState = {
  meterId: number
  accountId: number
  agreementId: number
  serviceId: number
  serviceName: string
  unit: string
  serial: string
  place: string
  digits: number
  /** Last day the verification is valid; null when not known. */
  verifiedUntil: PlainDate | null
  occupants: number
  /** The month a reading taken today counts for: this one, or the first not issued. */
  month: Period
  registers: RegisterState[]
}

type Row = Omit<MeterState, 'registers' | 'month'> & RegisterState

/** The installed meters of accounts with the last value of each dial. */
export async function readMeters(
  ctx: Context,
  accountIds: readonly number[],
): Promise<MeterState[]> {
  const today = dayIn(ctx.now(), ctx.zone)
  const providers = await ctx.sql.many<{ id: number }>`
    select distinct provider_id as id from account where id = any(${accountIds}::int4[])`
  const meters: MeterState[] = []
  for (const { id } of providers) {
    const month = postingPeriod(today, await readLastIssued(ctx, id))
    for (const row of await readRows(ctx, accountIds, id, month)) {
      const { registerId, zone, previous, previousOn, previousPeriod, current, ...meter } = row
      const last = meters.at(-1)
      const register = { registerId, zone, previous, previousOn, previousPeriod, current }
      if (last?.meterId === meter.meterId) last.registers.push(register)
      else meters.push({ ...meter, month, registers: [register] })
    }
  }
  return meters
}

function readRows(
  ctx: Context,
  accountIds: readonly number[],
  providerId: number,
  month: Period,
): Promise<Row[]> {
  return ctx.sql.many<Row>`
    select m.id as "meterId", a.id as "accountId", g.id as "agreementId", s.id as "serviceId",
      s.name as "serviceName", s.unit, m.serial, m.place, m.digits,
      m.verified_until as "verifiedUntil", coalesce(h.occupants, 0) as occupants, r.id as "registerId", r.zone,
      coalesce(p.value_e8, r.initial_e8) as previous, p.taken_on as "previousOn",
      p.period as "previousPeriod", c.value_e8 as current
    from meter m
    join agreement g on g.id = m.agreement_id
    join account a on a.id = g.account_id
    join service s on s.id = g.service_id
    join register r on r.meter_id = m.id
    left join lateral (
      select occupants from household
      where account_id = a.id and retired_at is null and from_day <= ${firstDay(month)}
      order by from_day desc limit 1) h on true
    left join lateral (
      select value_e8, taken_on, period from reading
      where register_id = r.id and state = 'accepted' and period < ${month}
      order by taken_on desc, id desc limit 1) p on true
    left join lateral (
      select value_e8 from reading
      where register_id = r.id and state = 'accepted' and period >= ${month}
      order by taken_on desc, id desc limit 1) c on true
    where a.id = any(${accountIds}::int4[]) and a.provider_id = ${providerId}
      and m.removed_on is null
    order by a.id, s.code, m.id, r.zone`
}
