import { type Context } from '../../../../core/context.ts'
import { applyForSubsidy } from '../../../../core/billing/subsidy/apply-for-subsidy.ts'
import { type CaseInput } from '../../../../core/billing/subsidy/open-case.ts'
import { type OccupantStatus } from '../../../../core/billing/subsidy/occupant-status.ts'
import { recordOccupant } from '../../../../core/billing/subsidy/occupants.ts'
import { kopecks } from '../../../../core/money.ts'
import { plainDate } from '../../../../core/period.ts'

/** Terms as an operator writes them; give what the test is about. */
export const TERMS = {
  townShare: '0.2',
  villageShare: '0.15',
  incomeMonths: 3,
  validMonths: 6,
  decideWorkingDays: 10,
  documents: ['incomes', 'family'],
  excludedStatuses: ['not-employed'],
}

export const DISCOVERY = {
  qualifying: {
    'pensioner-not-working': 'a pensioner who does not work',
    'carer-of-child-under-3': 'care of a small child',
  },
  blocking: ['able-bodied', 'pensioner-working'],
}

/** A rule of the country, or of a provider. */
export async function addRule(
  ctx: Context,
  kind: 'subsidy' | 'subsidy-discovery',
  value: object,
  given: { providerId?: number; fromDay?: string; toDay?: string } = {},
): Promise<number> {
  const { fromDay = '2020-01-01', providerId = null, toDay = null } = given
  const { id } = await ctx.sql.one<{ id: number }>`
    insert into rule (kind, provider_id, from_day, to_day, value, source, recorded_at)
    values (${kind}, ${providerId}, ${fromDay}, ${toDay}, ${value}, 'a decree', ${ctx.now()})
    returning id`
  return id
}

/** What a household shows: three months of 420.00, in a town, on 2 November 2026. */
export function shown(given: Partial<CaseInput> = {}): CaseInput {
  return {
    principle: 'application',
    appliedOn: plainDate('2026-11-02'),
    isVillage: false,
    incomes: [42_000, 42_000, 42_000].map(kopecks),
    author: 'staff',
    ...given,
  }
}

/** A case of an account by discovery, which waits for no documents; its id. */
export async function addCase(
  ctx: Context,
  accountId: number,
  given: Partial<CaseInput> = {},
): Promise<number> {
  const input = { accountId, ...shown({ principle: 'discovery', ...given }) }
  const opened = await applyForSubsidy(ctx, input)
  if (!opened.ok) throw new Error(opened.code)
  return opened.value.caseId
}

/** People of an account since 2020; their ids. */
export async function addOccupants(
  ctx: Context,
  accountId: number,
  statuses: readonly OccupantStatus[],
): Promise<number[]> {
  const ids: number[] = []
  for (const status of statuses) {
    const person = { accountId, status, fromDay: plainDate('2020-01-01'), source: 'a paper' }
    const recorded = await recordOccupant(ctx, person)
    if (!recorded.ok) throw new Error(recorded.code)
    ids.push(recorded.value.occupantId)
  }
  return ids
}
