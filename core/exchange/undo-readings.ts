import { type Context } from '../context.ts'
import { accept, refuse } from '../result.ts'
import { removeReadings } from './kinds/reading-store.ts'

/** Takes a batch's readings away. Gives how many. Refuses: `reading-billed`. */
export async function undoReadings(tx: Context, batchId: number) {
  const { billed } = await tx.sql.one<{ billed: boolean }>`
    select exists (
      select 1 from reading r
      join register d on d.id = r.register_id join meter m on m.id = d.meter_id
      join agreement g on g.id = m.agreement_id join account a on a.id = g.account_id
      join billing_period b on b.provider_id = a.provider_id and b.period = r.period
        and b.state in ('issued', 'closed')
      where r.batch_id = ${batchId}
    ) as billed`
  return billed ? refuse('reading-billed') : accept(await removeReadings(tx, batchId))
}
