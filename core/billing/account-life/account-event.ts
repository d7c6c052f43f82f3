import { type Context } from '../../context.ts'
import { type PlainDate } from '../../period.ts'

/** What can happen to an account; stored, never renamed. */
export type AccountEventKind =
  | 'opened'
  | 'closed'
  | 'holder-changed'
  | 'contacts-changed'
  | 'debt-moved'
  | 'debt-split'
  | 'merged'
  | 'corrected'
  | 'household-changed'
  | 'absence-recorded'
  | 'absence-retired'
  | 'defect-recorded'
  | 'defect-retired'
  | 'extra-recorded'
  | 'extra-retired'
  | 'beneficiary-recorded'
  | 'beneficiary-retired'

/** An event to write. `details` hold ids, days and sums as text: never a name or a phone. */
export type NewAccountEvent = {
  accountId: number
  kind: AccountEventKind
  /** The day it counts from. */
  day: PlainDate
  reason: string
  author: string
  details: Readonly<Record<string, unknown>>
}

/** Writes what happened to an account into its history. */
export async function writeAccountEvent(ctx: Context, event: NewAccountEvent): Promise<void> {
  const { accountId, author, day, details, kind, reason } = event
  await ctx.sql.run`
    insert into account_event (account_id, kind, day, reason, author, details, at)
    values (${accountId}, ${kind}, ${day}, ${reason}, ${author},
      ${JSON.stringify(details)}::jsonb, ${ctx.now()})`
}

/** A line of an account's history. */
export type AccountEvent = {
  id: number
  kind: string
  day: PlainDate
  reason: string
  author: string
  details: Record<string, unknown>
  at: Date
}

/** What happened to an account, the latest first, at most `limit`. */
export function readAccountHistory(
  ctx: Context,
  accountId: number,
  { limit }: { limit: number },
): Promise<AccountEvent[]> {
  return ctx.sql.many<AccountEvent>`
    select id, kind, day, reason, author, details, at from account_event
    where account_id = ${accountId} order by at desc, id desc limit ${limit}`
}
