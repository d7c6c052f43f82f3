import { type Context } from '../../context.ts'
import { dayIn } from '../../period.ts'

/** What happened to a case, beside the account's other history: days and ids, no names. */
export async function noteCaseEvent(
  ctx: Context,
  event: {
    accountId: number
    kind:
      | 'subsidy-applied'
      | 'subsidy-document'
      | 'subsidy-granted'
      | 'subsidy-refused'
      | 'subsidy-ended'
    reason: string
    author: string
    details: { caseId: number; [name: string]: string | number | null }
  },
): Promise<void> {
  const { accountId, author, details, kind, reason } = event
  const now = ctx.now()
  await ctx.sql.run`
    insert into account_event (account_id, kind, day, reason, author, details, at)
    values (${accountId}, ${kind}, ${dayIn(now, ctx.zone)}, ${reason}, ${author}, ${details}, ${now})`
}
