import { divideRounded, type Kopecks, kopecks, sum } from '../../money.ts'
import { type Statement } from '../../ledger/statement.ts'
import { type ChargedLine } from './read-lines.ts'

/** A month's charge: its lines and its statement. */
export type ChargedMonth = { lines: readonly ChargedLine[]; statement: Statement }

/**
 * Why a month's charge differs from the one before, in kopecks: the parts add up to `change` exactly.
 * Positive: this month is dearer.
 */
export type Difference = {
  /** Charged this month less charged the month before; payments apart. */
  change: Kopecks
  /** More or fewer units, at the price of the month before. */
  volume: Kopecks
  /** Another price. */
  tariff: Kopecks
  subscription: Kopecks
  penalty: Kopecks
  /** Recalculations and corrections. */
  corrections: Kopecks
  benefit: Kopecks
  subsidy: Kopecks
  /** Change of what is owed at the end: this month's charge less its payments. */
  closing: Kopecks
}

/** Splits the change between two months into its causes. */
export function differenceBetween(now: ChargedMonth, before: ChargedMonth): Difference {
  const accrued = kopecks(now.statement.accrued - before.statement.accrued)
  const volume = volumeEffect(accruals(now), accruals(before))
  const column = (name: 'subscription' | 'penalty' | 'correction' | 'benefit' | 'subsidy') =>
    kopecks(now.statement[name] - before.statement[name])
  const parts = {
    volume,
    tariff: kopecks(accrued - volume),
    subscription: column('subscription'),
    penalty: column('penalty'),
    corrections: column('correction'),
    benefit: kopecks(-column('benefit')),
    subsidy: kopecks(-column('subsidy')),
  }
  const closing = kopecks(now.statement.closing - before.statement.closing)
  return { change: sum(Object.values(parts)), ...parts, closing }
}

/** `prices` are those of its lines, in order. */
type Zone = { volume: bigint; amount: bigint; prices: string }

/** Units of one kind: of a zone, of the second part of the tariff, of extras. */
function accruals({ lines }: ChargedMonth): Map<string, Zone> {
  const zones = new Map<string, Zone>()
  for (const { amount, kind, method, price, volume, zone } of lines) {
    if (kind !== 'accrual' || volume === null) continue
    const key = method === 'fixed' || method === 'extra' ? method : String(zone)
    const known = zones.get(key) ?? NONE
    zones.set(key, {
      volume: known.volume + volume,
      amount: known.amount + amount,
      prices: `${known.prices} ${price}`,
    })
  }
  return zones
}

/** Of each zone: the units more, at the average price of the month before (of this one, when it had none). */
function volumeEffect(now: Map<string, Zone>, before: Map<string, Zone>): Kopecks {
  const effects = [...new Set([...now.keys(), ...before.keys()])].map((zone) => {
    const is = now.get(zone) ?? NONE
    const was = before.get(zone) ?? NONE
    const priced = was.volume > 0n ? was : is
    // At the same prices only the volume made it dearer, and roundings with it.
    if (is.prices === was.prices) return kopecks(is.amount - was.amount)
    if (priced.volume <= 0n) return kopecks(0)
    return kopecks(divideRounded((is.volume - was.volume) * priced.amount, priced.volume))
  })
  return sum(effects)
}

const NONE: Zone = { volume: 0n, amount: 0n, prices: '' }
