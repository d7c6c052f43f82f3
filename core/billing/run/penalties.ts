import { KINDS } from '../../ledger/entry-kind.ts'
import { type Kopecks, kopecks } from '../../money.ts'
import {
  addDays,
  addMonths,
  firstDay,
  lastDay,
  monthsBetween,
  type Period,
  type PlainDate,
} from '../../period.ts'
import { type Rulebook, type Scope } from '../../tariffs/rulebook.ts'
import { negate, money } from '../charge/formula.ts'
import { type Line, lineOf } from '../charge/line.ts'
import { CannotCharge } from '../charge/lint.ts'
import { type DayExceptions } from '../penalty/calendar.ts'
import { type ItemDebt, traceDebt } from '../penalty/debt.ts'
import { dueDay } from '../penalty/due-date.ts'
import {
  penaltyKey,
  penaltyOfMonth,
  type PenaltyMonth,
  type PenaltyRate,
  preparePenaltyMonth,
} from '../penalty/penalty.ts'
import { debtEvents } from './debt-events.ts'
import { type DebtEntry, type DebtOf } from './load-debts.ts'

/** Penalties of one run; what is the same for all accounts is found once. */
export class Penalties {
  readonly #rules: Rulebook
  readonly #exceptions: DayExceptions
  readonly #period: Period
  readonly #chargedFrom: Period
  readonly #months = new Map<string, PenaltyMonth>()
  readonly #dueDays = new Map<string, PlainDate>()

  constructor(given: {
    rules: Rulebook
    exceptions: DayExceptions
    period: Period
    chargedFrom: Period
  }) {
    this.#rules = given.rules
    this.#exceptions = given.exceptions
    this.#period = given.period
    this.#chargedFrom = given.chargedFrom
  }

