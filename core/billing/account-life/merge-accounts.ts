import { type Context } from '../../context.ts'
import { transaction } from '../../db/transaction.ts'
import { dayIn, periodOf, type PlainDate } from '../../period.ts'
import { accept, refuse } from '../../result.ts'
import { writeAccountEvent } from './account-event.ts'
import { checkClosing, endAgreements } from './close-account.ts'
import { findAgreementsOf, type LiveAgreement, lockAccount } from './find-account.ts'
import { postTransfers, type Transfer, wholeTransfer } from './post-transfers.ts'
import { type Debt, lockDebts } from './read-debts.ts'
import { findReplay, replayDetails } from './replay.ts'

type Input = {
  /** The account that closes. */
  fromId: number
  /** The account that stays. */
  intoId: number
  /** First day nothing is delivered to the one that closes. */
  on: PlainDate
  reason: string
  author: string
  requestKey?: string
}

/**
 * Merges an account into another of its provider: debts and credits of each service move to the
 * agreement of the same service, then the old account closes. The same `requestKey` again changes
 * nothing.
 *
 * Gives the transfers made, amounts in kopecks above zero.
 * Refuses: `account-not-found`; `same-account`; `other-provider`; `account-closed` when either is;
 * `closes-before-opened`, `meter-running` as `closeAccount` does; `service-not-agreed` with the
 * `serviceId` that the other account has no agreement for; `key-conflict` for a known key with
 * another request.
 */
export function mergeAccounts(ctx: Context, input: Input) {
  return transaction(ctx, async (tx) => {
    const { author, fromId, intoId, on, reason, requestKey = null } = input
    if (fromId === intoId) return refuse('same-account')
    // In one order whoever asks, so that two merges never wait for each other.
    const first = await lockAccount(tx, Math.min(fromId, intoId))
    const second = await lockAccount(tx, Math.max(fromId, intoId))
    const [from, into] = fromId < intoId ? [first, second] : [second, first]
    if (!from || !into) return refuse('account-not-found')
    const request = {
      ...({ accountId: fromId, kind: 'merged', requestKey, reason } as const),
      asked: `merge ${fromId} ${intoId} ${on}`,
    }
    const before = await findReplay(tx, request)
    if (before === 'conflict') return refuse('key-conflict')
    if (before) return accept({ transfers: before, replayed: true })
    if (from.providerId !== into.providerId) return refuse('other-provider')
    if (into.closedOn !== null) return refuse('account-closed')
    const wrong = await checkClosing(tx, from, on)
    if (wrong) return wrong
    const { providerId } = from
    const agreements = await findAgreementsOf(tx, [fromId, intoId])
    const agreementIds = agreements.filter((a) => a.accountId === fromId).map((a) => a.agreementId)
    const today = dayIn(tx.now(), tx.zone)
    const debts = await lockDebts(tx, { providerId, agreementIds, month: periodOf(today) })
    const planned = planMerge(input, agreements, debts)
    if (!Array.isArray(planned)) return planned
    const made = { providerId, kind: 'merge', transfers: planned } as const
    const transfers = await postTransfers(tx, { ...made, reason, author, requestKey })
    await endAgreements(tx, fromId, on)
    const event = { kind: 'merged', day: on, reason, author } as const
    const details = { from: fromId, into: intoId }
    await writeAccountEvent(tx, {
      ...event,
      accountId: fromId,
      details: { ...details, ...replayDetails(request, transfers) },
    })
    await writeAccountEvent(tx, { ...event, accountId: intoId, details })
    return accept({ transfers, replayed: false })
  })
}

function planMerge(
  { fromId, intoId }: Input,
  agreements: readonly LiveAgreement[],
  debts: ReadonlyMap<number, Debt>,
) {
  const transfers: Transfer[] = []
  for (const { agreementId, serviceId } of agreements.filter((a) => a.accountId === fromId)) {
    const debt = debts.get(agreementId)
    if (!debt || debt.balance === 0n) continue
    const target = agreements.find((a) => a.accountId === intoId && a.serviceId === serviceId)
    if (!target) return refuse('service-not-agreed', { serviceId })
    const transfer = wholeTransfer(agreementId, target.agreementId, debt)
    if (transfer) transfers.push(transfer)
  }
  return transfers
}
