import { type Context } from '../../context.ts'
import { transaction } from '../../db/transaction.ts'
import { type PlainDate } from '../../period.ts'
import { accept, refuse } from '../../result.ts'
import { noteCaseEvent } from './case-event.ts'
import { lockCase } from './lock-case.ts'

/**
 * Stops a granted subsidy before its time. `day` is the first day without; the day it began means that it
 * never counted. The end granted before stays in the account's history, so that the past can be asked about.
 *
 * Gives the end that was granted.
 * Refuses: `case-not-found`; `case-not-granted` (also when it was stopped before); `day-outside-case`
 * (with `fromDay`, `toDay`).
 */
export function endSubsidy(
  ctx: Context,
  input: { caseId: number; day: PlainDate; reason: string; author: string },
) {
  const { author, caseId, day, reason } = input
  return transaction(ctx, async (tx) => {
    const found = await lockCase(tx, caseId)
    if (!found) return refuse('case-not-found')
    const { accountId, fromDay, state, toDay } = found
    if (state !== 'granted' || fromDay === null || toDay === null) return refuse('case-not-granted')
    if (day < fromDay || day >= toDay) return refuse('day-outside-case', { fromDay, toDay })
    await tx.sql.run`
      update subsidy_case set state = 'ended', to_day = ${day}, ended_at = ${tx.now()}
      where id = ${caseId}`
    const details = { caseId, toDay: day, grantedToDay: toDay }
    const kind = 'subsidy-ended' as const
    await noteCaseEvent(tx, { accountId, kind, reason, author, details })
    return accept({ grantedToDay: toDay })
  })
}
