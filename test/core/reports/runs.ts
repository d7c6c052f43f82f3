import { METHODS, type Method } from '../../../core/billing/charge/method.ts'
import { type Context } from '../../../core/context.ts'
import { SOURCES } from '../../../core/ledger/entry.ts'
import { type EntryKind, KINDS } from '../../../core/ledger/entry-kind.ts'
import { movement } from '../../../core/ledger/movement.ts'
import { kopecks } from '../../../core/money.ts'
import { lastDay, type Period } from '../../../core/period.ts'
import { wholeQuantity } from '../../../core/quantity.ts'
import { book } from '../ledger/books.ts'

type RunLine = {
  agreementId: number
  kind?: EntryKind
  method?: Method
  amount: number
  volume?: number
  zone?: number
  about?: Period
  reason?: string
  posted?: boolean
}

/** A run of a month with these lines, booked now when it is `posted`. */
export async function addRun(
  ctx: Context,
  given: {
    providerId: number
    period: Period
    lines: readonly RunLine[]
    state?: 'posted' | 'computed'
    kind?: 'month' | 'trial'
  },
): Promise<void> {
  const { kind: runKind = 'month', lines, period, providerId, state = 'posted' } = given
  const { id } = await ctx.sql.one<{ id: number }>`
    insert into run (provider_id, period, kind, state, as_of, author, created_at)
    values (${providerId}, ${period}, ${runKind}, ${state}, ${ctx.now()}, 'test', ${ctx.now()})
    returning id`
  for (const [index, line] of lines.entries()) {
    const { about = null, agreementId, amount, kind = 'accrual', method = 'none' } = line
    const { posted = true, reason = null, volume, zone = 0 } = line
    const volumeE8 = volume === undefined ? null : wholeQuantity(volume)
    await ctx.sql.run`
      insert into run_line (run_id, agreement_id, line, kind, method, amount, volume_e8, zone,
        posted, about_period, reason, formula)
      values (${id}, ${agreementId}, ${index + 1}, ${KINDS[kind].code}, ${METHODS[method]},
        ${amount}, ${volumeE8}, ${zone}, ${posted}, ${about}, ${reason}, '')`
    const moved = movement(kind, { agreementId, providerId }, kopecks(amount))
    if (!moved || !posted || state !== 'posted') continue
    const key = { source: 'run', sourceId: BigInt(agreementId), line: index + 1, period } as const
    const aboutPeriod = about === null ? {} : { aboutPeriod: about }
    await book(ctx, providerId, [
      { ...moved, ...key, ...aboutPeriod, effectiveOn: lastDay(period) },
    ])
  }
}

type Zone = { price: number; volume: number }

/** A charge as a provider's program sent it, booked now. Gives its accrual's entry. */
export async function addCharge(
  ctx: Context,
  given: {
    providerId: number
    agreementId: number
    period: Period
    method: Method
    amount: number
    zones: [Zone] | [Zone, Zone]
  },
): Promise<bigint> {
  const { agreementId, amount, method, period, providerId, zones } = given
  const [first, second = { price: 0, volume: 0 }] = zones
  const { id } = await ctx.sql.one<{ id: bigint }>`
    insert into charge (agreement_id, period, method, price1_e8, volume1_e8, price2_e8, volume2_e8,
      accrued, subscription, penalty, correction, benefit, subsidy, asserted_opening, asserted_paid,
      asserted_closing, batch_id)
    values (${agreementId}, ${period}, ${method}, ${wholeQuantity(first.price)},
      ${wholeQuantity(first.volume)}, ${wholeQuantity(second.price)},
      ${wholeQuantity(second.volume)}, ${amount}, 0, 0, 0, 0, 0, 0, 0, 0, 0) returning id`
  const moved = movement('accrual', { agreementId, providerId }, kopecks(amount))
  if (!moved) throw new RangeError('a charge of nothing is not booked')
  const key = { source: 'charge', sourceId: id, line: 0, period } as const
  await book(ctx, providerId, [{ ...moved, ...key, effectiveOn: lastDay(period) }])
  const entry = await ctx.sql.one<{ id: bigint }>`
    select id from entry where source_kind = ${SOURCES.charge}::int2 and source_id = ${id}`
  return entry.id
}
