import { type Context } from '../../context.ts'
import { transaction } from '../../db/transaction.ts'
import { type Kopecks, sum } from '../../money.ts'
import { readBalances } from '../../ledger/read-balances.ts'
import { addDays, type PlainDate } from '../../period.ts'
import { accept, refuse } from '../../result.ts'
import { writeAccountEvent } from './account-event.ts'
import { type LiveAccount, lockAccount } from './find-account.ts'

/**
 * Closes an account: from the day `on` nothing is delivered, its agreements end. What it owes stays
 * owed, and its links stay so that people can see and pay it.
 *
 * Gives the balances that stay, and their total, in kopecks, owed is positive.
 * Refuses: `account-not-found`; `account-closed`; `closes-before-opened`; `meter-running` with the
 * serial numbers of `meters` that hang without a closing reading: one of the last day of delivery or
 * later on every dial.
 */
export function closeAccount(
  ctx: Context,
  input: { accountId: number; on: PlainDate; reason: string; author: string },
) {
  return transaction(ctx, async (tx) => {
    const { accountId, author, on, reason } = input
    const account = await lockAccount(tx, accountId)
    if (!account) return refuse('account-not-found')
    const wrong = await checkClosing(tx, account, on)
    if (wrong) return wrong
    await endAgreements(tx, accountId, on)
    const { balance, balances } = await readLeft(tx, accountId)
    await writeAccountEvent(tx, {
      ...{ accountId, day: on, reason, author },
      kind: 'closed',
      details: { balance: balance.toString() },
    })
    return accept({ balance, balances })
  })
}

/** Why an account cannot close on a day, or null. Refuses as `closeAccount`. */
export async function checkClosing(ctx: Context, account: LiveAccount, on: PlainDate) {
  if (account.closedOn !== null) return refuse('account-closed')
  if (account.openedOn !== null && on <= account.openedOn) return refuse('closes-before-opened')
  const running = await ctx.sql.many<{ serial: string }>`
    select m.serial from meter m join agreement g on g.id = m.agreement_id
    where g.account_id = ${account.accountId} and m.removed_on is null and exists (
      select 1 from register r where r.meter_id = m.id and not exists (
        select 1 from reading d where d.register_id = r.id and d.state = 'accepted'
          and d.taken_on >= ${addDays(on, -1)}))
    order by m.id`
  if (running.length > 0) return refuse('meter-running', { meters: running.map((m) => m.serial) })
  return null
}

/** Ends what still runs: nothing is delivered from the day `on`. */
export async function endAgreements(ctx: Context, accountId: number, on: PlainDate): Promise<void> {
  await ctx.sql.run`
    update agreement set to_day = ${on}, ended_at = ${ctx.now()}
    where account_id = ${accountId} and (to_day is null or to_day > ${on})`
  await ctx.sql.run`update account set closed_on = ${on} where id = ${accountId}`
}

async function readLeft(ctx: Context, accountId: number) {
  const rows = await readBalances(ctx, [accountId])
  const balances: { agreementId: number; balance: Kopecks }[] = rows
    .filter(({ balance }) => balance !== 0n)
    .map(({ agreementId, balance }) => ({ agreementId, balance }))
  return { balances, balance: sum(rows.map((row) => row.balance)) }
}
