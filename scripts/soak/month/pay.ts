import { type Context } from '../../../core/context.ts'
import { type NewEntry } from '../../../core/ledger/entry.ts'
import { movement } from '../../../core/ledger/movement.ts'
import { post } from '../../../core/ledger/post.ts'
import { type Kopecks } from '../../../core/money.ts'
import { addDays, firstDay, type Period } from '../../../core/period.ts'
import { PROVIDER_ID } from './seed-town.ts'

const PAYS_EVERY = 3
const PAYS_LATE_EVERY = 9

/**
 * Books the month's payments: every third agreement pays what it owed, some of them a month ago, so
 * that penalty of the past is another one. The rest owe more and more.
 */
export async function addMonthPayments(ctx: Context, month: Period, index: number): Promise<void> {
  const debts = await ctx.sql.many<{ agreementId: number; owed: Kopecks }>`
    select agreement_id as "agreementId", closing as owed from (
      select distinct on (agreement_id) agreement_id, closing from statement
      order by agreement_id, period desc) last
    where closing > 0 and (agreement_id + ${index}::int4) % ${PAYS_EVERY} = 0 order by 1`
  const entries = debts.flatMap(({ agreementId, owed }): NewEntry[] => {
    const moved = movement('payment', { agreementId, providerId: PROVIDER_ID }, owed)
    if (!moved) return []
    const isLate = (agreementId + index) % PAYS_LATE_EVERY === 0
    const effectiveOn = addDays(firstDay(month), isLate ? -6 : 14)
    const key = { source: 'operator', sourceId: BigInt(agreementId), line: index } as const
    return [{ ...moved, ...key, period: month, effectiveOn }]
  })
  if (entries.length === 0) return
  const posted = await post(ctx, { providerId: PROVIDER_ID, author: 'soak', entries })
  if (!posted.ok) throw new Error(posted.code)
}
