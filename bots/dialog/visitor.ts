import { type LinkedAccount, readLinkedAccounts } from '../../core/access/linked-accounts.ts'
import { type Person } from '../../core/access/person.ts'
import { type Context } from '../../core/context.ts'

/** The person of a turn with the accounts they may see; read once for all turns of a batch. */
export type Visitor = Person & { accounts: LinkedAccount[] }

/** Reads the accounts again after the turn itself changed them. */
export async function refreshAccounts(ctx: Context, visitor: Visitor): Promise<void> {
  visitor.accounts = await readLinkedAccounts(ctx, [visitor.consumerId])
}