  /**
   * The penalty lines of an agreement: of the run's month, and of each past month whose penalty is
   * another one since something came that counts earlier; there the old one is taken back and the new
   * one booked. Throws CannotCharge `payment-term-missing` where penalty is due by no term.
   */
  linesOf(debt: DebtOf, scope: Scope): Line[] {
    if (!this.#hasPenalty(debt, scope)) return []
    const events = debtEvents(debt, (month) => this.#dueDay(month, scope, debt.agreementId))
    const { items } = traceDebt(events)
    const lines: Line[] = []
    const first =
      debt.again !== null && debt.again > this.#chargedFrom ? debt.again : this.#chargedFrom
    if (debt.again !== null)
      for (let month = first; month < this.#period; month = addMonths(month, 1))
        lines.push(...this.#again(debt, items, month, scope))
    const now = this.#penalty(items, this.#period, scope)
    return now && now.amount > 0n ? [...lines, lineOf('penalty', now.total)] : lines
  }

  #again(debt: DebtOf, items: readonly ItemDebt[], month: Period, scope: Scope): Line[] {
    const booked = liveLines(debt.entries, month)
    const was = booked.reduce((total, entry) => total + entry.amount, 0n)
    const should = this.#penalty(items, month, scope)
    if ((should?.amount ?? 0n) === was) return []
    const about = { about: month, reason: 'late-payment' }
    const back = booked.map((entry) =>
      lineOf('penalty', negate(money(entry.amount, `booked:${month}`)), {
        ...about,
        reversesId: entry.id,
      }),
    )
    if (!should || should.amount === 0n) return back
    return [...back, lineOf('penalty', should.total, about)]
  }

  #penalty(items: readonly ItemDebt[], period: Period, scope: Scope) {
    const month = this.#month(period, scope)
    return penaltyOfMonth(month, items, this.#charged(items, period, month, scope))
  }

  /**
   * What each item has borne before a month. It matters only where the cap may be reached: a debt of a
   * few years at a hundredth of a per cent a day is far from it.
   */
  #charged(items: readonly ItemDebt[], period: Period, month: PenaltyMonth, scope: Scope) {
    const charged = new Map<string, Kopecks>()
    const oldest = items.reduce<Period>((a, { month: b }) => (b < a ? b : a), period)
    const months = monthsBetween(oldest, period) + 1
    const mayReach = month.spans.some(
      ({ rate }) =>
        rate.capPercentE8 !== null &&
        rate.ratePerDayE8 * BigInt(months * DAYS_AT_MOST) * 100n >= rate.capPercentE8,
    )
    if (!mayReach) return charged
    for (let before = oldest; before < period; before = addMonths(before, 1)) {
      const line = penaltyOfMonth(this.#month(before, scope), items, charged)
      for (const item of line?.items ?? []) {
        const key = penaltyKey(item)
        charged.set(key, kopecks((charged.get(key) ?? 0n) + item.amount))
      }
    }
    return charged
  }

  #hasPenalty(debt: DebtOf, scope: Scope): boolean {
    const first = debt.again ?? this.#period
    for (let month = first; month <= this.#period; month = addMonths(month, 1))
      if (this.#month(month, scope).spans.length > 0) return true
    return debt.entries.some(({ kind }) => kind === KINDS.penalty.code) && debt.again !== null
  }

  #dueDay(month: Period, scope: Scope, agreementId: number): PlainDate {
    const key = `${month}/${this.#scopeKey(scope)}`
    const known = this.#dueDays.get(key)
    if (known) return known
    const term =
      this.#rules.rule('payment-term', '', scope, lastDay(month)) ?? this.#firstTerm(scope)
    if (!term) throw new CannotCharge('payment-term-missing', agreementId)
    const day = dueDay(month, term.value, this.#exceptions)
    this.#dueDays.set(key, day)
    return day
  }

  /** What is older than the first known term was due by it too. */
  #firstTerm(scope: Scope) {
    const days = this.#rules.every('payment-term', scope).map(({ fromDay }) => fromDay)
    const [first] = days.sort()
    return first === undefined ? null : this.#rules.rule('payment-term', '', scope, first)
  }

  #month(period: Period, scope: Scope): PenaltyMonth {
    const key = `${period}/${this.#scopeKey(scope)}`
    let month = this.#months.get(key)
    if (!month) {
      month = this.#prepare(period, scope)
      this.#months.set(key, month)
    }
    return month
  }

  #prepare(period: Period, scope: Scope): PenaltyMonth {
    const first = firstDay(period)
    const rates: PenaltyRate[] = []
    for (let day = first; day <= lastDay(period); day = addDays(day, 1)) {
      const rule = this.#rules.rule('penalty', '', scope, day)
      const last = rates.at(-1)
      const source = rule ? `rule:${rule.id}` : ''
      if (last?.source === source && last.toDay === day) last.toDay = addDays(day, 1)
      else if (rule)
        rates.push({
          fromDay: day,
          toDay: addDays(day, 1),
          ratePerDayE8: rule.value.perDay,
          capPercentE8: rule.value.capPercent,
          source,
        })
    }
    const noPenalty = this.#rules
      .every('no-penalty', scope)
      .map(({ fromDay, toDay }) => ({ fromDay, lastDay: toDay && addDays(toDay, -1) }))
    const term = this.#rules.rule('payment-term', '', scope, first)
    const startsOn = term?.value.startsOn ?? 'next-working-day'
    return preparePenaltyMonth(period, { rates, noPenalty, startsOn, exceptions: this.#exceptions })
  }

  /** Accounts without rules of their own share what is found for their service. */
  #scopeKey(scope: Scope): string {
    const { accountId, houseId, serviceId } = scope
    return this.#rules.hasOwn(scope) ? `${serviceId}/${houseId}/${accountId}` : String(serviceId)
  }
}

const DAYS_AT_MOST = 31

/** The penalty entries of a month that no other one took back. */
function liveLines(entries: readonly DebtEntry[], month: Period): DebtEntry[] {
  const taken = new Set(entries.map(({ reversesId }) => reversesId))
  return entries.filter(
    ({ about, id, isOfRun, kind, period, reversesId }) =>
      kind === KINDS.penalty.code &&
      isOfRun &&
      (about ?? period) === month &&
      reversesId === null &&
      !taken.has(id),
  )
}
