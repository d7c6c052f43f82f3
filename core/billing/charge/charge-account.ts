import { type Kopecks, kopecks } from '../../money.ts'
import { addMonths, type Period } from '../../period.ts'
import { type Quantity, quantity } from '../../quantity.ts'
import { chargeMonth, type Rules } from './charge-month.ts'
import { type AccountFacts } from './facts.ts'
import { minus, money, sumOf } from './formula.ts'
import { type Line, lineOf } from './line.ts'

/** What was charged for a month up to now, later corrections of it included; kopecks. */
export type Booked = {
  charge: Kopecks
  benefit: Kopecks
  subsidy: Kopecks
  /** Benefits the state pays to the person. */
  benefitShown: Kopecks
  /** Units in 10⁻⁸. */
  volume: Quantity
}

/** Past months that new facts change. */
export type Rerating = {
  from: Period
  /** Kinds of the facts that came: `late-reading,tariff`. */
  reason: string
  /** By agreement and month; what is missing was never charged. */
  booked: ReadonlyMap<number, ReadonlyMap<Period, Booked>>
}

/**
 * The lines of an account's month: its own, and for every past month that new facts change, what it
 * should have been less what was booked, one line a month and column. Issued months stay as they are.
 * Throws CannotCharge: nothing of the account is charged then.
 * Source: the rule of every settlement system of the field: a late fact is posted to the open month as
 * «перерахунок за …: було → стало».
 */
export function chargeAccount(
  account: AccountFacts,
  period: Period,
  given: Rules & { rerating: Rerating | null },
): Map<number, Line[]> {
  const lines = chargeMonth(account, period, given)
  const { rerating } = given
  if (!rerating) return lines
  for (let month = rerating.from; month < period; month = addMonths(month, 1)) {
    const should = chargeMonth(account, month, given)
    for (const { agreementId } of account.agreements) {
      const booked = rerating.booked.get(agreementId)?.get(month) ?? NOTHING
      const differences = rerate(should.get(agreementId) ?? [], booked, month, rerating.reason)
      if (differences.length === 0) continue
      lines.set(agreementId, [...(lines.get(agreementId) ?? []), ...differences])
    }
  }
  return lines
}

const NONE = kopecks(0)
const NOTHING: Booked = {
  ...{ charge: NONE, benefit: NONE, subsidy: NONE, benefitShown: NONE },
  volume: quantity(0n),
}

function rerate(should: readonly Line[], booked: Booked, month: Period, reason: string): Line[] {
  const charge = should.filter(({ kind }) => CHARGE.has(kind))
  const benefit = should.filter(({ isPosted, kind }) => kind === 'benefit' && isPosted)
  const shown = should.filter(({ isPosted, kind }) => kind === 'benefit' && !isPosted)
  const subsidy = should.filter(({ kind }) => kind === 'subsidy')
  const about = { about: month, reason }
  return [
    ...difference('recalculation', charge, booked.charge, {
      ...about,
      ...moreUnits(charge, booked),
    }),
    ...difference('benefit', benefit, booked.benefit, about),
    ...difference('benefit', shown, booked.benefitShown, { ...about, isPosted: false }),
    ...difference('subsidy', subsidy, booked.subsidy, about),
  ]
}

/** How many units more, or fewer, a past month has now, found the way its charge is. */
function moreUnits(
  should: readonly Line[],
  { volume }: Booked,
): Pick<Partial<Line>, 'volume' | 'method'> {
  const is = should.reduce((total, line) => total + (line.volume ?? 0n), 0n)
  const [first] = should
  return is === volume ? {} : { volume: quantity(is - volume), method: first?.method ?? 'none' }
}

const CHARGE: ReadonlySet<Line['kind']> = new Set<Line['kind']>([
  'accrual',
  'subscription',
  'recalculation',
])

function difference(
  kind: Line['kind'],
  should: readonly Line[],
  was: Kopecks,
  more: Partial<Line> & { about: Period },
): Line[] {
  const is = sumOf(should.map((line) => line.term))
  const line = lineOf(kind, minus(is, money(was, `booked:${more.about}`)), more)
  // Other units for the same money, as of days nothing was paid for, are told too: reports count them.
  return line.amount === 0n && line.volume === null ? [] : [line]
}
