import { type LinkedAccount } from '../../core/access/linked-accounts.ts'
import { type Quantity } from '../../core/quantity.ts'
import { accountKey } from '../../core/registry/account-number.ts'
import { parseValue } from '../dialog/number.ts'

/** A meter value as typed; `numberKey` when one of the person's accounts was named before it. */
export type TypedReading = { value: Quantity; numberKey: string | null }

/**
 * `101 326` is the reading 326 of the account 101 when 101 is one of `linked`, else the value
 * 101 326; `326` alone is a value too. Null for anything else.
 */
export function readTypedReading(
  text: string,
  linked: readonly LinkedAccount[],
): TypedReading | null {
  const [first = '', ...rest] = text.trim().split(/\s+/)
  const named = rest.length > 0 && linked.find((known) => known.numberKey === accountKey(first))
  const value = parseValue(named ? rest.join(' ') : text)
  return value === null ? null : { value, numberKey: named ? named.numberKey : null }
}
