import { type NewEntry } from '../../../core/ledger/entry.ts'
import { type EntryKind } from '../../../core/ledger/entry-kind.ts'
import { movement } from '../../../core/ledger/movement.ts'
import { post } from '../../../core/ledger/post.ts'
import { kopecks } from '../../../core/money.ts'
import { type Period, type PlainDate } from '../../../core/period.ts'
import { type Context } from '../../../core/context.ts'

export const OCTOBER = 202610 as Period
export const NOVEMBER = 202611 as Period
export const DECEMBER = 202612 as Period

type Side = { agreementId: number; providerId: number }

/** An entry of 1.00 in October unless told otherwise; `sourceId` is its key. */
export function entry(
  side: Side,
  sourceId: number,
  given: { kind?: EntryKind; amount?: number; period?: Period; reason?: string } = {},
): NewEntry {
  const { amount = 100, kind = 'accrual', period = OCTOBER, reason } = given
  const moved = movement(kind, side, kopecks(amount))
  if (!moved) throw new RangeError('an amount of 0 moves nothing')
  const month = String(period)
  return {
    ...moved,
    effectiveOn: `${month.slice(0, 4)}-${month.slice(4)}-15` as PlainDate,
    period,
    source: 'operator',
    sourceId: BigInt(sourceId),
    line: 0,
    ...(reason === undefined ? {} : { reason }),
  }
}

/** Books entries; throws when they are refused. */
export async function book(
  ctx: Context,
  providerId: number,
  entries: readonly NewEntry[],
): Promise<bigint | null> {
  const posted = await post(ctx, { providerId, author: 'test', entries })
  if (!posted.ok) throw new Error(`refused: ${posted.code}`)
  return posted.value.postingId
}
