import { type Context } from '../context.ts'

/** A provider's account by the folded form of its number. */
export type AccountRef = { providerId: number; key: string }
export type FoundAccount = {
  id: number
  /** Agreement by service. */
  agreements: Map<number, number>
}

const KEYS_A_PIECE = 10_000

/** The accounts that exist, with their agreements, by `accountRefText`; one query for 10,000 accounts. */
export async function findAccounts(
  ctx: Context,
  wanted: readonly AccountRef[],
): Promise<Map<string, FoundAccount>> {
  const distinct = [...new Map(wanted.map((ref) => [accountRefText(ref), ref])).values()]
  const found = new Map<string, FoundAccount>()
  for (let start = 0; start < distinct.length; start += KEYS_A_PIECE) {
    const piece = distinct.slice(start, start + KEYS_A_PIECE)
    const rows = await ctx.sql.many<
      AccountRef & { id: number; serviceId: number | null; agreementId: number | null }
    >`
      select a.id, a.provider_id as "providerId", a.number_key as key,
        g.service_id as "serviceId", g.id as "agreementId"
      from unnest(${piece.map((ref) => ref.providerId)}::int4[],
        ${piece.map((ref) => ref.key)}::text[]) as w (provider_id, number_key)
      join account a using (provider_id, number_key)
      left join agreement g on g.account_id = a.id`
    for (const row of rows) {
      const account = found.get(accountRefText(row)) ?? { id: row.id, agreements: new Map() }
      if (row.serviceId !== null && row.agreementId !== null)
        account.agreements.set(row.serviceId, row.agreementId)
      found.set(accountRefText(row), account)
    }
  }
  return found
}

/** One text for one account. */
export function accountRefText({ providerId, key }: AccountRef): string {
  return `${providerId}/${key}`
}
