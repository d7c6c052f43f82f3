import { type Context } from '../../context.ts'
import { transaction } from '../../db/transaction.ts'
import { type Kopecks, kopecks } from '../../money.ts'
import { dayIn, periodOf } from '../../period.ts'
import { accept, refuse } from '../../result.ts'
import { writeAccountEvent } from './account-event.ts'
import { takeOldest } from './debt-months.ts'
import { findAgreements, lockAccount } from './find-account.ts'
import { creditTransfer, debtTransfer, postTransfers, type Transfer } from './post-transfers.ts'
import { type Debt, lockDebts } from './read-debts.ts'
import { findReplay, replayDetails } from './replay.ts'

type Input = {
  fromId: number
  toId: number
  amount?: Kopecks
  reason: string
  author: string
  requestKey?: string
}

/**
 * Moves what an agreement owes to another agreement of the same provider, in the open month. A debt
 * moves by the months it is made of, the oldest first; a credit as one sum. `amount` has the sign of
 * the balance (kopecks, owed is positive); without it, all of the balance. The same `requestKey` again
 * changes nothing.
 *
 * Gives the transfer made, its amount above zero: of a debt `fromId` → `toId`, of a credit the other
 * way round.
 * Refuses: `agreement-not-found`; `same-agreement`; `other-provider`: a debt to one is no debt to the
 * other; `account-closed` when the account it would go to is; `nothing-to-move`; `more-than-owed`
 * with the `balance`; `key-conflict` for a known key with another request.
 */
export function moveDebt(ctx: Context, input: Input) {
  return transaction(ctx, async (tx) => {
    const { author, fromId, reason, toId, requestKey = null } = input
    const found = await findAgreements(tx, [fromId, toId])
    const from = found.find(({ agreementId }) => agreementId === fromId)
    const to = found.find(({ agreementId }) => agreementId === toId)
    if (!from || !to) return refuse('agreement-not-found')
    if (fromId === toId) return refuse('same-agreement')
    if (from.providerId !== to.providerId) return refuse('other-provider')
    await lockAccount(tx, from.accountId)
    const asked = `move ${fromId} ${toId} ${input.amount ?? 'all'}`
    const { accountId, providerId } = from
    const request = { accountId, kind: 'debt-moved', requestKey, reason, asked } as const
    const before = await findReplay(tx, request)
    if (before === 'conflict') return refuse('key-conflict')
    if (before) return accept({ transfers: before, replayed: true })
    if (to.accountClosedOn !== null) return refuse('account-closed')
    const today = dayIn(tx.now(), tx.zone)
    const debts = await lockDebts(tx, {
      providerId,
      agreementIds: [fromId],
      month: periodOf(today),
    })
    const transfer = planMove(input, debts.get(fromId))
    if ('ok' in transfer) return transfer
    const kind = 'move'
    const transfers = await postTransfers(tx, {
      ...{ providerId, kind, transfers: [transfer], reason, author, requestKey },
    })
    const details = { from: fromId, to: toId, amount: transfer.amount.toString() }
    const event = { kind: 'debt-moved', day: today, reason, author } as const
    await writeAccountEvent(tx, {
      ...event,
      accountId,
      details: { ...details, ...replayDetails(request, transfers) },
    })
    if (to.accountId !== accountId)
      await writeAccountEvent(tx, { ...event, accountId: to.accountId, details })
    return accept({ transfers, replayed: false })
  })
}

function planMove({ amount, fromId, toId }: Input, debt: Debt | undefined) {
  const balance = debt?.balance ?? kopecks(0)
  const moved = amount ?? balance
  if (moved === 0n || debt === undefined) return refuse('nothing-to-move')
  const isMore = balance > 0n ? moved < 0n || moved > balance : moved > 0n || moved < balance
  if (isMore) return refuse('more-than-owed', { balance })
  const transfer: Transfer =
    moved > 0n
      ? debtTransfer(fromId, toId, takeOldest(debt.months, moved))
      : creditTransfer(fromId, toId, kopecks(-moved))
  return transfer
}
