import { type EndedLink, endLinksOfOldHolders } from '../../access/end-links.ts'
import { type Context } from '../../context.ts'
import { transaction } from '../../db/transaction.ts'
import { type PlainDate } from '../../period.ts'
import { accept, refuse } from '../../result.ts'
import { accountKey } from '../../registry/account-number.ts'
import { writeAccountEvent } from './account-event.ts'
import { lockAccount } from './find-account.ts'

/** Who an account's holder is now. */
export type NewHolder = {
  accountId: number
  holderName: string
  phone: string | null
  email: string | null
  /** The day the change counts from. */
  from: PlainDate
  reason: string
  author: string
}

/**
 * Changes an account's holder with phone and e-mail. Who had access had it as, or from, the old
 * holder: those links end, and the codes printed for the old holder are void. The same name in other
 * letters is no new holder: then only phone and e-mail change and links stay.
 *
 * Gives the links that ended, to tell people of.
 * Refuses: `account-not-found`; `account-closed`; `holder-unchanged` when nothing differs.
 */
export function changeHolder(ctx: Context, input: NewHolder) {
  return transaction(ctx, async (tx) => {
    const { accountId, author, email, from, holderName, phone, reason } = input
    const account = await lockAccount(tx, accountId)
    if (!account) return refuse('account-not-found')
    if (account.closedOn !== null) return refuse('account-closed')
    const before = await tx.sql.one<{ name: string; phone: string | null; email: string | null }>`
      select holder_name as name, phone, email from account where id = ${accountId}`
    const isOther = nameKey(before.name) !== nameKey(holderName)
    const isSame = before.name === holderName && before.phone === phone && before.email === email
    if (isSame) return refuse('holder-unchanged')
    await tx.sql.run`
      update account set holder_name = ${holderName}, phone = ${phone}, email = ${email}
      where id = ${accountId}`
    const ended: EndedLink[] = isOther ? await endLinksOfOldHolders(tx, [accountId]) : []
    const kind = isOther ? 'holder-changed' : 'contacts-changed'
    const details = isOther ? { linksEnded: ended.length } : {}
    await writeAccountEvent(tx, { accountId, kind, day: from, reason, author, details })
    return accept({ isNewHolder: isOther, ended })
  })
}

// One name however it is written: apostrophes, spaces, case and letters that look alike.
function nameKey(name: string): string {
  return accountKey(name).replace(/['’ʼ`]/g, '')
}
