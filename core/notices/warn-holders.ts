import { type EndedLink } from '../access/end-links.ts'
import { type Context } from '../context.ts'
import { say } from '../outbox/message.ts'
import { dayIn } from '../period.ts'
import { tell } from './tell.ts'

type Holder = { consumerId: number; accountId: number; number: string }

/** Tells everybody already linked to the accounts that somebody new was linked by `consumerId`. */
export async function tellOfNewLink(
  ctx: Context,
  input: { accountIds: readonly number[]; consumerId: number },
): Promise<void> {
  for (const holder of await readHolders(ctx, input.accountIds, input.consumerId)) {
    const { accountId, consumerId, number } = holder
    await tell(ctx, {
      kind: 'security',
      consumerId,
      accountId,
      lines: [say('notice:link-added', { number })],
      dedupeKey: `link-added ${accountId} ${input.consumerId} to ${consumerId} ${ctx.now().getTime()}`,
    })
  }
}

/** Tells the holders, at most once a day for an account, that somebody tried and failed. */
export async function tellOfFailedTries(
  ctx: Context,
  input: { accountIds: readonly number[]; consumerId: number },
): Promise<void> {
  const today = dayIn(ctx.now(), ctx.zone)
  for (const holder of await readHolders(ctx, input.accountIds, input.consumerId)) {
    const { accountId, consumerId, number } = holder
    await tell(ctx, {
      kind: 'security',
      consumerId,
      accountId,
      lines: [say('notice:link-failed', { number })],
      dedupeKey: `link-failed ${accountId} to ${consumerId} ${today}`,
    })
  }
}

/** Tells people that their link ended, and why. */
export async function tellOfEndedLinks(
  ctx: Context,
  ended: readonly EndedLink[],
  reason: 'holder-changed' | 'revoked',
): Promise<void> {
  for (const { accountId, consumerId, number } of ended)
    await tell(ctx, {
      kind: 'security',
      consumerId,
      accountId,
      lines: [say(`notice:link-ended.${reason}`, { number })],
      dedupeKey: `link-ended ${accountId} to ${consumerId} ${ctx.now().getTime()}`,
    })
}

function readHolders(
  ctx: Context,
  accountIds: readonly number[],
  except: number,
): Promise<Holder[]> {
  return ctx.sql.many<Holder>`
    select l.consumer_id as "consumerId", a.id as "accountId", a.number
    from link l join account a on a.id = l.account_id
    where a.id = any(${accountIds}::int4[]) and l.ended_at is null and l.consumer_id <> ${except}
    order by a.id, l.id`
}
