import { type Context } from '../../context.ts'
import { type AccountEventKind } from './account-event.ts'
import { type MadeTransfer, readTransfers } from './post-transfers.ts'

/** A request that moves debts, as it is recognised when it comes again. */
type Asked = {
  accountId: number
  kind: AccountEventKind
  requestKey: string | null
  reason: string
  /** What was asked for, as one text of ids and sums. */
  asked: string
}

type Stored = { kind: string; reason: string; details: { asked: string; transfers: string[] } }

/**
 * What an earlier request of this key did: null when there was none, `conflict` when it asked for
 * something else. The caller holds the account.
 */
export async function findReplay(
  ctx: Context,
  { accountId, asked, kind, reason, requestKey }: Asked,
): Promise<MadeTransfer[] | 'conflict' | null> {
  if (requestKey === null) return null
  const stored = await ctx.sql.maybe<Stored>`
    select kind, reason, details from account_event
    where account_id = ${accountId} and details->>'requestKey' = ${requestKey}
      and details->>'asked' is not null
    order by id limit 1`
  if (!stored) {
    const elsewhere = await ctx.sql.maybe`
      select 1 from debt_transfer where request_key = ${requestKey}`
    return elsewhere ? 'conflict' : null
  }
  const isSame = stored.kind === kind && stored.reason === reason && stored.details.asked === asked
  return isSame ? readTransfers(ctx, stored.details.transfers.map(BigInt)) : 'conflict'
}

/** Details of the event that `findReplay` finds. */
export function replayDetails(
  { asked, requestKey }: Pick<Asked, 'asked' | 'requestKey'>,
  transfers: readonly MadeTransfer[],
) {
  return {
    transfers: transfers.map(({ id }) => id.toString()),
    ...(requestKey === null ? {} : { requestKey, asked }),
  }
}
