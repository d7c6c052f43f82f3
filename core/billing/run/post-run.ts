import { type Context } from '../../context.ts'
import { SOURCES } from '../../ledger/entry.ts'
import { KINDS } from '../../ledger/entry-kind.ts'
import { providerPlace } from '../../ledger/ledger-account.ts'
import { lockJournal } from '../../ledger/lock-journal.ts'
import { reservePosting, sealPosting } from '../../ledger/seal-posting.ts'
import { lastDay } from '../../period.ts'
import { type RunRow } from './run-row.ts'

/**
 * Books every line of a computed run, in the caller's transaction: one statement in the database, so
 * that nobody sees half a month and memory does not grow with the town. An entry's key is the
 * agreement, the line and the month. Gives how many entries.
 */
export async function postRun(tx: Context, run: RunRow, author: string): Promise<number> {
  const { id: runId, period, providerId } = run
  const head = await lockJournal(tx, providerId)
  const postingId = await reservePosting(tx)
  const charges = providerPlace(providerId, 'charges')
  const budget = providerPlace(providerId, 'budget')
  const credits = [KINDS.benefit.code, KINDS.subsidy.code]
  await tx.sql.run`
    insert into entry (posting_id, ordinal, kind, from_id, to_id, amount, effective_on, period,
      booked_at, source_kind, source_id, line, about_period, reverses_id, reason)
    select ${postingId}, row_number() over (order by l.agreement_id, l.line), kind,
      case when raises then place else agreement_id end,
      case when raises then agreement_id else place end,
      abs(amount), ${lastDay(period)}::date, ${period}::int4, ${head.booked_at},
      ${SOURCES.run}::int2, agreement_id, line, about_period, reverses_id, reason
    from (
      select *, case when kind = any(${credits}::int2[]) then ${budget}::int4 else ${charges}::int4 end
          as place,
        (amount > 0) <> (kind = any(${credits}::int2[])) as raises
      from run_line where run_id = ${runId} and posted and amount <> 0
    ) l
    order by l.agreement_id, l.line`
  const booked = await sealPosting(tx, { postingId, providerId, period, author, head })
  await tx.sql.run`
    update run set state = 'posted' where id = ${runId} and state = 'computed'`
  return booked
}
