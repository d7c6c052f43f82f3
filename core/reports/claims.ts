import { type Context } from '../context.ts'
import { type Kopecks, kopecks } from '../money.ts'
import { claimLines, type ClaimLine, readClaimLines } from './claim-lines.ts'
import { type Column, type Report, type Scope } from './report.ts'

export type ClaimRow = Omit<ClaimLine, 'account' | 'granted'> & { accounts: number }

const COLUMNS: readonly Column<keyof ClaimRow>[] = [
  { name: 'month', unit: 'month' },
  { name: 'provider', unit: 'text' },
  { name: 'service', unit: 'text' },
  { name: 'serviceName', unit: 'text' },
  { name: 'kind', unit: 'text' },
  { name: 'category', unit: 'text' },
  { name: 'accounts', unit: 'count' },
  { name: 'amount', unit: 'kopecks' },
]

/**
 * Benefits and subsidies booked in the months by service and category of the benefit, in kopecks: the
 * lines of `readClaimLines` gathered. Subsidies have no category. Totals are a row for each kind.
 */
export async function readClaims(ctx: Context, scope: Scope): Promise<Report<ClaimRow>> {
  const { totals } = await readClaimLines(ctx, scope)
  const rows = new Map<string, ClaimRow>()
  for await (const { account: _account, granted: _granted, ...line } of claimLines(ctx, scope)) {
    const category = line.kind === 'benefit' ? line.category : ''
    const key = JSON.stringify([line.month, line.provider, line.service, line.kind, category])
    const known = rows.get(key)
    if (known) {
      known.accounts += 1
      known.amount = plus(known.amount, line.amount)
    } else rows.set(key, { ...line, category, accounts: 1 })
  }
  return {
    columns: COLUMNS,
    rows: [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row),
    totals: totals.map(({ amount = kopecks(0), kind = 'benefit' }) => ({ kind, amount })),
  }
}

function plus(a: Kopecks, b: Kopecks): Kopecks {
  return kopecks(a + b)
}
