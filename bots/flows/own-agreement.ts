import { type Context } from '../../core/context.ts'
import { type AgreementBalance } from '../../core/ledger/read-balances.ts'
import { readOwnBalances, type Visitor } from '../dialog/visitor.ts'

/** The agreement with its service and balance, or null when it is of nobody's or somebody else's account. */
export async function findOwnAgreement(
  ctx: Context,
  person: Visitor,
  agreementId: number,
): Promise<AgreementBalance | null> {
  const balances = await readOwnBalances(ctx, person)
  return balances.find((row) => row.agreementId === agreementId) ?? null
}
