import { type Context } from '../context.ts'
import { codesOf } from '../ledger/entry-kind.ts'
import { type Kopecks } from '../money.ts'
import { addMonths, firstDay, monthsBetween, type Period } from '../period.ts'
import { readPostedRuns } from './posted-runs.ts'
import { type Column, type Report, type Scope } from './report.ts'

export type ClaimLine = {
  month: Period
  provider: string
  service: string
  serviceName: string
  account: string
  kind: 'benefit' | 'subsidy'
  /**
   * Categories of the benefit: as claimed by the social office's form, else as it was charged here, else
   * those of the household; numbers of the subsidy's cases. Empty when they are not known.
   */
  category: string
  /** Kopecks booked in the month; negative where more was taken back than given. */
  amount: Kopecks
  /** Kopecks by the social office's own files; null when they say nothing of it. */
  granted: Kopecks | null
}

const COLUMNS: readonly Column<keyof ClaimLine>[] = [
  { name: 'month', unit: 'month' },
  { name: 'provider', unit: 'text' },
  { name: 'service', unit: 'text' },
  { name: 'serviceName', unit: 'text' },
  { name: 'account', unit: 'text' },
  { name: 'kind', unit: 'text' },
  { name: 'category', unit: 'text' },
  { name: 'amount', unit: 'kopecks' },
  { name: 'granted', unit: 'kopecks' },
]

const KINDS_CLAIMED = (['benefit', 'subsidy'] as const).flatMap((kind) =>
  codesOf(kind).map((code) => ({ kind, code })),
)
const KIND_NAMES = KINDS_CLAIMED.map(({ kind }) => kind)
const KIND_CODES = KINDS_CLAIMED.map(({ code }) => code)

/** Lines held at a time. */
const LINES_A_PIECE = 10_000

/**
 * Benefits and subsidies booked in the months, a line for each account, service and kind: what is
 * claimed from the budget. A benefit the state pays to the person itself is not booked and not here.
 * Totals are a row for each kind there is.
 */
export async function readClaimLines(ctx: Context, scope: Scope): Promise<Report<ClaimLine>> {
  return { columns: COLUMNS, rows: claimLines(ctx, scope), totals: await readTotals(ctx, scope) }
}

/** The lines, month by month, in the order of providers, services and account numbers. */
export async function* claimLines(
  ctx: Context,
  scope: Scope,
  linesAPiece = LINES_A_PIECE,
): AsyncGenerator<ClaimLine> {
  const runIds = await readPostedRuns(ctx, scope)
  for (let n = 0; n <= monthsBetween(scope.from, scope.to); n++) {
    let last: Keyed | null = null
    do {
      const month = addMonths(scope.from, n)
      const piece: Keyed[] = await readPiece(ctx, scope, {
        month,
        after: last,
        limit: linesAPiece,
        runIds,
      })
      for (const { agreementId: _agreement, numberKey: _key, ...line } of piece) yield line
      last = piece.length < linesAPiece ? null : (piece.at(-1) ?? null)
    } while (last)
  }
}

type Keyed = ClaimLine & { agreementId: number; numberKey: string }

type Piece = { month: Period; after: Keyed | null; limit: number; runIds: readonly number[] }

