import { addWorkingDays } from '../penalty/calendar.ts'
import { type Context } from '../../context.ts'
import { divideRounded, type Kopecks, kopecks, sum } from '../../money.ts'
import { addDays, dayIn, type PlainDate } from '../../period.ts'
import { accept, refuse } from '../../result.ts'
import { noteCaseEvent } from './case-event.ts'
import { type CaseState, type Principle } from './case-state.ts'
import { countHousehold } from './household-size.ts'
import { readSubsidyRule } from './subsidy-rule.ts'

/** What a household, or staff for it, shows. */
export type CaseInput = {
  principle: Principle
  appliedOn: PlainDate
  isVillage: boolean
  /** Kopecks of the whole household in each of the months before, oldest first, none below zero. */
  incomes: readonly Kopecks[]
  author: string
}

type Opened = CaseInput & { accountId: number; providerId: number; renewsId: number | null }

/**
 * Writes a case with the documents it waits for. Call it under the account's lock.
 * Refuses: `day-in-future`; `rule-not-set`, `rule-invalid`; `incomes-incomplete` (with `required`, the
 * months of income to show); `case-open` (with `caseId`) while another case of the account waits.
 */
export async function openCase(ctx: Context, input: Opened) {
  const { accountId, appliedOn, incomes, providerId } = input
  if (appliedOn > dayIn(ctx.now(), ctx.zone)) return refuse('day-in-future')
  const rule = await readSubsidyRule(ctx, { providerId, on: appliedOn })
  if (!rule.ok) return rule
  const { decideWorkingDays, documents, excludedStatuses, incomeMonths } = rule.value.value
  if (incomes.length !== incomeMonths)
    return refuse('incomes-incomplete', { required: incomeMonths })
  const open = await ctx.sql.maybe<{ id: number }>`
    select id from subsidy_case
    where account_id = ${accountId} and state in ('applied', 'waiting-documents') limit 1`
  if (open) return refuse('case-open', { caseId: open.id })
  // Staff who discover a household gather the papers themselves.
  const needed = input.principle === 'application' ? documents : []
  const state: CaseState = needed.length > 0 ? 'waiting-documents' : 'applied'
  const counted = { accountId, on: appliedOn, excluded: excludedStatuses }
  const written = {
    state,
    decideBy: await lastDayToDecide(ctx, appliedOn, decideWorkingDays),
    householdSize: await countHousehold(ctx, counted),
    income: kopecks(divideRounded(sum(incomes), BigInt(incomeMonths))),
  }
  const { caseId, number } = await writeCase(ctx, input, written, needed)
  return accept({ caseId, number, ...written, documents: needed })
}

async function writeCase(
  ctx: Context,
  input: Opened,
  written: { state: CaseState; decideBy: PlainDate; householdSize: number; income: Kopecks },
  documents: readonly string[],
): Promise<{ caseId: number; number: string }> {
  const { accountId, appliedOn, author, incomes, isVillage, principle, renewsId } = input
  const { decideBy, householdSize, income, state } = written
  const year = appliedOn.slice(0, 4)
  const { caseId, number } = await ctx.sql.one<{ caseId: number; number: string }>`
    insert into subsidy_case (id, number, account_id, principle, state, applied_on, decide_by,
      household_size, is_village, incomes, income, renews_id, recorded_at)
    select id, concat(${year}::text, '-', id), ${accountId}::int4, ${principle}::text,
      ${state}::text, ${appliedOn}::date, ${decideBy}::date, ${householdSize}::int4,
      ${isVillage}::bool, ${incomes}::int8[], ${income}::int8, ${renewsId}::int4,
      ${ctx.now()}::timestamptz
    from nextval(pg_get_serial_sequence('subsidy_case', 'id')) as id
    returning id as "caseId", number`
  await ctx.sql.run`
    insert into subsidy_document (case_id, name)
    select ${caseId}, name from unnest(${documents}::text[]) with ordinality as d (name, place)
    order by place`
  const details = { caseId, renewsId }
  await noteCaseEvent(ctx, { accountId, kind: 'subsidy-applied', reason: '', author, details })
  return { caseId, number }
}

async function lastDayToDecide(
  ctx: Context,
  appliedOn: PlainDate,
  workingDays: number,
): Promise<PlainDate> {
  // Further than holidays can stretch so many working days.
  const until = addDays(appliedOn, workingDays * 3 + 60)
  const days = await ctx.sql.many<{ day: PlainDate; isOff: boolean }>`
    select day, is_off as "isOff" from calendar_day
    where day between ${appliedOn} and ${until}`
  return addWorkingDays(appliedOn, workingDays, new Map(days.map((row) => [row.day, row.isOff])))
}
