import { type Context } from '../../context.ts'
import { transaction } from '../../db/transaction.ts'
import { type PlainDate } from '../../period.ts'
import { accept, refuse } from '../../result.ts'
import { writeAccountEvent } from '../account-life/account-event.ts'
import { lockAccount } from '../account-life/find-account.ts'
import { isRuleKey } from './rule-key.ts'

type Input = {
  accountId: number
  /** Key of a `benefit` rule. */
  category: string
  /** How many persons of the household it covers, the holder of the right included. */
  persons: number
  fromDay: PlainDate
  /** First day the right is over; without it, it has no end. */
  toDay?: PlainDate
  document: string
  author: string
  /** Days before this one are not changed any more. */
  earliest?: PlainDate
}

/**
 * Records that persons of a household have the right to a benefit. Nobody is named.
 *
 * Gives the row's id.
 * Refuses: `account-not-found`; `range-wrong`; `too-long-ago` before `earliest`; `category-unknown`
 * without a `benefit` rule of this key in those days; `persons-wrong` for none, or more than live there
 * on the first day (`occupants`); `beneficiary-overlaps` the same category in force.
 */
export function recordBeneficiary(ctx: Context, input: Input) {
  return transaction(ctx, async (tx) => {
    const { accountId, author, category, document, earliest, fromDay, persons } = input
    const toDay = input.toDay ?? null
    const account = await lockAccount(tx, accountId)
    if (!account) return refuse('account-not-found')
    if (toDay !== null && toDay <= fromDay) return refuse('range-wrong')
    if (earliest !== undefined && fromDay < earliest) return refuse('too-long-ago', { earliest })
    const { providerId } = account
    const rule = { kind: 'benefit', key: category, providerId, fromDay, toDay } as const
    if (!(await isRuleKey(tx, rule))) return refuse('category-unknown')
    const occupants = await readOccupants(tx, accountId, fromDay)
    if (persons < 1 || persons > occupants) return refuse('persons-wrong', { occupants })
    const other = await tx.sql.maybe`
      select 1 from beneficiary
      where account_id = ${accountId} and category = ${category} and retired_at is null
        and (${toDay}::date is null or from_day < ${toDay}::date)
        and (to_day is null or to_day > ${fromDay}) limit 1`
    if (other) return refuse('beneficiary-overlaps')
    const { id } = await tx.sql.one<{ id: number }>`
      insert into beneficiary (account_id, category, persons, from_day, to_day, document, recorded_at)
      values (${accountId}, ${category}, ${persons}, ${fromDay}, ${toDay}, ${document}, ${tx.now()})
      returning id`
    const event = { accountId, kind: 'beneficiary-recorded', day: fromDay, author } as const
    const details = { beneficiary: id, category, persons, toDay }
    await writeAccountEvent(tx, { ...event, reason: document, details })
    return accept({ beneficiaryId: id })
  })
}

/** Takes a right back from now on. Refuses: `fact-not-found`, also when it was retired before. */
export function retireBeneficiary(
  ctx: Context,
  input: { id: number; reason: string; author: string },
) {
  return transaction(ctx, async (tx) => {
    const { author, id, reason } = input
    const retired = await tx.sql.maybe<{ accountId: number; day: PlainDate }>`
      update beneficiary set retired_at = ${tx.now()} where id = ${id} and retired_at is null
      returning account_id as "accountId", from_day as day`
    if (!retired) return refuse('fact-not-found')
    const event = { ...retired, kind: 'beneficiary-retired', reason, author } as const
    await writeAccountEvent(tx, { ...event, details: { beneficiary: id } })
    return accept(undefined)
  })
}

async function readOccupants(ctx: Context, accountId: number, on: PlainDate): Promise<number> {
  const household = await ctx.sql.maybe<{ occupants: number }>`
    select occupants from household
    where account_id = ${accountId} and retired_at is null and from_day <= ${on}
    order by from_day desc limit 1`
  return household?.occupants ?? 0
}
