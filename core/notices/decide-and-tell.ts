import { decideLinkRequest } from '../access/link-request.ts'
import { type Context } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { say } from '../outbox/message.ts'
import { accept } from '../result.ts'
import { tell } from './tell.ts'
import { tellOfNewLink } from './warn-holders.ts'

/**
 * Decides on a request to link an account and tells the person; when an account is linked newly, its
 * other holders too. `accountId` approves and links it, null declines.
 *
 * Refuses: as `decideLinkRequest`.
 */
export function decideAndTell(
  ctx: Context,
  input: { requestId: number; accountId: number | null; author: string },
) {
  return transaction(ctx, async (tx) => {
    const before = await readNumbers(tx, input)
    const decided = await decideLinkRequest(tx, input)
    if (!decided.ok) return decided
    const { accountId, consumerId } = decided.value
    const outcome = accountId === null ? 'link-declined' : 'link-approved'
    const number = before?.account ?? before?.asked ?? ''
    await tell(tx, {
      kind: 'request',
      consumerId,
      accountId,
      lines: [say(`notice:${outcome}`, { no: input.requestId, number })],
      dedupeKey: `link-request ${input.requestId}`,
    })
    if (accountId !== null && !before?.linked)
      await tellOfNewLink(tx, { accountIds: [accountId], consumerId })
    return accept({ state: accountId === null ? 'declined' : 'approved' } as const)
  })
}

/** The number asked for, the chosen account's, and whether the person had that account already. */
function readNumbers(ctx: Context, input: { requestId: number; accountId: number | null }) {
  return ctx.sql.maybe<{ asked: string; account: string | null; linked: boolean }>`
    select r.number as asked, a.number as account, l.id is not null as linked
    from link_request r
    left join account a on a.id = ${input.accountId}::int4
    left join link l on l.account_id = a.id and l.consumer_id = r.consumer_id
      and l.ended_at is null
    where r.id = ${input.requestId}`
}
