/** What `verify` found wrong, by name. */
export type Fault =
  /** Says something else than when it was booked: amount, sides, dates, reason. */
  | { fault: 'entry-altered'; entryId: bigint; postingId: bigint }
  | { fault: 'entry-missing'; postingId: bigint; ordinal: number }
  /** Nobody booked it: a copy, or one whose posting is gone. */
  | { fault: 'entry-extra'; entryId: bigint; postingId: bigint }
  | { fault: 'posting-altered'; postingId: bigint }
  | { fault: 'posting-missing'; afterPostingId: bigint | null; providerId: number }
  /** A copy of an earlier one. */
  | { fault: 'posting-extra'; postingId: bigint }
  /** The head of the chain is not its last posting. */
  | { fault: 'journal-altered'; providerId: number }
  /** The stored month differs from its entries, is missing, or has no entries. */
  | { fault: 'statement-wrong'; agreementId: number; period: number }
