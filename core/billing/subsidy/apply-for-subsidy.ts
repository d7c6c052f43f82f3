import { type Context } from '../../context.ts'
import { transaction } from '../../db/transaction.ts'
import { dayIn } from '../../period.ts'
import { refuse } from '../../result.ts'
import { type CaseInput, openCase } from './open-case.ts'

/**
 * Opens a subsidy case of an account, by the household's application or by discovery. Nothing is decided
 * here, not even for a household in which nobody counts: people decide.
 *
 * Gives the case's id and number, its state, the last day to decide (working days after the application),
 * the persons counted, the average month's income in kopecks and the documents it waits for; a case by
 * discovery waits for none. Persons of an excluded status do not count into the household's size.
 * Refuses: `account-not-found` (unknown or closed); `already-granted` (with `caseId`, `until`, the first
 * day without) while one runs: renew that one; `case-open` (with `caseId`); `day-in-future`;
 * `incomes-incomplete` (with `required`); `rule-not-set`; `rule-invalid`.
 * Source: Указ № 322 of 29.08.2016, both principles; the numbers are rows of the kind `subsidy`.
 */
export function applyForSubsidy(ctx: Context, input: CaseInput & { accountId: number }) {
  return transaction(ctx, async (tx) => {
    const today = dayIn(tx.now(), tx.zone)
    const account = await tx.sql.maybe<{ providerId: number }>`
      select provider_id as "providerId" from account
      where id = ${input.accountId} and (closed_on is null or closed_on > ${today})
      for no key update`
    if (!account) return refuse('account-not-found')
    const granted = await tx.sql.maybe<{ caseId: number; until: string }>`
      select id as "caseId", to_day as until from subsidy_case
      where account_id = ${input.accountId} and state = 'granted' and to_day > ${today}
      order by to_day desc limit 1`
    if (granted) return refuse('already-granted', granted)
    return openCase(tx, { ...input, providerId: account.providerId, renewsId: null })
  })
}
