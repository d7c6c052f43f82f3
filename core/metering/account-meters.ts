import { type Context } from '../context.ts'
import { type PlainDate } from '../period.ts'

/** A meter of an account, also one that was removed. */
export type AccountMeter = {
  id: number
  agreementId: number
  /** The provider's code of the service. */
  service: string
  serial: string
  place: string
  zones: number[]
  installedOn: PlainDate | null
  removedOn: PlainDate | null
  verifiedUntil: PlainDate | null
  seal: string | null
}

/** Every meter an account has or had, by service, the oldest first. */
export function readAccountMeters(ctx: Context, accountId: number): Promise<AccountMeter[]> {
  return ctx.sql.many<AccountMeter>`
    select m.id, g.id as "agreementId", s.code as service, m.serial, m.place,
      array(select r.zone::int4 from register r where r.meter_id = m.id order by 1) as zones,
      m.installed_on as "installedOn", m.removed_on as "removedOn",
      m.verified_until as "verifiedUntil", m.seal
    from agreement g
    join service s on s.id = g.service_id
    join meter m on m.agreement_id = g.id
    where g.account_id = ${accountId} order by s.code, m.id`
}
