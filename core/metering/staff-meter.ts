import { type Context } from '../context.ts'
import { postingPeriod, readLastIssued } from '../ledger/posting-period.ts'
import { dayIn, type Period, type PlainDate } from '../period.ts'
import { type Quantity } from '../quantity.ts'
import { refuse } from '../result.ts'

/** A meter that staff work with. */
export type StaffMeter = {
  meterId: number
  agreementId: number
  accountId: number
  providerId: number
  serial: string
  /** Integer digits of the dial. */
  digits: number
  installedOn: PlainDate | null
  removedOn: PlainDate | null
  verifiedUntil: PlainDate | null
  /** Zone and value at installation (10⁻⁸ units) of each dial, by zone. */
  registers: { registerId: number; zone: number; initial: Quantity }[]
}

/** What every work on a meter says of itself. */
export type Work = {
  meterId: number
  /** The day it was done. */
  on: PlainDate
  /** Number of the act; empty without one. */
  document: string
  author: string
}

// Held until the transaction ends, so that work on a meter goes one step at a time.
async function lockMeter(ctx: Context, meterId: number): Promise<StaffMeter | null> {
  const meter = await ctx.sql.maybe<Omit<StaffMeter, 'registers'>>`
    select m.id as "meterId", g.id as "agreementId", a.id as "accountId",
      a.provider_id as "providerId", m.serial, m.digits, m.installed_on as "installedOn",
      m.removed_on as "removedOn", m.verified_until as "verifiedUntil"
    from meter m join agreement g on g.id = m.agreement_id join account a on a.id = g.account_id
    where m.id = ${meterId} for update of m`
  if (!meter) return null
  const registers = await ctx.sql.many<StaffMeter['registers'][number]>`
    select id as "registerId", zone, initial_e8 as initial from register
    where meter_id = ${meterId} order by zone`
  return { ...meter, registers }
}

/**
 * The meter when work on it can be done on the day, else the refusal: `meter-not-found`;
 * `meter-removed`; `day-in-future`; `before-installation`.
 */
export async function meterToWorkOn(ctx: Context, { meterId, on }: Work) {
  const meter = await lockMeter(ctx, meterId)
  if (!meter) return refuse('meter-not-found')
  if (meter.removedOn !== null) return refuse('meter-removed')
  if (on > dayIn(ctx.now(), ctx.zone)) return refuse('day-in-future')
  if (meter.installedOn !== null && on < meter.installedOn) return refuse('before-installation')
  return { ok: true, meter } as const
}

/** The month a value of this day counts for: its own while that is not issued, else the open one. */
export async function monthOf(ctx: Context, meter: StaffMeter, on: PlainDate): Promise<Period> {
  return postingPeriod(on, await readLastIssued(ctx, meter.providerId))
}
