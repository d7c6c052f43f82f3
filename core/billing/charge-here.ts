import { type Context } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { readLastIssued } from '../ledger/posting-period.ts'
import { type Period } from '../period.ts'
import { accept, refuse } from '../result.ts'

/**
 * From a month on a provider is charged here instead of by its accounting program; with `from` null the
 * program charges again. Months that are issued or already charged stay as they are. Gives what holds now.
 *
 * Refuses: `provider-not-found`; `month-issued` for a month that is issued, or when one charged here would
 * become the program's; `already-charged` when the program's charges of that month or a later one are in
 * force; `charging-rule-missing` (with `service`) for a service nobody said how to charge.
 */
export function chargeHere(ctx: Context, input: { providerCode: string; from: Period | null }) {
  const { from, providerCode } = input
  return transaction(ctx, async (tx) => {
    const provider = await tx.sql.maybe<{ id: number; chargedFrom: Period | null }>`
      select id, charged_from as "chargedFrom" from provider where code = ${providerCode} for update`
    if (!provider) return refuse('provider-not-found')
    const { chargedFrom, id } = provider
    if (chargedFrom === from) return accept({ chargedFrom })
    const lastIssued = await readLastIssued(tx, id)
    const isBegun = chargedFrom !== null && lastIssued !== null && chargedFrom <= lastIssued
    if (isBegun || (from !== null && lastIssued !== null && from <= lastIssued))
      return refuse('month-issued')
    if (from !== null) {
      if (await isCharged(tx, id, from)) return refuse('already-charged')
      const service = await findUnruled(tx, id)
      if (service !== null) return refuse('charging-rule-missing', { service })
    }
    await tx.sql.run`update provider set charged_from = ${from} where id = ${id}`
    return accept({ chargedFrom: from })
  })
}

async function isCharged(tx: Context, providerId: number, from: Period): Promise<boolean> {
  const { charged } = await tx.sql.one<{ charged: boolean }>`
    select exists (
      select 1 from charge c
      join agreement g on g.id = c.agreement_id join account a on a.id = g.account_id
      where a.provider_id = ${providerId} and c.period >= ${from} and not c.reversed) as charged`
  return charged
}

async function findUnruled(tx: Context, providerId: number): Promise<string | null> {
  const row = await tx.sql.maybe<{ code: string }>`
    select s.code from service s
    where s.provider_id = ${providerId} and not exists (
      select 1 from rule r where r.kind = 'charging' and r.retired_at is null
        and (r.service_id = s.id or (r.service_id is null
          and (r.provider_id is null or r.provider_id = ${providerId}))))
    order by s.code limit 1`
  return row?.code ?? null
}
