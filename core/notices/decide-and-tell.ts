import { decideLinkRequest } from '../access/link-request.ts'
import { type Context } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { say } from '../outbox/message.ts'
import { accept, refuse } from '../result.ts'
import { tell } from './tell.ts'
import { tellOfNewLink } from './warn-holders.ts'

/**
 * Links the account a person asked staff for, and tells the person and, when the link is new, the
 * other holders of the account.
 *
 * Refuses: `request-not-found` (unknown or decided before); `account-not-found`.
 */
export function approveAndTell(
  ctx: Context,
  input: { requestId: number; accountId: number; author: string },
) {
  return transaction(ctx, async (tx) => {
    const { accountId, requestId } = input
    const before = await tx.sql.maybe<{ number: string; linked: boolean }>`
      select a.number, l.id is not null as linked
      from link_request r
      join account a on a.id = ${accountId}
      left join link l on l.account_id = a.id and l.consumer_id = r.consumer_id
        and l.ended_at is null
      where r.id = ${requestId}`
    const decided = await decideLinkRequest(tx, input)
    if (!decided.ok) return decided
    const { consumerId } = decided.value
    const number = before?.number ?? ''
    await tellOutcome(tx, { requestId, consumerId, accountId, key: 'link-approved', number })
    if (!before?.linked) await tellOfNewLink(tx, { accountIds: [accountId], consumerId })
    return accept(undefined)
  })
}

/**
 * Declines a person's request for an account and tells the person.
 *
 * Refuses: `request-not-found` (unknown or decided before).
 */
export function declineAndTell(ctx: Context, input: { requestId: number; author: string }) {
  return transaction(ctx, async (tx) => {
    const { requestId } = input
    const decided = await decideLinkRequest(tx, { ...input, accountId: null })
    // Nothing else can be missing where no account is chosen.
    if (!decided.ok) return refuse('request-not-found')
    const { consumerId } = decided.value
    const { number } = await tx.sql.one<{ number: string }>`
      select number from link_request where id = ${requestId}`
    await tellOutcome(tx, { requestId, consumerId, accountId: null, key: 'link-declined', number })
    return accept(undefined)
  })
}

async function tellOutcome(
  ctx: Context,
  outcome: {
    requestId: number
    consumerId: number
    accountId: number | null
    key: 'link-approved' | 'link-declined'
    /** The account's, or what the person asked for. */
    number: string
  },
): Promise<void> {
  const { accountId, consumerId, key, number, requestId } = outcome
  await tell(ctx, {
    kind: 'request',
    consumerId,
    accountId,
    lines: [say(`notice:${key}`, { no: requestId, number })],
    dedupeKey: `link-request ${requestId}`,
  })
}
