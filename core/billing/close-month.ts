import { type Context } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { type Period } from '../period.ts'
import { accept, refuse } from '../result.ts'

/**
 * Closes an issued month: its reports are final, and it is out of the accountant's way. Closing again
 * changes nothing. Gives whether it was closed now.
 * Refuses: `provider-not-found`; `month-not-issued`; `earlier-month-open` while one before is not closed.
 */
export function closeMonth(ctx: Context, input: { providerCode: string; month: Period }) {
  const { month, providerCode } = input
  return transaction(ctx, async (tx) => {
    const provider = await tx.sql.maybe<{ id: number }>`
      select id from provider where code = ${providerCode} for update`
    if (!provider) return refuse('provider-not-found')
    const row = await tx.sql.maybe<{ state: string; earlier: Period | null }>`
      select state, (select min(period) from billing_period
        where provider_id = ${provider.id} and period < ${month} and state <> 'closed') as earlier
      from billing_period where provider_id = ${provider.id} and period = ${month}`
    if (row?.state === 'closed') return accept({ closed: false })
    if (row?.state !== 'issued') return refuse('month-not-issued')
    if (row.earlier !== null) return refuse('earlier-month-open', { next: row.earlier })
    await tx.sql.run`
      update billing_period set state = 'closed', closed_at = ${tx.now()}
      where provider_id = ${provider.id} and period = ${month}`
    return accept({ closed: true })
  })
}