function readPiece(
  ctx: Context,
  { asOf, providerIds }: Scope,
  { after, limit, month, runIds }: Piece,
): Promise<Keyed[]> {
  const from = firstDay(month)
  const end = firstDay(addMonths(month, 1))
  return ctx.sql.many<Keyed>`
    with booked as (
      select agreement_id, kind, sum(amount)::int8 as amount from (
        select e.from_id as agreement_id, k.kind, e.amount
        from entry e join unnest(${KIND_NAMES}::text[], ${KIND_CODES}::int2[]) k (kind, code)
          on k.code = e.kind
        where e.period = ${month} and e.booked_at <= ${asOf} and e.from_id > 0
        union all
        select e.to_id, k.kind, -e.amount
        from entry e join unnest(${KIND_NAMES}::text[], ${KIND_CODES}::int2[]) k (kind, code)
          on k.code = e.kind
        where e.period = ${month} and e.booked_at <= ${asOf} and e.to_id > 0
      ) moved group by agreement_id, kind having sum(amount) <> 0
    ), line as (
      select b.*, p.code as provider, s.code as service, s.name as service_name, a.id as account_id,
        a.number, a.number_key
      from booked b
      join agreement g on g.id = b.agreement_id
      join service s on s.id = g.service_id
      join account a on a.id = g.account_id
      join provider p on p.id = a.provider_id
      where p.id = any(${providerIds}::int4[]) and (${after === null} or
        (p.code, s.code, a.number_key, b.agreement_id, b.kind) > (${after?.provider ?? ''},
          ${after?.service ?? ''}, ${after?.numberKey ?? ''}, ${after?.agreementId ?? 0}::int4,
          ${after?.kind ?? ''}))
      order by p.code, s.code, a.number_key, b.agreement_id, b.kind limit ${limit}
    )
    select ${month}::int4 as month, l.provider, l.service, l.service_name as "serviceName",
      l.number as account, l.kind, coalesce(told.names, charged.names, known.names, '') as category, l.amount,
      told.amount as granted, l.agreement_id as "agreementId", l.number_key as "numberKey"
    from line l
    left join lateral (
      select string_agg(c.category, ',' order by c.category) as names, sum(c.amount)::int8 as amount
      from benefit_claim c join import_batch i on i.id = c.batch_id and i.applied_at <= ${asOf}
      where l.kind = 'benefit' and c.agreement_id = l.agreement_id and c.period = ${month}
      union all
      select string_agg(w.case_number, ',' order by w.case_number), sum(w.subsidy)::int8
      from subsidy_award w join import_batch i on i.id = w.batch_id and i.applied_at <= ${asOf}
      where l.kind = 'subsidy' and w.agreement_id = l.agreement_id
        and w.from_day < ${end} and w.to_day > ${from}
    ) told on told.names is not null
    left join lateral (
      select string_agg(distinct t.reason, ',' order by t.reason) as names
      from run_line t join run r on r.id = t.run_id and r.period = ${month}
      where l.kind = 'benefit' and t.run_id = any(${runIds}::int4[]) and t.posted
        and t.agreement_id = l.agreement_id and t.about_period is null
        and t.kind = any(${codesOf('benefit')}::int2[])
    ) charged on true
    left join lateral (
      select string_agg(distinct y.category, ',' order by y.category) as names from beneficiary y
      where l.kind = 'benefit' and y.account_id = l.account_id
        and y.from_day < ${end} and (y.to_day is null or y.to_day > ${from})
        and y.recorded_at <= ${asOf} and (y.retired_at is null or y.retired_at > ${asOf})
      union all
      select string_agg(c.number, ',' order by c.number) from subsidy_case c
      where l.kind = 'subsidy' and c.account_id = l.account_id and c.decided_at <= ${asOf}
        and c.from_day < ${end} and c.to_day > ${from}
    ) known on known.names is not null
    order by l.provider, l.service, l.number_key, l.agreement_id, l.kind`
}

async function readTotals(ctx: Context, scope: Scope): Promise<Partial<ClaimLine>[]> {
  const { asOf, from, providerIds, to } = scope
  return ctx.sql.many<{ kind: ClaimLine['kind']; amount: Kopecks }>`
    select k.kind, sum(case when e.from_id = g.id then e.amount else -e.amount end)::int8 as amount
    from entry e
    join unnest(${KIND_NAMES}::text[], ${KIND_CODES}::int2[]) k (kind, code) on k.code = e.kind
    join agreement g on g.id = greatest(e.from_id, e.to_id)
    join service s on s.id = g.service_id
    where e.period between ${from} and ${to} and e.booked_at <= ${asOf}
      and s.provider_id = any(${providerIds}::int4[])
    group by k.kind order by k.kind`
}
