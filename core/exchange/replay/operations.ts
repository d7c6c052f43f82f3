import { type Context } from '../../context.ts'
import { type Period } from '../../period.ts'

/** Something that booked entries, or closed a month to them, as its own stored facts tell. */
export type Operation = { at: Date } & (
  | { kind: 'charges' | 'payments'; batchId: number; author: string }
  | { kind: 'undo'; batchId: number; batchKind: string; author: string; reason: string }
  | { kind: 'correction'; id: bigint }
  | { kind: 'transfers'; ids: bigint[] }
  | { kind: 'issue'; providerId: number; periods: Period[]; author: string; runId: number | null }
)

type BatchRow = {
  id: number
  kind: 'charges' | 'payments'
  author: string
  appliedAt: Date
  undoneAt: Date | null
  undo: { author: string; reason: string } | null
}

/** Everything that made the journal what it is, in the order of its instant. */
export async function readOperations(ctx: Context): Promise<Operation[]> {
  const operations = [
    ...(await batches(ctx)),
    ...(await corrections(ctx)),
    ...(await transfers(ctx)),
    ...(await issues(ctx)),
  ]
  return operations.sort((a, b) => a.at.getTime() - b.at.getTime())
}

async function batches(ctx: Context): Promise<Operation[]> {
  const rows = await ctx.sql.many<BatchRow>`
    select id, kind, author, applied_at as "appliedAt", undone_at as "undoneAt",
      report -> 'undo' as undo
    from import_batch where kind in ('charges', 'payments') order by id`
  return rows.flatMap(({ appliedAt, author, id, kind, undo, undoneAt }): Operation[] => [
    { at: appliedAt, kind, batchId: id, author },
    ...(undoneAt
      ? [
          {
            ...{ at: undoneAt, kind: 'undo' as const, batchId: id, batchKind: kind },
            ...{ author: undo?.author ?? author, reason: undo?.reason ?? '' },
          },
        ]
      : []),
  ])
}

async function corrections(ctx: Context): Promise<Operation[]> {
  const rows = await ctx.sql.many<{ id: bigint; at: Date }>`
    select id, recorded_at as at from correction order by id`
  return rows.map(({ at, id }) => ({ at, kind: 'correction', id }))
}

async function transfers(ctx: Context): Promise<Operation[]> {
  const rows = await ctx.sql.many<{ ids: bigint[]; at: Date }>`
    select array_agg(id order by id) as ids, recorded_at as at
    from debt_transfer group by recorded_at, reason, author, kind order by min(id)`
  return rows.map(({ at, ids }) => ({ at, kind: 'transfers', ids }))
}

async function issues(ctx: Context): Promise<Operation[]> {
  return ctx.sql.many<Extract<Operation, { kind: 'issue' }>>`
    select 'issue' as kind, b.issued_at as at, b.provider_id as "providerId",
      array_agg(b.period order by b.period) as periods, max(b.issued_by) as author,
      max(r.id) as "runId"
    from billing_period b
    left join run r on r.id = b.run_id and r.state = 'posted'
    where b.issued_at is not null
    group by b.issued_at, b.provider_id
    order by b.issued_at, b.provider_id`
}
