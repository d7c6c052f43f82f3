import { type Context } from '../../context.ts'
import { type NewEntry } from '../../ledger/entry.ts'
import { debtMovement } from '../../ledger/movement.ts'
import { post } from '../../ledger/post.ts'
import { postingPeriod, readLastIssued } from '../../ledger/posting-period.ts'
import { type Kopecks, kopecks, sum } from '../../money.ts'
import { dayIn, type Period } from '../../period.ts'
import { type MonthDebt } from './debt-months.ts'
import { type Debt } from './read-debts.ts'

/** A debt to move from one agreement to another; a credit is moved by a debt the other way. */
export type Transfer = {
  fromId: number
  toId: number
  /** Null for a credit: it belongs to no month. */
  months: readonly MonthDebt[] | null
  /** Kopecks, above zero. */
  amount: Kopecks
}

/** A transfer as it was made. */
export type MadeTransfer = { id: bigint; fromId: number; toId: number; amount: Kopecks }

/** Moves months of a debt. */
export function debtTransfer(fromId: number, toId: number, months: readonly MonthDebt[]): Transfer {
  return { fromId, toId, months, amount: sum(months.map(({ amount }) => amount)) }
}

/** Moves a credit of `amount` kopecks (above zero) from one agreement to another. */
export function creditTransfer(fromId: number, toId: number, amount: Kopecks): Transfer {
  return { fromId: toId, toId: fromId, months: null, amount }
}

/** Moves all an agreement owes, or its credit; null when it is at zero. */
export function wholeTransfer(fromId: number, toId: number, debt: Debt): Transfer | null {
  if (debt.balance === 0n) return null
  return debt.balance > 0n
    ? debtTransfer(fromId, toId, debt.months)
    : creditTransfer(fromId, toId, kopecks(-debt.balance))
}

/**
 * Stores transfers of one provider and books them together, in the open month: an entry for each
 * month of a debt, about that month, so that due dates stay. The caller has asked for the debts under
 * the posting lock.
 */
export async function postTransfers(
  ctx: Context,
  input: {
    providerId: number
    kind: 'move' | 'split' | 'merge'
    transfers: readonly Transfer[]
    reason: string
    author: string
    requestKey: string | null
  },
): Promise<MadeTransfer[]> {
  const made: MadeTransfer[] = []
  for (const [place, transfer] of input.transfers.entries()) {
    const { amount, fromId, toId } = transfer
    const id = await store(ctx, input, transfer, place)
    made.push({ id, fromId, toId, amount })
  }
  await bookTransfers(
    ctx,
    made.map(({ id }) => id),
  )
  return made
}

type StoredTransfer = {
  id: bigint
  fromId: number
  toId: number
  amount: Kopecks
  months: { month: Period; amount: string }[] | null
  reason: string
  author: string
  providerId: number
}

/** Books stored transfers of one provider together, in the open month of the day. */
export async function bookTransfers(ctx: Context, ids: readonly bigint[]): Promise<void> {
  const transfers = await ctx.sql.many<StoredTransfer>`
    select t.id, t.from_id as "fromId", t.to_id as "toId", t.amount, t.months, t.reason, t.author,
      a.provider_id as "providerId"
    from debt_transfer t join agreement g on g.id = t.from_id join account a on a.id = g.account_id
    where t.id = any(${ids}::int8[]) order by t.id`
  const [first] = transfers
  if (!first) return
  const { author, providerId } = first
  const today = dayIn(ctx.now(), ctx.zone)
  const period = postingPeriod(today, await readLastIssued(ctx, providerId))
  const entries = transfers.flatMap(({ amount, fromId, id, months, reason, toId }) =>
    (months ?? [{ month: null, amount }]).map((part, index): NewEntry => ({
      ...debtMovement(fromId, toId, kopecks(BigInt(part.amount))),
      ...{ source: 'transfer', sourceId: id, line: index + 1, period, reason },
      effectiveOn: today,
      ...(part.month === null ? {} : { aboutPeriod: part.month }),
    })),
  )
  const posted = await post(ctx, { providerId, author, entries })
  // New keys in the open month, under the lock: a refusal here is a fault of ours.
  if (!posted.ok) throw new Error(`transfers were not booked: ${posted.code}`)
}

async function store(
  ctx: Context,
  input: Parameters<typeof postTransfers>[1],
  { amount, fromId, months, toId }: Transfer,
  place: number,
): Promise<bigint> {
  const { author, kind, reason, requestKey } = input
  // The key is unique: the further transfers of a request are numbered.
  const key = requestKey === null || place === 0 ? requestKey : `${requestKey}#${place + 1}`
  // JSON has no big integers: sums are texts.
  const parts = months?.map((part) => ({ ...part, amount: part.amount.toString() }))
  const stored = parts ? JSON.stringify(parts) : null
  const { id } = await ctx.sql.one<{ id: bigint }>`
    insert into debt_transfer
      (kind, from_id, to_id, amount, months, reason, author, request_key, recorded_at)
    values (${kind}, ${fromId}, ${toId}, ${amount}, ${stored}::jsonb, ${reason}, ${author}, ${key},
      ${ctx.now()})
    returning id`
  return id
}

/** Transfers of these ids as they were made. */
export function readTransfers(ctx: Context, ids: readonly bigint[]): Promise<MadeTransfer[]> {
  return ctx.sql.many<MadeTransfer>`
    select id, from_id as "fromId", to_id as "toId", amount from debt_transfer
    where id = any(${ids}::int8[]) order by id`
}
