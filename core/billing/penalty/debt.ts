import { type Kopecks, kopecks } from '../../money.ts'
import { type Period, type PlainDate } from '../../period.ts'

/**
 * Something owed for a month, in kopecks above zero, from the day it counts. Debt that was moved, split or
 * merged comes as items of its original month and due date; money given back to the payer is an item too.
 */
export type DebtItem = { month: Period; dueOn: PlainDate; appearsOn: PlainDate; amount: Kopecks }

/** Money or a correction that lowers the debt, in kopecks above zero. */
export type Credit = {
  on: PlainDate
  amount: Kopecks
  /** The month the payer named, or the one a correction is about: it is covered first. */
  month?: Period | undefined
  /** Penalties before principal, also of the month named: a penalty corrected, a provider that orders so. */
  penaltyFirst?: boolean | undefined
}

/** What happened to the debt of one agreement, in any order. */
export type DebtEvents = {
  items: readonly DebtItem[]
  /** Penalties charged; their due date orders them. */
  penalties?: readonly DebtItem[]
  credits: readonly Credit[]
}

/** What is unpaid at the end of `fromDay` and of every day until the next step, in kopecks. */
type Step = { readonly fromDay: PlainDate; readonly unpaid: Kopecks }

/** The unpaid part of an item over time. Before the first step there is none. */
export type ItemDebt = {
  readonly month: Period
  readonly dueOn: PlainDate
  /** By day, each different from the one before; the last one lasts. */
  readonly steps: readonly Step[]
  /** After the last event, in kopecks. */
  readonly unpaid: Kopecks
}

export type Debt = {
  /** The principal by due date, then month; parts of the same month and due date are one item. */
  items: readonly ItemDebt[]
  penalties: readonly ItemDebt[]
  /** Kopecks paid beyond everything owed, after the last event; zero while something is unpaid. */
  advance: Kopecks
}

type Tracked = { month: Period; dueOn: PlainDate; steps: Step[]; unpaid: Kopecks }
type Appearance = { on: PlainDate; amount: Kopecks; debt: Tracked }
type Event = Appearance | Credit

/**
 * What of each item is unpaid on any day, as steps. A credit covers the month it names, then principal by
 * due date, the oldest first, then penalties; the rest is an advance and pays later items by itself. On one
 * day items come before credits, and credits that name a month before the others. The order in which events
 * are given changes nothing: one learnt late simply takes its place by day. Throws RangeError for an amount not above zero.
 * Source: practice of Ukrainian utility billing: payments cover the oldest debt, penalties last.
 */
export function traceDebt({ credits, items, penalties = [] }: DebtEvents): Debt {
  // sorting keeps what appears on one day in this order: principal by due date, then penalties
  const events: Event[] = []
  const principal = track(items, events)
  const fines = track(penalties, events)
  for (const credit of credits) {
    assertPositive(credit.amount)
    events.push(credit)
  }
  let advance = 0n
  // an advance means that nothing is unpaid, so what appears may take it at once
  for (const event of events.sort(byDay)) {
    if (!('debt' in event)) {
      advance += payOff(event, principal, fines)
      continue
    }
    const covered = advance < event.amount ? advance : event.amount
    advance -= covered
    setUnpaid(event.debt, event.debt.unpaid + event.amount - covered, event.on)
  }
  return { items: principal, penalties: fines, advance: kopecks(advance) }
}

/** What of an item is unpaid at the end of a day, in kopecks. */
export function unpaidOn({ steps }: Pick<ItemDebt, 'steps'>, day: PlainDate): Kopecks {
  return steps.findLast((step) => step.fromDay <= day)?.unpaid ?? kopecks(0)
}

/** An unpaid part of a bill; `unpaid` in kopecks, not below zero. */
export type Owed = {
  /** Code of the service. */
  service: string
  month: Period
  dueOn: PlainDate
  kind: 'principal' | 'penalty'
  unpaid: Kopecks
}

export type Intake = {
  /** Kopecks, above zero. */
  amount: Kopecks
  /** The bill the payer named, or one service of it. */
  named?: { month: Period; service?: string | undefined } | undefined
  penaltyFirst?: boolean | undefined
}

/**
 * Which parts of several services' bills a payment covers, in the order it covers them, and the advance
 * left: what the payer named, then principal by due date, then penalties, the oldest first. Services of
 * the same due date go as in `serviceOrder`, those not in it after, by code. Parts and advance sum to the
 * payment. Throws RangeError for a payment not above zero.
 */
