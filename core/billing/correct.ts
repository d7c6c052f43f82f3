import { type Context } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { SOURCES } from '../ledger/entry.ts'
import { lockJournal } from '../ledger/lock-journal.ts'
import { movement } from '../ledger/movement.ts'
import { post } from '../ledger/post.ts'
import { postingPeriod, readLastIssued } from '../ledger/posting-period.ts'
import { type Kopecks } from '../money.ts'
import { dayIn, type Period } from '../period.ts'
import { accept, refuse } from '../result.ts'
import { writeAccountEvent } from './account-life/account-event.ts'
import { findAgreements, lockAccount } from './account-life/find-account.ts'

type Input = {
  agreementId: number
  /** Kopecks: positive raises the debt, negative lowers it. */
  amount: Kopecks
  /** The month it is about; without it, no month in particular. */
  aboutPeriod?: Period
  reason: string
  author: string
  requestKey?: string
}

/**
 * Books an operator's correction of what an agreement owes, in the open month, with its reason. The
 * same `requestKey` again changes nothing.
 *
 * Gives the correction's id, the month it was booked in, and whether it was `replayed`.
 * Refuses: `agreement-not-found`; `amount-zero`; `reason-missing`; `month-in-future` for a month after
 * the open one; `key-conflict` for a known key with another correction.
 */
export function correctBalance(ctx: Context, input: Input) {
  return transaction(ctx, async (tx) => {
    const { agreementId, amount, author, aboutPeriod = null } = input
    const reason = input.reason.trim()
    const [agreement] = await findAgreements(tx, [agreementId])
    if (!agreement) return refuse('agreement-not-found')
    if (amount === 0n) return refuse('amount-zero')
    if (reason === '') return refuse('reason-missing')
    const { accountId, providerId } = agreement
    await lockAccount(tx, accountId)
    const before = await findKnown(tx, input.requestKey)
    if (before) {
      const isSame =
        before.agreementId === agreementId &&
        before.amount === amount &&
        before.aboutPeriod === aboutPeriod &&
        before.reason === reason
      if (!isSame) return refuse('key-conflict')
      return accept({ correctionId: before.id, month: before.month, replayed: true })
    }
    await lockJournal(tx, providerId)
    const today = dayIn(tx.now(), tx.zone)
    const month = postingPeriod(today, await readLastIssued(tx, providerId))
    if (aboutPeriod !== null && aboutPeriod > month) return refuse('month-in-future')
    const { id } = await tx.sql.one<{ id: bigint }>`
      insert into correction
        (agreement_id, amount, about_period, reason, author, request_key, recorded_at)
      values (${agreementId}, ${amount}, ${aboutPeriod}, ${reason}, ${author},
        ${input.requestKey ?? null}, ${tx.now()})
      returning id`
    await bookCorrection(tx, id)
    const details = { agreement: agreementId, amount: amount.toString(), about: aboutPeriod }
    const event = { accountId, kind: 'corrected', day: today, reason, author } as const
    await writeAccountEvent(tx, { ...event, details: { ...details, correction: id.toString() } })
    return accept({ correctionId: id, month, replayed: false })
  })
}

type Known = {
  id: bigint
  agreementId: number
  amount: Kopecks
  aboutPeriod: Period | null
  reason: string
  month: Period
}

async function findKnown(ctx: Context, requestKey: string | undefined): Promise<Known | null> {
  if (requestKey === undefined) return null
  return ctx.sql.maybe<Known>`
    select c.id, c.agreement_id as "agreementId", c.amount, c.about_period as "aboutPeriod",
      c.reason, e.period as month
    from correction c
    join entry e on e.source_kind = ${SOURCES.operator} and e.source_id = c.id and e.line = 0
    where c.request_key = ${requestKey}`
}

/** Books a stored correction in the open month of the day. */
export async function bookCorrection(ctx: Context, id: bigint): Promise<void> {
  const row = await ctx.sql.one<Known & { author: string; providerId: number }>`
    select c.id, c.agreement_id as "agreementId", c.amount, c.about_period as "aboutPeriod",
      c.reason, c.author, a.provider_id as "providerId"
    from correction c join agreement g on g.id = c.agreement_id join account a on a.id = g.account_id
    where c.id = ${id}`
  const { aboutPeriod, agreementId, amount, author, providerId, reason } = row
  const today = dayIn(ctx.now(), ctx.zone)
  const period = postingPeriod(today, await readLastIssued(ctx, providerId))
  const moved = movement('correction', { agreementId, providerId }, amount)
  if (!moved) throw new RangeError('a correction of 0')
  const posted = await post(ctx, {
    providerId,
    author,
    entries: [
      {
        ...moved,
        ...{ source: 'operator', sourceId: id, line: 0, period, reason, effectiveOn: today },
        ...(aboutPeriod === null ? {} : { aboutPeriod }),
      },
    ],
  })
  // A new key in the open month, under the lock: a refusal here is a fault of ours.
  if (!posted.ok) throw new Error(`the correction was not booked: ${posted.code}`)
}
