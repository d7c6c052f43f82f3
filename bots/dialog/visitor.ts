import { type LinkedAccount, readLinkedAccounts } from '../../core/access/linked-accounts.ts'
import { type Person } from '../../core/access/person.ts'
import { type Context } from '../../core/context.ts'
import { type AgreementBalance, readBalances } from '../../core/ledger/read-balances.ts'

/** The person of a turn with the accounts they may see; read once for all turns of a batch. */
export type Visitor = Person & { accounts: LinkedAccount[]; batch: Batch }

/** Visitors whose turns are taken in one transaction: what one needs is read for all. */
type Batch = { visitors: Visitor[]; balances: AgreementBalance[] | null }

/** An empty batch, for visitors to join. */
export function openBatch(): Batch {
  return { visitors: [], balances: null }
}

/** Makes a person a visitor of a batch; accounts come after. */
export function join<P extends Person>(batch: Batch, person: P): P & Visitor {
  const visitor = { ...person, accounts: [], batch }
  batch.visitors.push(visitor)
  return visitor
}

/** Reads the accounts again after the turn itself changed them. */
export async function refreshAccounts(ctx: Context, visitor: Visitor): Promise<void> {
  visitor.accounts = await readLinkedAccounts(ctx, [visitor.consumerId])
  visitor.batch = { visitors: [visitor], balances: null }
}

/** Balances of the visitor's accounts; the first to ask reads those of the whole batch. */
export async function readOwnBalances(
  ctx: Context,
  { accounts, batch }: Visitor,
): Promise<AgreementBalance[]> {
  const everybodys = batch.visitors.flatMap((visitor) => visitor.accounts)
  batch.balances ??= await readBalances(
    ctx,
    everybodys.map((account) => account.accountId),
  )
  const own = new Set(accounts.map((account) => account.accountId))
  return batch.balances.filter((row) => own.has(row.accountId))
}
