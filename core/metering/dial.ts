import { type Quantity, quantity, wholeQuantity } from '../quantity.ts'

/** The first value a dial of so many integer digits cannot show: 100 000 for five. */
export function dialEnd(digits: number): Quantity {
  return wholeQuantity(10n ** BigInt(digits))
}

/** Whether a dial of so many integer digits can show the value. */
export function fitsDial(value: Quantity, digits: number): boolean {
  return value < dialEnd(digits)
}

/** Whether a dial that showed `previous` may have passed its zero since: not from its first half. */
export function mayPassZero(previous: Quantity, digits: number): boolean {
  return quantity(previous * 2n) >= dialEnd(digits)
}
