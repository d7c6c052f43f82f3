import { codesOf, DEBT_MOVED, KINDS } from '../../ledger/entry-kind.ts'
import { kopecks } from '../../money.ts'
import { addMonths, firstDay, lastDay, type Period, type PlainDate } from '../../period.ts'
import { type Credit, type DebtEvents, type DebtItem } from '../penalty/debt.ts'
import { type DebtEntry, type DebtOf } from './load-debts.ts'

const PAID: ReadonlySet<number> = new Set(codesOf('paid'))
const CORRECTIONS: ReadonlySet<number> = new Set([KINDS.recalculation.code, KINDS.correction.code])

/**
 * An agreement's entries as what penalty counts: each month's net charge is an item from its last day,
 * a correction upwards is owed with the month it was posted in, one downwards lowers the month it is
 * about; debt that was moved keeps its month. Entries taken back are left out with what took them.
 */
export function debtEvents(debt: DebtOf, dueOf: (month: Period) => PlainDate): DebtEvents {
  const entries = withoutReversed(debt.entries)
  const items: DebtItem[] = []
  const penalties: DebtItem[] = []
  const credits: Credit[] = []
  const item = (month: Period, appearsOn: PlainDate, amount: bigint): DebtItem => ({
    month,
    dueOn: dueOf(month),
    appearsOn,
    amount: kopecks(amount),
  })
  open(debt, { items, credits, item })
  const charges = new Map<Period, bigint>()
  for (const entry of entries) {
    const { about, amount, effectiveOn, kind, named, period } = entry
    const back = kopecks(-amount)
    if (kind === KINDS.opening.code) {
      const before = addMonths(period, -1)
      if (amount > 0n) items.push(item(before, firstDay(period), amount))
      else credits.push({ on: firstDay(period), amount: back })
    } else if (kind === KINDS.penalty.code) {
      if (amount > 0n) penalties.push(item(about ?? period, effectiveOn, amount))
      else
        credits.push({ on: effectiveOn, amount: back, month: about ?? period, penaltyFirst: true })
    } else if (PAID.has(kind)) {
      if (amount > 0n) items.push(item(period, effectiveOn, amount))
      else credits.push({ on: effectiveOn, amount: back, month: named ?? undefined })
    } else if (kind === DEBT_MOVED || CORRECTIONS.has(kind)) {
      const owedFor = kind === DEBT_MOVED ? (about ?? period) : period
      if (amount > 0n) items.push(item(owedFor, effectiveOn, amount))
      else credits.push({ on: effectiveOn, amount: back, month: about ?? undefined })
    } else charges.set(period, (charges.get(period) ?? 0n) + amount)
  }
  for (const [month, amount] of charges) {
    if (amount > 0n) items.push(item(month, lastDay(month), amount))
    else if (amount < 0n) credits.push({ on: lastDay(month), amount: kopecks(-amount) })
  }
  return { items, penalties, credits }
}

type Lists = {
  items: DebtItem[]
  credits: Credit[]
  item: (month: Period, appearsOn: PlainDate, amount: bigint) => DebtItem
}

/** The month the entries start after ended without debt: what it had too much is paid in advance. */
function open({ opening, openedAfter }: DebtOf, { credits, item, items }: Lists): void {
  if (openedAfter === null || opening === 0n) return
  const on = lastDay(openedAfter)
  if (opening < 0n) credits.push({ on, amount: kopecks(-opening) })
  else items.push(item(openedAfter, on, opening))
}

function withoutReversed(entries: readonly DebtEntry[]): DebtEntry[] {
  const known = new Set(entries.map((entry) => entry.id))
  const taken = new Set(
    entries.flatMap(({ reversesId }) =>
      reversesId !== null && known.has(reversesId) ? [reversesId] : [],
    ),
  )
  return entries.filter(
    ({ id, reversesId }) => !taken.has(id) && (reversesId === null || !known.has(reversesId)),
  )
}
