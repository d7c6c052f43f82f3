import { type Kopecks } from '../money.ts'
import { type Period, type PlainDate } from '../period.ts'
import { type Quantity } from '../quantity.ts'

/** A value put into words when the message is drawn, in the person's language. JSON. */
export type Param =
  | string
  | number
  /** Kopecks as text: `1 366,52 грн`. */
  | { money: string }
  /** `31.10.2026` */
  | { day: PlainDate }
  /** `10.2026` */
  | { month: Period }
  /** 10⁻⁸ units as text: `12,5`. */
  | { quantity: string }
  /** Other words of the catalogue. */
  | { words: string }

/** One line to say: a key of the catalogue with its parameters. */
export type Line = { key: string; params?: Record<string, Param> }

/** A paper of the product, drawn when it is sent. */
export type DocumentRef = { kind: 'bill'; accountId: number; month: Period }

/** What is offered to press: `value` comes back to the flow, `label` is also taken when typed. */
export type Choice = { label: Line; value: ChoiceValue }
type ChoiceValue = string | number | null | { [name: string]: ChoiceValue }

/** A choice as the messenger gets it: only the token travels. */
export type Button = { label: Line; token: string }

/** One bubble in a chat. */
export type Message = {
  lines: Line[]
  buttons?: Button[]
  document?: DocumentRef
  /** Ask for the person's own contact with a button of the messenger, where it can prove it. */
  asksContact?: boolean
}

/** A line with its parameters. */
export function say(key: string, params?: Record<string, Param>): Line {
  return params ? { key, params } : { key }
}

/** Parameter: an amount in kopecks. */
export function money(amount: Kopecks): Param {
  return { money: amount.toString() }
}

/** Parameter: a volume or a meter value. */
export function amount(value: Quantity): Param {
  return { quantity: value.toString() }
}

/** Parameter: a day. */
export function day(value: PlainDate): Param {
  return { day: value }
}

/** Parameter: a month. */
export function month(value: Period): Param {
  return { month: value }
}

/** Parameter: words of the catalogue. */
export function words(key: string): Param {
  return { words: key }
}
