import { type Context } from '../../context.ts'
import { transaction } from '../../db/transaction.ts'
import { type PlainDate } from '../../period.ts'
import { accept, refuse } from '../../result.ts'
import { type NewAccountEvent, writeAccountEvent } from '../account-life/account-event.ts'
import { isRuleKey } from './rule-key.ts'

/** Where a service was poor: a whole house, or one account. */
type DefectPlace = { houseId: number } | { accountId: number }

type Input = {
  providerCode: string
  service: string
  place: DefectPlace
  /** Key of a `quality` rule. */
  defect: string
  fromDay: PlainDate
  /** First day of good quality. */
  toDay: PlainDate
  document: string
  author: string
  /** Days before this one are not changed any more. */
  earliest?: PlainDate
}

/**
 * Records days on which a service was poor or missing, for a house or one account. What it takes off
 * is decided by the `quality` rule when the month is charged.
 *
 * Gives the defect's id, and how many accounts it touches: it stands in the history of each.
 * Refuses: `service-not-found`; `place-not-found` when the provider delivers the service to no account
 * there; `range-wrong`; `too-long-ago` when it began before `earliest`; `defect-unknown` without a rule
 * of this key in those days; `defect-overlaps` the same defect in force at the same place.
 */
export function recordDefect(ctx: Context, input: Input) {
  return transaction(ctx, async (tx) => {
    const { author, defect, document, earliest, fromDay, place, toDay } = input
    const service = await tx.sql.maybe<{ id: number; providerId: number }>`
      select s.id, s.provider_id as "providerId"
      from service s join provider p on p.id = s.provider_id
      where p.code = ${input.providerCode} and s.code = ${input.service} for update of s`
    if (!service) return refuse('service-not-found')
    const houseId = 'houseId' in place ? place.houseId : null
    const accountId = 'accountId' in place ? place.accountId : null
    const touched = await findTouched(tx, service.id, { houseId, accountId })
    if (touched.length === 0) return refuse('place-not-found')
    if (toDay <= fromDay) return refuse('range-wrong')
    if (earliest !== undefined && fromDay < earliest) return refuse('too-long-ago', { earliest })
    const { providerId } = service
    const isKnown = await isRuleKey(tx, {
      kind: 'quality',
      key: defect,
      providerId,
      fromDay,
      toDay,
    })
    if (!isKnown) return refuse('defect-unknown')
    const other = await tx.sql.maybe`
      select 1 from quality_defect
      where service_id = ${service.id} and defect = ${defect} and retired_at is null
        and house_id is not distinct from ${houseId}::int4
        and account_id is not distinct from ${accountId}::int4
        and from_day < ${toDay} and to_day > ${fromDay} limit 1`
    if (other) return refuse('defect-overlaps')
    const { id } = await tx.sql.one<{ id: number }>`
      insert into quality_defect (service_id, house_id, account_id, defect, from_day, to_day,
        document, author, recorded_at)
      values (${service.id}, ${houseId}, ${accountId}, ${defect}, ${fromDay}, ${toDay}, ${document},
        ${author}, ${tx.now()})
      returning id`
    const event = { kind: 'defect-recorded', day: fromDay, reason: document, author } as const
    await tell(tx, touched, { ...event, details: { defect: id, key: defect, toDay } })
    return accept({ defectId: id, accounts: touched.length })
  })
}

/** Takes a defect back from now on. Refuses: `fact-not-found`, also when it was retired before. */
export function retireDefect(ctx: Context, input: { id: number; reason: string; author: string }) {
  return transaction(ctx, async (tx) => {
    const { author, id, reason } = input
    const retired = await tx.sql.maybe<{
      serviceId: number
      houseId: number | null
      accountId: number | null
      day: PlainDate
    }>`
      update quality_defect set retired_at = ${tx.now()} where id = ${id} and retired_at is null
      returning service_id as "serviceId", house_id as "houseId", account_id as "accountId",
        from_day as day`
    if (!retired) return refuse('fact-not-found')
    const { day, serviceId } = retired
    const event = { kind: 'defect-retired', day, reason, author } as const
    const touched = await findTouched(tx, serviceId, retired)
    await tell(tx, touched, { ...event, details: { defect: id } })
    return accept(undefined)
  })
}

async function findTouched(
  ctx: Context,
  serviceId: number,
  { accountId, houseId }: { houseId: number | null; accountId: number | null },
): Promise<number[]> {
  const rows = await ctx.sql.many<{ id: number }>`
    select a.id from account a
    join premise p on p.id = a.premise_id
    join agreement g on g.account_id = a.id and g.service_id = ${serviceId}
    where a.id = ${accountId} or p.house_id = ${houseId} order by a.id`
  return rows.map(({ id }) => id)
}

async function tell(
  ctx: Context,
  accountIds: readonly number[],
  event: Omit<NewAccountEvent, 'accountId'>,
): Promise<void> {
  for (const accountId of accountIds) await writeAccountEvent(ctx, { ...event, accountId })
}
