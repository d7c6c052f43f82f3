import { type Kopecks } from '../money.ts'
import { type PlainDate } from '../period.ts'

/** The second fact beside the account number. */
export type Proof =
  | { kind: 'meter'; serial: string }
  /** A payment of the last months: what was paid on a day, one payment or the day's total. */
  | { kind: 'payment'; amount: Kopecks; paidOn: PlainDate }
  /** The code printed on a bill: 50 bits, good once. */
  | { kind: 'bill-code'; code: string }
  /** The person's own number, confirmed by Telegram (`contact.user_id` is the sender). */
  | { kind: 'phone'; phone: string }
export type ProofKind = Proof['kind']
