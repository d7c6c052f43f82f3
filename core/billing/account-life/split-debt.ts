import { type Context } from '../../context.ts'
import { transaction } from '../../db/transaction.ts'
import { dayIn, periodOf } from '../../period.ts'
import { accept, refuse } from '../../result.ts'
import { writeAccountEvent } from './account-event.ts'
import { splitMonths } from './debt-months.ts'
import { findAgreementsOf, type LiveAgreement, lockAccount } from './find-account.ts'
import { debtTransfer, postTransfers, type Transfer } from './post-transfers.ts'
import { type Debt, lockDebts } from './read-debts.ts'
import { findReplay, replayDetails } from './replay.ts'

/** An account's share of a debt. The divided account may be among them: that share stays. */
type Share = { accountId: number; weight: bigint }

type Input = {
  accountId: number
  shares: readonly Share[]
  reason: string
  author: string
  requestKey?: string
}

/**
 * Splits what an account owes onto other accounts of its provider by weights: each service's debt goes
 * to the agreements of the same service, month by month, without losing a kopeck. Credits stay. The
 * same `requestKey` again changes nothing.
 *
 * Gives the transfers made, amounts in kopecks above zero.
 * Refuses: `account-not-found`, `other-provider`, `account-closed` with the `accountId` of the share;
 * `weights-wrong` when they are negative, all zero, or an account is named twice; `nothing-to-move`;
 * `service-not-agreed` with the `accountId` that has no agreement for a `serviceId` that is owed;
 * `key-conflict` for a known key with another request.
 */
export function splitDebt(ctx: Context, input: Input) {
  return transaction(ctx, async (tx) => {
    const { accountId, author, reason, shares, requestKey = null } = input
    const account = await lockAccount(tx, accountId)
    if (!account) return refuse('account-not-found', { accountId })
    const parts = shares.map((share) => `${share.accountId}:${share.weight}`)
    const request = {
      ...({ accountId, kind: 'debt-split', requestKey, reason } as const),
      asked: `split ${accountId} ${parts.join(' ')}`,
    }
    const before = await findReplay(tx, request)
    if (before === 'conflict') return refuse('key-conflict')
    if (before) return accept({ transfers: before, replayed: true })
    const wrong = await checkShares(tx, account.providerId, input)
    if (wrong) return wrong
    const { providerId } = account
    const today = dayIn(tx.now(), tx.zone)
    const agreements = await findAgreementsOf(tx, [accountId, ...shares.map((s) => s.accountId)])
    const own = agreements.filter((agreement) => agreement.accountId === accountId)
    const agreementIds = own.map(({ agreementId }) => agreementId)
    const debts = await lockDebts(tx, { providerId, agreementIds, month: periodOf(today) })
    const planned = planSplit(input, agreements, debts)
    if (!Array.isArray(planned)) return planned
    if (planned.length === 0) return refuse('nothing-to-move')
    const made = { providerId, kind: 'split', transfers: planned } as const
    const transfers = await postTransfers(tx, { ...made, reason, author, requestKey })
    const event = { kind: 'debt-split', day: today, reason, author } as const
    const details = { from: accountId, shares: parts, ...replayDetails(request, transfers) }
    await writeAccountEvent(tx, { ...event, accountId, details })
    for (const share of shares)
      if (share.accountId !== accountId)
        await writeAccountEvent(tx, {
          ...event,
          accountId: share.accountId,
          details: { from: accountId, shares: parts },
        })
    return accept({ transfers, replayed: false })
  })
}

async function checkShares(ctx: Context, providerId: number, { accountId, shares }: Input) {
  const ids = new Set(shares.map((share) => share.accountId))
  const isWrong =
    shares.some(({ weight }) => weight < 0n) || shares.every(({ weight }) => weight === 0n)
  if (isWrong || ids.size !== shares.length) return refuse('weights-wrong')
  for (const id of ids) {
    if (id === accountId) continue
    const target = await lockAccount(ctx, id)
    if (!target) return refuse('account-not-found', { accountId: id })
    if (target.providerId !== providerId) return refuse('other-provider', { accountId: id })
    if (target.closedOn !== null) return refuse('account-closed', { accountId: id })
  }
  return null
}

function planSplit(
  { accountId, shares }: Input,
  agreements: readonly LiveAgreement[],
  debts: ReadonlyMap<number, Debt>,
) {
  const transfers: Transfer[] = []
  const weights = shares.map(({ weight }) => weight)
  for (const { agreementId, serviceId } of agreements.filter((a) => a.accountId === accountId)) {
    const parts = splitMonths(debts.get(agreementId)?.months ?? [], weights)
    for (const [place, months] of parts.entries()) {
      const share = shares[place]
      if (!share || share.accountId === accountId || months.length === 0) continue
      const target = agreements.find(
        (agreement) => agreement.accountId === share.accountId && agreement.serviceId === serviceId,
      )
      if (!target) return refuse('service-not-agreed', { accountId: share.accountId, serviceId })
      transfers.push(debtTransfer(agreementId, target.agreementId, months))
    }
  }
  return transfers
}
