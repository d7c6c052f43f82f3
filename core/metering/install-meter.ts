import { type Context } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { dayIn, type PlainDate } from '../period.ts'
import { type Quantity } from '../quantity.ts'
import { accountKey } from '../registry/account-number.ts'
import { accept, refuse } from '../result.ts'
import { fitsDial } from './dial.ts'
import { writeMeterEvent } from './meter-event.ts'

/** A meter as it hangs on the day it is installed. */
export type NewMeter = {
  serial: string
  model: string
  place: string
  /** Integer digits of the dial. */
  digits: number
  /** A dial for each zone with its value on that day, units in 10⁻⁸: 0 alone, or zones from 1. */
  dials: readonly { zone: number; initial: Quantity }[]
  verifiedOn: PlainDate | null
  /** Last day the verification is valid. */
  verifiedUntil: PlainDate | null
  seal: string | null
}

/** The act of an installation. */
export type Installation = {
  agreementId: number
  on: PlainDate
  document: string
  author: string
}

/**
 * Installs a meter for an agreement.
 *
 * Gives the meter's id.
 * Refuses: `agreement-not-found`; `agreement-ended` on or before the day; `day-in-future`;
 * `serial-empty`; `meter-exists` when the agreement has, or had, one of this number; `zones-wrong`;
 * `value-too-large` for the dial; `verification-wrong` when it ends before it begins, or before the
 * meter hangs.
 */
export function installMeter(ctx: Context, input: Installation & { meter: NewMeter }) {
  return transaction(ctx, async (tx) => {
    const wrong = await checkInstallation(tx, input, input.meter)
    if (wrong) return wrong
    return accept({ meterId: await storeMeter(tx, input, input.meter) })
  })
}

/** Why a meter cannot be installed, or null. Refuses as `installMeter`. */
export async function checkInstallation(ctx: Context, at: Installation, meter: NewMeter) {
  const agreement = await ctx.sql.maybe<{ toDay: PlainDate | null }>`
    select to_day as "toDay" from agreement where id = ${at.agreementId} for update`
  if (!agreement) return refuse('agreement-not-found')
  if (agreement.toDay !== null && agreement.toDay <= at.on) return refuse('agreement-ended')
  if (at.on > dayIn(ctx.now(), ctx.zone)) return refuse('day-in-future')
  const key = accountKey(meter.serial)
  if (key === '') return refuse('serial-empty')
  const known = await ctx.sql.maybe`
    select 1 from meter where agreement_id = ${at.agreementId} and serial_key = ${key}`
  if (known) return refuse('meter-exists')
  const { dials, digits, verifiedOn, verifiedUntil } = meter
  const zones = new Set(dials.map(({ zone }) => zone))
  const isWrong = zones.size !== dials.length || dials.length === 0
  if (isWrong || (zones.has(0) && zones.size > 1)) return refuse('zones-wrong')
  const large = dials.find(({ initial }) => initial < 0n || !fitsDial(initial, digits))
  if (large) return refuse('value-too-large', { zone: large.zone })
  const isOver = verifiedUntil !== null && verifiedUntil < (verifiedOn ?? at.on)
  if (isOver || (verifiedUntil !== null && verifiedUntil < at.on))
    return refuse('verification-wrong')
  if (verifiedOn !== null && verifiedUntil === null) return refuse('verification-wrong')
  return null
}

/** Writes a meter that was checked, its dials, verification and history. Gives its id. */
export async function storeMeter(ctx: Context, at: Installation, meter: NewMeter): Promise<number> {
  const { agreementId, author, document, on } = at
  const { dials, digits, model, place, seal, serial, verifiedOn, verifiedUntil } = meter
  const { id } = await ctx.sql.one<{ id: number }>`
    insert into meter (agreement_id, serial, serial_key, model, place, digits, verified_on,
      verified_until, installed_on, seal)
    values (${agreementId}, ${serial}, ${accountKey(serial)}, ${model}, ${place}, ${digits},
      ${verifiedOn}, ${verifiedUntil}, ${on}, ${seal})
    returning id`
  await ctx.sql.run`
    insert into register (meter_id, zone, initial_e8)
    select ${id}, zone, initial from unnest(${dials.map((dial) => dial.zone)}::int2[],
      ${dials.map((dial) => dial.initial)}::int8[]) as d (zone, initial)`
  if (verifiedUntil !== null)
    await ctx.sql.run`
      insert into verification (meter_id, from_day, until_day, document, author, recorded_at)
      values (${id}, ${verifiedOn}, ${verifiedUntil}, ${document}, ${author}, ${ctx.now()})`
  const work = { meterId: id, on, document, author }
  await writeMeterEvent(ctx, work, 'installed', { serial, zones: dials.map((dial) => dial.zone) })
  return id
}
