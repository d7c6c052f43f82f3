import { type Context } from '../../context.ts'
import { type Kopecks } from '../../money.ts'
import { addDays, dayIn, type PlainDate } from '../../period.ts'
import { type CaseState, type Principle } from './case-state.ts'

/** A case as staff see it; no names of people. */
export type SubsidyCase = {
  id: number
  number: string
  accountId: number
  accountNumber: string
  /** Code of the account's provider. */
  provider: string
  principle: Principle
  /** A granted case that has run out is `ended`. */
  state: CaseState
  appliedOn: PlainDate
  decideBy: PlainDate
  /** Not decided, and the deadline has passed; or decided after it. */
  isOverdue: boolean
  householdSize: number
  isVillage: boolean
  /** Kopecks, oldest month first. */
  incomes: Kopecks[]
  /** Kopecks: average month. */
  income: Kopecks
  fromDay: PlainDate | null
  /** First day without. */
  toDay: PlainDate | null
  decidedOn: PlainDate | null
  decidedBy: string | null
  reason: string
  renewsId: number | null
  /** The latest case that renews it and was not refused. */
  renewedById: number | null
  documents: { name: string; receivedOn: PlainDate | null }[]
}

/** Which cases of which provider; `after` is the id of the last case of the page before. */
type Page = { providerCode: string; limit: number; after?: number }

const EVERY = {
  caseId: null,
  providerCode: null,
  state: null,
  until: null,
  isOpenOnly: false,
  byEnd: false,
  after: null,
}

/** The case of this id, or null. */
export async function readCase(ctx: Context, caseId: number): Promise<SubsidyCase | null> {
  const [row] = await readPage(ctx, { ...EVERY, caseId, limit: 1 })
  return row ?? null
}

/**
 * Cases of a provider's accounts in a state, without one all that wait for a decision; the earliest
 * deadline first, so overdue ones lead.
 */
export function readCases(ctx: Context, input: Page & { state?: CaseState }) {
  const { after = null, limit, providerCode, state = null } = input
  const isOpenOnly = state === null
  return readPage(ctx, { ...EVERY, providerCode, state, isOpenOnly, after, limit })
}

/**
 * Granted cases of a provider's accounts that end within so many days from today (0: the last day is
 * today), the soonest first: time to renew them.
 */
export function readEndingCases(ctx: Context, input: Page & { withinDays: number }) {
  const { after = null, limit, providerCode, withinDays } = input
  // The day stored is the first one without.
  const until = addDays(dayIn(ctx.now(), ctx.zone), withinDays + 1)
  const state = 'granted'
  return readPage(ctx, { ...EVERY, providerCode, state, until, byEnd: true, after, limit })
}

type Filter = {
  caseId: number | null
  providerCode: string | null
  state: CaseState | null
  /** Only those that end on or before it. */
  until: PlainDate | null
  isOpenOnly: boolean
  /** By the end instead of the deadline. */
  byEnd: boolean
  after: number | null
  limit: number
}

function readPage(ctx: Context, filter: Filter): Promise<SubsidyCase[]> {
  const { after, byEnd, caseId, isOpenOnly, limit, providerCode, state, until } = filter
  const today = dayIn(ctx.now(), ctx.zone)
  return ctx.sql.many<SubsidyCase>`
    with seen as not materialized (
      select c.*, a.number as account_number, p.code as provider,
        case when c.state = 'granted' and c.to_day <= ${today} then 'ended' else c.state end as now,
        case when ${byEnd}::bool then c.to_day else c.decide_by end as place
      from subsidy_case c
      join account a on a.id = c.account_id
      join provider p on p.id = a.provider_id
    )
    select s.id, s.number, s.account_id as "accountId", s.account_number as "accountNumber",
      s.provider, s.principle, s.now as state, s.applied_on as "appliedOn",
      s.decide_by as "decideBy", coalesce(s.decided_on, ${today}) > s.decide_by as "isOverdue",
      s.household_size as "householdSize", s.is_village as "isVillage", s.incomes, s.income,
      s.from_day as "fromDay", s.to_day as "toDay", s.decided_on as "decidedOn",
      s.decided_by as "decidedBy", s.reason, s.renews_id as "renewsId",
      (select max(n.id) from subsidy_case n
        where n.renews_id = s.id and n.state <> 'refused') as "renewedById",
      coalesce((select jsonb_agg(
          jsonb_build_object('name', d.name, 'receivedOn', d.received_on) order by d.id)
        from subsidy_document d where d.case_id = s.id), '[]') as documents
    from seen s
    where (${caseId}::int4 is null or s.id = ${caseId})
      and (${providerCode}::text is null or s.provider = ${providerCode})
      and (${state}::text is null or s.now = ${state})
      and (not ${isOpenOnly}::bool or s.state in ('applied', 'waiting-documents'))
      and (${until}::date is null or s.to_day <= ${until})
      and (${after}::int4 is null
        or (s.place, s.id) > (select k.place, k.id from seen k where k.id = ${after}))
    order by s.place, s.id limit ${limit}`
}
