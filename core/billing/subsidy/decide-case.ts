import { type Context } from '../../context.ts'
import { transaction } from '../../db/transaction.ts'
import { dayIn, type PlainDate } from '../../period.ts'
import { accept, refuse } from '../../result.ts'
import { noteCaseEvent } from './case-event.ts'
import { isOpen } from './case-state.ts'
import { countHousehold } from './household-size.ts'
import { lockCase, type LockedCase } from './lock-case.ts'
import { monthsLater } from './months-later.ts'
import { readSubsidyRule } from './subsidy-rule.ts'

/**
 * Grants a subsidy from a day for the months of the rule valid on the day of the application. Persons are
 * counted anew, as of that day and as now known. A late decision counts and says that it is late.
 *
 * Gives the first day without the subsidy, the persons counted and whether the deadline had passed.
 * Refuses: `case-not-found`; `case-decided`; `documents-missing` (with their `names`); `nobody-entitled`
 * when no person counts; `period-overlaps` (with `caseId`, `until`) when another case of the account is
 * granted for some of these days; `rule-not-set`; `rule-invalid`.
 * Source: Указ № 322 of 29.08.2016; how long it is granted comes from a row of the kind `subsidy`.
 */
export function grantSubsidy(
  ctx: Context,
  input: { caseId: number; fromDay: PlainDate; author: string },
) {
  const { author, caseId, fromDay } = input
  return transaction(ctx, async (tx) => {
    const found = await lockCase(tx, caseId)
    if (!found) return refuse('case-not-found')
    if (!isOpen(found.state)) return refuse('case-decided')
    const names = await readMissing(tx, caseId)
    if (names.length > 0) return refuse('documents-missing', { names })
    const { accountId, appliedOn, providerId } = found
    const rule = await readSubsidyRule(tx, { providerId, on: appliedOn })
    if (!rule.ok) return rule
    const { excludedStatuses, validMonths } = rule.value.value
    const toDay = monthsLater(fromDay, validMonths)
    const persons = await countHousehold(tx, {
      accountId,
      on: appliedOn,
      excluded: excludedStatuses,
    })
    if (persons === 0) return refuse('nobody-entitled')
    const other = await findOverlap(tx, found, { fromDay, toDay })
    if (other) return refuse('period-overlaps', other)
    const today = dayIn(tx.now(), tx.zone)
    await tx.sql.run`
      update subsidy_case set state = 'granted', from_day = ${fromDay}, to_day = ${toDay},
        household_size = ${persons}, decided_on = ${today}, decided_by = ${author},
        decided_at = ${tx.now()}
      where id = ${caseId}`
    const details = { caseId, fromDay, toDay }
    const kind = 'subsidy-granted' as const
    await noteCaseEvent(tx, { accountId, kind, reason: '', author, details })
    return accept({ toDay, persons, isLate: today > found.decideBy })
  })
}

/**
 * Refuses a subsidy; documents may be missing. Gives whether the deadline had passed.
 * Refuses: `case-not-found`; `case-decided`.
 */
export function refuseSubsidy(
  ctx: Context,
  input: { caseId: number; reason: string; author: string },
) {
  const { author, caseId, reason } = input
  return transaction(ctx, async (tx) => {
    const found = await lockCase(tx, caseId)
    if (!found) return refuse('case-not-found')
    if (!isOpen(found.state)) return refuse('case-decided')
    const today = dayIn(tx.now(), tx.zone)
    await tx.sql.run`
      update subsidy_case set state = 'refused', reason = ${reason}, decided_on = ${today},
        decided_by = ${author}, decided_at = ${tx.now()}
      where id = ${caseId}`
    const { accountId } = found
    const kind = 'subsidy-refused' as const
    await noteCaseEvent(tx, { accountId, kind, reason, author, details: { caseId } })
    return accept({ isLate: today > found.decideBy })
  })
}

async function readMissing(ctx: Context, caseId: number): Promise<string[]> {
  const rows = await ctx.sql.many<{ name: string }>`
    select name from subsidy_document where case_id = ${caseId} and received_on is null order by id`
  return rows.map(({ name }) => name)
}

function findOverlap(
  ctx: Context,
  { accountId, id }: LockedCase,
  { fromDay, toDay }: { fromDay: PlainDate; toDay: PlainDate },
) {
  // One stopped on its first day never ran.
  return ctx.sql.maybe<{ caseId: number; until: PlainDate }>`
    select id as "caseId", to_day as until from subsidy_case
    where account_id = ${accountId} and id <> ${id} and state in ('granted', 'ended')
      and from_day < to_day and from_day < ${toDay} and to_day > ${fromDay}
    order by to_day desc limit 1`
}
