import { type Context } from '../../context.ts'
import { transaction } from '../../db/transaction.ts'
import { type PlainDate } from '../../period.ts'
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
 * when it began before `earliest`; `absence-overlaps` another one in force.
 */
export function recordAbsence(ctx: Context, input: Input) {
  return transaction(ctx, async (tx) => {
    const { accountId, appliedOn, author, document, earliest, leftOn, returnedOn } = input
    if (!(await lockAccount(tx, accountId))) return refuse('account-not-found')
    if (returnedOn <= leftOn) return refuse('range-wrong')
    if (earliest !== undefined && leftOn < earliest) return refuse('too-long-ago', { earliest })
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
