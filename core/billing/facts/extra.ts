import { type Context } from '../../context.ts'
import { transaction } from '../../db/transaction.ts'
import { dayIn, type PlainDate } from '../../period.ts'
import { cost, type Quantity, type Rate } from '../../quantity.ts'
import { accept, refuse } from '../../result.ts'
import { writeAccountEvent } from '../account-life/account-event.ts'
import { findAgreements, lockAccount } from '../account-life/find-account.ts'

type Input = {
  agreementId: number
  /** It is charged once, in the month of this day. */
  day: PlainDate
  /** What was done or sold. */
  name: string
  /** Units in 10⁻⁸, above zero. */
  quantity: Quantity
  /** Currency per unit in 10⁻⁸, above zero. */
  price: Rate
  author: string
  /** Days before this one are not changed any more. */
  earliest?: PlainDate
}

/**
 * Records work or goods outside the tariff, to be charged in the month of its day.
 *
 * Gives the extra's id and what it will cost: kopecks, rounded once.
 * Refuses: `agreement-not-found`; `account-closed`; `amount-wrong` when it would cost nothing or less;
 * `day-in-future`; `too-long-ago` before `earliest`.
 */
export function recordExtra(ctx: Context, input: Input) {
  return transaction(ctx, async (tx) => {
    const { agreementId, author, day, earliest, name, price, quantity } = input
    const [agreement] = await findAgreements(tx, [agreementId])
    if (!agreement) return refuse('agreement-not-found')
    const { accountClosedOn, accountId } = agreement
    await lockAccount(tx, accountId)
    if (accountClosedOn !== null && accountClosedOn <= day) return refuse('account-closed')
    const amount = cost(quantity, price)
    if (quantity <= 0n || price <= 0n || amount <= 0n) return refuse('amount-wrong')
    if (day > dayIn(tx.now(), tx.zone)) return refuse('day-in-future')
    if (earliest !== undefined && day < earliest) return refuse('too-long-ago', { earliest })
    const { id } = await tx.sql.one<{ id: number }>`
      insert into extra_charge
        (agreement_id, day, name, quantity_e8, price_e8, author, recorded_at)
      values (${agreementId}, ${day}, ${name}, ${quantity}, ${price}, ${author}, ${tx.now()})
      returning id`
    const event = { accountId, kind: 'extra-recorded', day, reason: name, author } as const
    const details = { extra: id, agreement: agreementId, amount: amount.toString() }
    await writeAccountEvent(tx, { ...event, details })
    return accept({ extraId: id, amount })
  })
}

/** Takes an extra back from now on. Refuses: `fact-not-found`, also when it was retired before. */
export function retireExtra(ctx: Context, input: { id: number; reason: string; author: string }) {
  return transaction(ctx, async (tx) => {
    const { author, id, reason } = input
    const retired = await tx.sql.maybe<{ accountId: number; day: PlainDate }>`
      update extra_charge e set retired_at = ${tx.now()}
      from agreement g
      where e.id = ${id} and e.retired_at is null and g.id = e.agreement_id
      returning g.account_id as "accountId", e.day`
    if (!retired) return refuse('fact-not-found')
    const event = { ...retired, kind: 'extra-retired', reason, author } as const
    await writeAccountEvent(tx, { ...event, details: { extra: id } })
    return accept(undefined)
  })
}
