import { type Context } from '../context.ts'
import { KINDS } from '../ledger/entry-kind.ts'
import { type Kopecks, kopecks } from '../money.ts'
import { type Period } from '../period.ts'
import { accept, refuse } from '../result.ts'
import { type AccountChange } from './compare-months.ts'

/** What a month would have cost against what was booked for it; kopecks. */
export type TrialChange = {
  agreements: number
  is: Kopecks
  was: Kopecks
  /** `is − was`: positive when the supposed prices are dearer. */
  change: Kopecks
  /** Agreements that would pay more, less, as much. */
  more: number
  less: number
  same: number
}
type TrialServiceChange = TrialChange & { service: string; serviceName: string }
export type TrialComparison = {
  month: Period
  services: TrialServiceChange[]
  total: TrialChange
  /** Accounts the trial could not charge: they are not compared. */
  leftOut: number
  /** The largest changes either way, the largest first. */
  changes: AccountChange[]
}

/** Penalty depends on payments, not on the prices of the month. */
const COMPARED = [
  KINDS.accrual.code,
  KINDS.subscription.code,
  KINDS.recalculation.code,
  KINDS.benefit.code,
  KINDS.subsidy.code,
]

/**
 * A computed trial against what was booked for its month, later recalculations of that month included:
 * by service, in all, and the `limit` accounts that change most. For a month that is not issued its
 * draft stands for what was booked. Penalty is left out of both. The trial knows every fact of its
 * instant, so facts that came after the month was charged are part of the change.
 * Refuses: `run-not-found`; `not-a-trial`; `run-unfinished` while it is being computed;
 * `month-not-charged` when there is nothing to compare with.
 */
export async function compareTrial(
  ctx: Context,
  { limit, runId }: { runId: number; limit: number },
) {
  const run = await ctx.sql.maybe<Trial>`
    select id, provider_id as "providerId", period as month, kind, state from run where id = ${runId}`
  if (!run) return refuse('run-not-found')
  if (run.kind !== 'trial') return refuse('not-a-trial')
  if (run.state !== 'computed') return refuse('run-unfinished')
  const { id: baseId } = await ctx.sql.one<{ id: number | null }>`
    select max(id) as id from run
    where provider_id = ${run.providerId} and period = ${run.month} and kind = 'month'
      and state in ('computed', 'posted')`
  if (baseId === null) return refuse('month-not-charged')
  const { changes, leftOut, services } = await readChanges(ctx, run, { baseId, limit })
  const rows = services.map(({ is, was, ...row }) => ({ ...row, ...amounts(is, was) }))
  return accept<TrialComparison>({
    month: run.month,
    services: rows,
    total: rows.reduce(added, NOTHING),
    leftOut,
    changes: changes.map(({ is, was, ...account }) => ({ ...account, ...amounts(is, was) })),
  })
}

type Trial = { id: number; providerId: number; month: Period; kind: string; state: string }
type Sums = { is: string; was: string }
type ServiceRow = Omit<TrialServiceChange, 'is' | 'was' | 'change'> & Sums
type AccountRow = Omit<AccountChange, 'is' | 'was' | 'change'> & Sums

// Sums travel as text, because JSON numbers lose digits.
function readChanges(
  ctx: Context,
  { id, month, providerId }: Trial,
  { baseId, limit }: { baseId: number; limit: number },
) {
  const credits = [KINDS.benefit.code, KINDS.subsidy.code]
  return ctx.sql.one<{ services: ServiceRow[]; changes: AccountRow[]; leftOut: number }>`
    with left_out as (
      select distinct account_id from run_lint where run_id = ${id} and blocks
    ), lines as (
      select l.agreement_id, l.kind, l.amount as is, 0 as was
      from run_line l where l.run_id = ${id} and l.posted and l.about_period is null
      union all
      select l.agreement_id, l.kind, 0, l.amount
      from run_line l
      where l.run_id = ${baseId} and l.posted and coalesce(l.about_period, ${month}) = ${month}
      union all
      select l.agreement_id, l.kind, 0, l.amount
      from run r join run_line l on l.run_id = r.id
      where r.provider_id = ${providerId} and r.state = 'posted' and r.period > ${month}
        and l.posted and l.about_period = ${month}
    ), agreements as (
      select g.account_id, g.service_id,
        coalesce(sum(case when kind = any(${credits}::int2[]) then -l.is else l.is end), 0) as is,
        coalesce(sum(case when kind = any(${credits}::int2[]) then -l.was else l.was end), 0) as was
      from lines l join agreement g on g.id = l.agreement_id
      where l.kind = any(${COMPARED}::int2[])
        and not exists (select 1 from left_out o where o.account_id = g.account_id)
      group by g.id
    ), services as (
      select s.code as service, s.name as "serviceName", count(*)::int4 as agreements,
        sum(a.is)::text as is, sum(a.was)::text as was,
        count(*) filter (where a.is > a.was)::int4 as more,
        count(*) filter (where a.is < a.was)::int4 as less,
        count(*) filter (where a.is = a.was)::int4 as same
      from agreements a join service s on s.id = a.service_id group by s.id
    ), accounts as (
      select account_id, sum(a.is) as is, sum(a.was) as was from agreements a group by 1
    ), largest as (
      select a.id as "accountId", a.number, c.is::text as is, c.was::text as was
      from accounts c join account a on a.id = c.account_id
      where c.is <> c.was order by abs(c.is - c.was) desc, a.id limit ${limit}
    )
    select coalesce((select jsonb_agg(s order by service) from services s), '[]') as services,
      coalesce((select jsonb_agg(c order by abs(c.is::numeric - c.was::numeric) desc, "accountId")
        from largest c), '[]') as changes,
      (select count(*) from left_out)::int4 as "leftOut"`
}

const NOTHING: TrialChange = {
  ...{ agreements: 0, more: 0, less: 0, same: 0 },
  ...amounts('0', '0'),
}

function amounts(is: string, was: string) {
  const [after, before] = [BigInt(is), BigInt(was)]
  return { is: kopecks(after), was: kopecks(before), change: kopecks(after - before) }
}

function added(total: TrialChange, one: TrialChange): TrialChange {
  return {
    agreements: total.agreements + one.agreements,
    is: kopecks(total.is + one.is),
    was: kopecks(total.was + one.was),
    change: kopecks(total.change + one.change),
    more: total.more + one.more,
    less: total.less + one.less,
    same: total.same + one.same,
  }
}
