import { type Context } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { type PlainDate } from '../period.ts'
import { accept, refuse } from '../result.ts'

/** Who bills a service and who is paid for it: ids and codes of organisations. */
export type Parties = {
  billerId: number
  biller: string
  payeeId: number
  payee: string
}

/** A service by its provider's code and its own; null when there is none. */
export function findService(
  ctx: Context,
  input: { providerCode: string; service: string },
): Promise<{ serviceId: number } | null> {
  return ctx.sql.maybe<{ serviceId: number }>`
    select s.id as "serviceId" from service s join provider p on p.id = s.provider_id
    where p.code = ${input.providerCode} and s.code = ${input.service}`
}

/**
 * Who bills a service and who is paid for it on a day: its provider, unless others were named. Null
 * for an unknown service.
 */
export function readParties(
  ctx: Context,
  { on, serviceId }: { serviceId: number; on: PlainDate },
): Promise<Parties | null> {
  return ctx.sql.maybe<Parties>`
    select b.id as "billerId", b.code as biller, e.id as "payeeId", e.code as payee
    from service s
    left join lateral (
      select biller_id, payee_id from service_party
      where service_id = s.id and from_day <= ${on} and (to_day is null or to_day > ${on})
      order by from_day desc, id desc limit 1) p on true
    join provider b on b.id = coalesce(p.biller_id, s.provider_id)
    join provider e on e.id = coalesce(p.payee_id, s.provider_id)
    where s.id = ${serviceId}`
}

/**
 * Names who bills a service and who is paid for it from a day on, until before `toDay` or without an
 * end. What was named before without an end stops on that day.
 *
 * Gives the row's id.
 * Refuses: `service-not-found`; `range-wrong`; `biller-not-found`; `payee-not-found`;
 * `parties-overlap` when others are named within those days.
 */
export function nameParties(
  ctx: Context,
  input: {
    serviceId: number
    billerCode: string
    payeeCode: string
    fromDay: PlainDate
    toDay?: PlainDate
    author: string
  },
) {
  return transaction(ctx, async (tx) => {
    const { author, billerCode, fromDay, payeeCode, serviceId } = input
    const toDay = input.toDay ?? null
    const service = await tx.sql.maybe`select 1 from service where id = ${serviceId} for update`
    if (!service) return refuse('service-not-found')
    if (toDay !== null && toDay <= fromDay) return refuse('range-wrong')
    const billerId = await findProvider(tx, billerCode)
    if (billerId === null) return refuse('biller-not-found')
    const payeeId = await findProvider(tx, payeeCode)
    if (payeeId === null) return refuse('payee-not-found')
    const other = await tx.sql.maybe`
      select 1 from service_party
      where service_id = ${serviceId} and (${toDay}::date is null or from_day < ${toDay}::date)
        and (to_day > ${fromDay} or (to_day is null and from_day >= ${fromDay})) limit 1`
    if (other) return refuse('parties-overlap')
    await tx.sql.run`
      update service_party set to_day = ${fromDay}
      where service_id = ${serviceId} and to_day is null and from_day < ${fromDay}`
    const { id } = await tx.sql.one<{ id: number }>`
      insert into service_party (service_id, biller_id, payee_id, from_day, to_day, author)
      values (${serviceId}, ${billerId}, ${payeeId}, ${fromDay}, ${toDay}, ${author}) returning id`
    return accept({ partyId: id })
  })
}

async function findProvider(ctx: Context, code: string): Promise<number | null> {
  const row = await ctx.sql.maybe<{ id: number }>`select id from provider where code = ${code}`
  return row?.id ?? null
}