export function allocatePayment<O extends Owed>(
  payment: Intake,
  owed: readonly O[],
  serviceOrder: readonly string[],
): { parts: { owed: O; amount: Kopecks }[]; advance: Kopecks } {
  assertPositive(payment.amount)
  const { named, penaltyFirst } = payment
  const parts: { owed: O; amount: Kopecks }[] = []
  const left = owed.map((item) => ({ item, unpaid: item.unpaid }))
  const inOrder = left.sort((a, b) => compareOwed(a.item, b.item, serviceOrder))
  const of = (kind: Owed['kind']) => inOrder.filter(({ item }) => item.kind === kind)
  const [principal, penalties] = [of('principal'), of('penalty')]

  const take = (rest: bigint, debts: typeof left, isTaken: (item: O) => boolean) =>
    cover(
      rest,
      debts,
      ({ item }) => isTaken(item),
      (debt, part) => {
        debt.unpaid = kopecks(debt.unpaid - part)
        parts.push({ owed: debt.item, amount: kopecks(part) })
      },
    )
  const isNamed = ({ month, service }: Owed) =>
    named?.month === month && (named.service === undefined || named.service === service)
  let rest: bigint = payment.amount
  if (named && penaltyFirst) rest = take(rest, penalties, isNamed)
  if (named) rest = take(rest, principal, isNamed)
  rest = take(rest, penaltyFirst ? penalties : principal, isAny)
  rest = take(rest, penaltyFirst ? principal : penalties, isAny)
  return { parts, advance: kopecks(rest) }
}

function track(items: readonly DebtItem[], events: Event[]): Tracked[] {
  const debts: Tracked[] = []
  let debt: Tracked | undefined
  for (const { amount, appearsOn, dueOn, month } of items.toSorted(byDue)) {
    assertPositive(amount)
    if (debt?.dueOn !== dueOn || debt.month !== month) {
      debt = { month, dueOn, steps: [], unpaid: kopecks(0) }
      debts.push(debt)
    }
    events.push({ on: appearsOn, amount, debt })
  }
  return debts
}

function payOff(credit: Credit, principal: Tracked[], penalties: Tracked[]): bigint {
  const { month, on, penaltyFirst } = credit
  const pay = (debt: Tracked, part: bigint) => setUnpaid(debt, debt.unpaid - part, on)
  let rest: bigint = credit.amount
  if (month !== undefined) {
    const isNamed = (debt: Tracked) => debt.month === month
    if (penaltyFirst) rest = cover(rest, penalties, isNamed, pay)
    rest = cover(rest, principal, isNamed, pay)
  }
  rest = cover(rest, penaltyFirst ? penalties : principal, isAny, pay)
  return cover(rest, penaltyFirst ? principal : penalties, isAny, pay)
}

/** Covers what is unpaid in the order given, as far as the amount goes; what is left of it. */
function cover<D extends { unpaid: Kopecks }>(
  amount: bigint,
  debts: readonly D[],
  isTaken: (debt: D) => boolean,
  pay: (debt: D, part: bigint) => void,
): bigint {
  let rest = amount
  for (const debt of debts) {
    if (rest === 0n) break
    if (debt.unpaid === 0n || !isTaken(debt)) continue
    const part = debt.unpaid < rest ? debt.unpaid : rest
    rest -= part
    pay(debt, part)
  }
  return rest
}

function setUnpaid(debt: Tracked, unpaid: bigint, day: PlainDate): void {
  const { steps } = debt
  debt.unpaid = kopecks(unpaid)
  if (steps.at(-1)?.fromDay === day) steps.pop()
  if ((steps.at(-1)?.unpaid ?? 0n) !== unpaid) steps.push({ fromDay: day, unpaid: debt.unpaid })
}

function byDay(a: Event, b: Event): number {
  if (a.on !== b.on) return a.on < b.on ? -1 : 1
  return rankOf(a) - rankOf(b) || namedBy(a) - namedBy(b)
}

function namedBy(event: Event): number {
  return 'debt' in event ? 0 : (event.month ?? 0)
}

function rankOf(event: Event): number {
  if ('debt' in event) return 0
  return (event.month === undefined ? 3 : 1) + (event.penaltyFirst ? 0 : 1)
}

function byDue(a: DebtItem, b: DebtItem): number {
  return a.dueOn === b.dueOn ? a.month - b.month : a.dueOn < b.dueOn ? -1 : 1
}

function compareOwed(a: Owed, b: Owed, serviceOrder: readonly string[]): number {
  if (a.dueOn !== b.dueOn) return a.dueOn < b.dueOn ? -1 : 1
  if (a.service === b.service) return a.month - b.month
  const place = ({ service }: Owed) => {
    const index = serviceOrder.indexOf(service)
    return index === -1 ? serviceOrder.length : index
  }
  return place(a) - place(b) || (a.service < b.service ? -1 : 1)
}

function isAny(): boolean {
  return true
}

function assertPositive(amount: Kopecks): void {
  if (amount <= 0n) throw new RangeError(`${amount} kopecks is not above zero`)
}
