import { previewAccount } from '../../core/billing/explain/preview-account.ts'
import { type Context } from '../../core/context.ts'
import { type Line, money, month, say } from '../../core/outbox/message.ts'
import { type Period } from '../../core/period.ts'

/**
 * An early view of the month's bill, by what is known now. No lines when there is none: the provider's
 * program charges, data are missing, or another month is charged before this one.
 */
export async function comingBillLines(
  ctx: Context,
  accountId: number,
  of: Period,
): Promise<Line[]> {
  const preview = await previewAccount(ctx, accountId)
  if (!preview.ok || preview.value.month !== of) return []
  const { services, total, unknown } = preview.value
  const charged = services.filter(({ amount }) => amount !== 0n)
  const parts = charged.length > 1 || charged.some(({ isEstimated }) => isEstimated) ? charged : []
  return [
    say('charge:coming', { month: month(of), amount: money(total) }),
    ...parts.map(({ amount, isEstimated, serviceName }) =>
      say(isEstimated ? 'charge:coming-estimated' : 'charge:coming-service', {
        service: serviceName,
        amount: money(amount),
      }),
    ),
    ...unknown.map((service) => say('charge:coming-unknown', { service })),
    say('charge:coming-final'),
  ]
}
