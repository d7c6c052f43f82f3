import { type Context } from '../../context.ts'
import { transaction } from '../../db/transaction.ts'
import { dayIn } from '../../period.ts'
import { refuse } from '../../result.ts'
import { type CaseInput, openCase } from './open-case.ts'
import { lockCase } from './lock-case.ts'

/**
 * Opens the case that follows a running one, with new incomes and papers; it is linked to it and can be
 * granted from the day the running one ends.
 *
 * Gives what `applyForSubsidy` gives.
 * Refuses: `case-not-found`; `case-not-granted` (also when it was stopped early); `case-over` on or after
 * its end: apply anew; `already-renewed` (with `caseId`) when a granted case follows it; `case-open`
 * (with `caseId`); `day-in-future`; `incomes-incomplete` (with `required`); `rule-not-set`; `rule-invalid`.
 */
export function renewSubsidy(ctx: Context, input: CaseInput & { caseId: number }) {
  return transaction(ctx, async (tx) => {
    const running = await lockCase(tx, input.caseId)
    if (!running) return refuse('case-not-found')
    if (running.state !== 'granted') return refuse('case-not-granted')
    const { accountId, id, providerId, toDay } = running
    if (toDay === null || toDay <= dayIn(tx.now(), tx.zone)) return refuse('case-over')
    const next = await tx.sql.maybe<{ caseId: number }>`
      select id as "caseId" from subsidy_case
      where renews_id = ${id} and state = 'granted' limit 1`
    if (next) return refuse('already-renewed', next)
    return openCase(tx, { ...input, accountId, providerId, renewsId: id })
  })
}
