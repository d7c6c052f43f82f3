import { type Context } from '../../context.ts'
import { transaction } from '../../db/transaction.ts'
import { addDays, dayIn, type PlainDate } from '../../period.ts'
import { RULE_KINDS } from '../../tariffs/rule-kinds.ts'
import { accept, refuse } from '../../result.ts'
import { writeAccountEvent } from '../account-life/account-event.ts'
import { lockAccount } from '../account-life/find-account.ts'

type Input = {
  accountId: number
  leftOn: PlainDate
  returnedOn: PlainDate
  /** When it was applied for. */
  appliedOn: PlainDate
  document: string
  author: string
  /** Days before this one are not changed any more. */
  earliest?: PlainDate
}

/**
 * Records that all residents were away. Which services it takes off, and after how many days, is
 * decided when the month is charged.
 *
 * Gives the absence's id.
 * Refuses: `account-not-found`; `range-wrong` when they did not return after they left; `too-long-ago`
 * when it began before `earliest`; `day-in-future` while they are still away; `applied-too-late` (with
 * the `lastDay`) after the days the `absence` rule gives; `absence-overlaps` another one in force.
 */
export function recordAbsence(ctx: Context, input: Input) {
  return transaction(ctx, async (tx) => {
    const { accountId, appliedOn, author, document, earliest, leftOn, returnedOn } = input
    if (!(await lockAccount(tx, accountId))) return refuse('account-not-found')
    if (returnedOn <= leftOn) return refuse('range-wrong')
    if (earliest !== undefined && leftOn < earliest) return refuse('too-long-ago', { earliest })
    const today = dayIn(tx.now(), tx.zone)
    if (returnedOn > today || appliedOn > today) return refuse('day-in-future')
    const days = await readApplyWithin(tx, accountId, returnedOn)
    if (days !== null && appliedOn > addDays(returnedOn, days))
      return refuse('applied-too-late', { lastDay: addDays(returnedOn, days) })
    // The day of return may be the day they leave again.
    const other = await tx.sql.maybe`
      select 1 from absence where account_id = ${accountId} and retired_at is null
        and left_on < ${returnedOn} and returned_on > ${leftOn} limit 1`
    if (other) return refuse('absence-overlaps')
    const { id } = await tx.sql.one<{ id: number }>`
      insert into absence
        (account_id, left_on, returned_on, applied_on, document, author, recorded_at)
      values (${accountId}, ${leftOn}, ${returnedOn}, ${appliedOn}, ${document}, ${author},
        ${tx.now()})
      returning id`
    const event = { accountId, kind: 'absence-recorded', day: leftOn, author } as const
    await writeAccountEvent(tx, {
      ...event,
      reason: document,
      details: { absence: id, returnedOn },
    })
    return accept({ absenceId: id })
  })
}

/** Days after the return in which an absence must be applied for; null when no rule says. */
async function readApplyWithin(tx: Context, accountId: number, on: PlainDate) {
  const row = await tx.sql.maybe<{ value: unknown }>`
    select r.value from rule r join account a on a.id = ${accountId}
    where r.kind = 'absence' and r.key = '' and r.retired_at is null
      and (r.provider_id is null or r.provider_id = a.provider_id)
      and r.service_id is null and r.house_id is null
      and (r.account_id is null or r.account_id = a.id)
      and r.from_day <= ${on} and (r.to_day is null or r.to_day > ${on})
    order by r.account_id nulls last, r.provider_id nulls last, r.from_day desc limit 1`
  if (!row) return null
  return RULE_KINDS.absence.parse(row.value).applyWithinDays ?? null
}

/** Takes an absence back from now on. Refuses: `fact-not-found`, also when it was retired before. */
export function retireAbsence(ctx: Context, input: { id: number; reason: string; author: string }) {
  return transaction(ctx, async (tx) => {
    const { author, id, reason } = input
    const retired = await tx.sql.maybe<{ accountId: number; day: PlainDate }>`
      update absence set retired_at = ${tx.now()} where id = ${id} and retired_at is null
      returning account_id as "accountId", left_on as day`
    if (!retired) return refuse('fact-not-found')
    const event = { ...retired, kind: 'absence-retired', reason, author } as const
    await writeAccountEvent(tx, { ...event, details: { absence: id } })
    return accept(undefined)
  })
}
