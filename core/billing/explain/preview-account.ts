import { type Context } from '../../context.ts'
import { readLastIssued } from '../../ledger/posting-period.ts'
import { type Kopecks, kopecks } from '../../money.ts'
import { addMonths, dayIn, type Period, periodOf } from '../../period.ts'
import { accept, refuse } from '../../result.ts'
import { findReratings } from '../run/find-reratings.ts'
import { type Line } from '../charge/line.ts'
import { chargeAccounts, readRunRules } from '../run/work-on-run.ts'
import { type RunRow } from '../run/run-row.ts'

/** What the coming bill would be, were the month charged now; kopecks. */
export type Preview = {
  month: Period
  services: { agreementId: number; serviceName: string; amount: Kopecks; isEstimated: boolean }[]
  /** Names of services that cannot be charged yet: a volume is still to come. */
  unknown: string[]
  total: Kopecks
}

/**
 * The coming bill of an account by what is known now: an early view, nothing is stored.
 * Refuses: `charges-imported` when the provider's program charges the month; `cannot-charge` (with
 * `lint`) when the account has data no charge can be made of.
 */
export async function previewAccount(ctx: Context, accountId: number) {
  const account = await ctx.sql.maybe<{ providerId: number; chargedFrom: Period | null }>`
    select provider_id as "providerId", p.charged_from as "chargedFrom"
    from account a join provider p on p.id = a.provider_id where a.id = ${accountId}`
  const today = periodOf(dayIn(ctx.now(), ctx.zone))
  if (account?.chargedFrom == null || today < account.chargedFrom) return refuse('charges-imported')
  const { chargedFrom, providerId } = account
  const lastIssued = await readLastIssued(ctx, providerId)
  const period = lastIssued === null ? chargedFrom : addMonths(lastIssued, 1)
  const run: RunRow = {
    ...{ id: 0, providerId, period, kind: 'month', state: 'computing', suppose: null },
    ...{ asOf: ctx.now(), chargedFrom },
  }
  const found = await chargeKnown(ctx, run, accountId)
  if (!found.ok) return found
  const { charged, unknownIds } = found.value
  const names = await readNames(ctx, accountId)
  const services = [...charged.lines].map(([agreementId, lines]) => ({
    agreementId,
    serviceName: names.get(agreementId) ?? '',
    amount: totalOf(lines),
    isEstimated: lines.some(({ method }) => method === 'average' || method === 'norm'),
  }))
  const total = kopecks(services.reduce((all, { amount }) => all + amount, 0n))
  const unknown = unknownIds.map((id) => names.get(id) ?? '')
  return accept<Preview>({ month: period, services, unknown, total })
}

/** Charges the account without the services that stand in the way of the others. */
async function chargeKnown(ctx: Context, run: RunRow, accountId: number) {
  const { period, providerId } = run
  const rules = await readRunRules(ctx, run)
  const noted = await findReratings(ctx, { providerId, month: period, until: run.asOf, accountId })
  const without = new Set<number>()
  let last = 'account-empty'
  for (;;) {
    const given = { run, ...rules, accountIds: [accountId], noted, without }
    const [charged] = await chargeAccounts(ctx, given)
    const [lint] = charged?.lints ?? []
    if (charged && !lint && charged.lines.size > 0)
      return accept({ charged, unknownIds: [...without] })
    last = lint?.code ?? last
    if (lint?.agreementId == null || without.has(lint.agreementId))
      return refuse('cannot-charge', { lint: last })
    without.add(lint.agreementId)
  }
}

function totalOf(lines: readonly Line[]): Kopecks {
  return kopecks(
    lines.reduce((total, { amount, isPosted, kind }) => {
      if (!isPosted) return total
      return kind === 'benefit' || kind === 'subsidy' ? total - amount : total + amount
    }, 0n),
  )
}

async function readNames(ctx: Context, accountId: number): Promise<Map<number, string>> {
  const rows = await ctx.sql.many<{ id: number; name: string }>`
    select g.id, s.name from agreement g join service s on s.id = g.service_id
    where g.account_id = ${accountId}`
  return new Map(rows.map(({ id, name }) => [id, name]))
}
