import { z } from 'zod'
import { findOwner, type Owned, type Owner } from '../../core/billing/account-life/owner.ts'
import { type Town } from '../../core/context.ts'
import { type PlainDate, plainDate } from '../../core/period.ts'
import { parseDecimal, type Quantity, quantity } from '../../core/quantity.ts'
import { refuse } from '../../core/result.ts'
import { type Caller, type RefusalSpec } from '../endpoint.ts'
import { idField, idText, instantField } from '../fields.ts'
import { mayUse } from './reach.ts'

/** The id of what an address names. */
export const ById = z.strictObject({ id: idText })

/** A day of the calendar. */
// The check is the proof of the type: `transform` would hide the text from the document.
export const dayField = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .refine((text) => isDay(text), 'Not a day')
  .meta({ description: 'Day', examples: ['2026-11-05'] }) as unknown as z.ZodType<PlainDate, string>

/** A decimal that is not negative, as text, because a JSON number loses digits. */
export const decimalField = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,8})?$/)
  .meta({ description: 'Decimal', examples: ['12.5'] })

/** Why staff did it: it stays in the history. */
export const reasonField = z.string().trim().min(1).max(500)
/** Number of an act or another paper. */
export const documentField = z.string().trim().min(1).max(200)
/** The sender's own key: the same request again changes nothing. */
export const requestKeyField = z
  .string()
  .regex(/^[\w.:-]{1,100}$/)
  .meta({ description: 'Your key of this request: the same again changes nothing' })

/** What `decimalField` let in, in 10⁻⁸. */
export function decimal(text: string): Quantity {
  return parseDecimal(text) ?? quantity(0n)
}

/** Of optional members only those that were given. */
export function given<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const told = Object.entries(members).filter(([, value]) => value !== undefined)
  return Object.fromEntries(told) as { [K in keyof T]?: Exclude<T[K], undefined> }
}

/** The owner of a row when the caller may work with it, else the refusal: `forbidden`, or `missing`. */
export async function admitTo<const C extends string>(
  call: { town: Town; caller: Caller },
  what: Owned,
  id: number,
  missing: C,
) {
  const owner: Owner | null = await findOwner(call.town, what, id)
  if (!owner) return refuse(missing)
  return mayUse(call.caller, owner.code) ? ({ ok: true, owner } as const) : refuse('forbidden')
}

function isDay(text: string): boolean {
  try {
    return plainDate(text) === text
  } catch {
    return false
  }
}

/** A line of a history. */
export const HistoryLine = z.strictObject({
  id: idField,
  kind: z.string(),
  day: dayField,
  author: z.string(),
  details: z.record(z.string(), z.unknown()),
  at: instantField,
})

export const NO_ACCOUNT: RefusalSpec = { status: 404, means: 'No such account' }
export const NO_AGREEMENT: RefusalSpec = { status: 404, means: 'No such agreement' }
export const ACCOUNT_CLOSED: RefusalSpec = { status: 409, means: 'The account is closed' }
export const OTHER_PROVIDER: RefusalSpec = { status: 422, means: 'It belongs to another provider' }
export const KEY_CONFLICT: RefusalSpec = {
  status: 409,
  means: 'The key is known with another request',
}
export const IN_FUTURE: RefusalSpec = { status: 422, means: 'The day has not come' }
export const TOO_LONG_AGO: RefusalSpec = {
  status: 422,
  means: 'Days before `earliest` are not changed any more',
  details: { earliest: dayField },
  example: { earliest: '2023-11-01' },
}
export const RANGE_WRONG: RefusalSpec = { status: 422, means: 'It ends before it begins' }
