import { changeHolder, type NewHolder } from '../billing/account-life/change-holder.ts'
import { type Context } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { accept } from '../result.ts'
import { tellOfEndedLinks } from './warn-holders.ts'

/**
 * Changes an account's holder and tells those whose links ended by it.
 *
 * Gives whether the holder is another person, and how many links ended.
 * Refuses: as `changeHolder`.
 */
export function changeHolderAndTell(ctx: Context, input: NewHolder) {
  return transaction(ctx, async (tx) => {
    const changed = await changeHolder(tx, input)
    if (!changed.ok) return changed
    const { ended, isNewHolder } = changed.value
    await tellOfEndedLinks(tx, ended, 'holder-changed')
    return accept({ isNewHolder, linksEnded: ended.length })
  })
}
