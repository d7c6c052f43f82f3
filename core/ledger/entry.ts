import { createHash } from 'node:crypto'
import { type Period, type PlainDate } from '../period.ts'
import { type Movement } from './movement.ts'

/** Where an entry comes from; with the line and the month it is the entry's key. */
export const SOURCES = {
  charge: 1,
  payment: 2,
  opening: 3,
  operator: 4,
  reversal: 5,
  run: 6,
  transfer: 7,
} as const
type Source = keyof typeof SOURCES

type EntryKey = {
  source: Source
  sourceId: bigint
  line: number
  period: Period
}

/** An entry to post: what moves, when it counts, in which month, and why. */
export type NewEntry = Movement &
  EntryKey & {
    effectiveOn: PlainDate
    /** The month a recalculation or correction is about. */
    aboutPeriod?: Period
    /** The entry taken back by this one. */
    reversesId?: bigint
    reason?: string
  }

/** A stored entry as `verify` and `post` read it. */
export type EntryRow = {
  id: bigint
  posting_id: bigint
  ordinal: number
  kind: number
  from_id: number
  to_id: number
  amount: bigint
  effective_on: PlainDate
  period: number
  booked_at: Date
  source_kind: number
  source_id: bigint
  line: number
  about_period: number | null
  reverses_id: bigint | null
  reason: string | null
}

/** The part of an entry that makes two entries of one key the same. */
export type EntryBody = Omit<EntryRow, 'id' | 'posting_id' | 'ordinal' | 'booked_at'>

/** An entry as it is stored, before it has a posting. */
export function entryBody(entry: NewEntry): EntryBody {
  return {
    kind: entry.kind,
    from_id: entry.from,
    to_id: entry.to,
    amount: entry.amount,
    effective_on: entry.effectiveOn,
    period: entry.period,
    source_kind: SOURCES[entry.source],
    source_id: entry.sourceId,
    line: entry.line,
    about_period: entry.aboutPeriod ?? null,
    reverses_id: entry.reversesId ?? null,
    reason: entry.reason ?? null,
  }
}

/** One line of text that holds everything an entry says; equal text is an equal entry. */
export function canonicalEntry(entry: EntryBody): string {
  return [
    entry.source_kind,
    entry.source_id,
    entry.line,
    entry.period,
    entry.kind,
    entry.from_id,
    entry.to_id,
    entry.amount,
    entry.effective_on,
    entry.about_period ?? '',
    entry.reverses_id ?? '',
    entry.reason === null ? '' : JSON.stringify(entry.reason),
  ].join('|')
}

/** Text of an entry's key: unique in the journal. */
export function keyText(entry: Pick<EntryBody, 'source_kind' | 'source_id' | 'line' | 'period'>) {
  return `${entry.source_kind}|${entry.source_id}|${entry.line}|${entry.period}`
}

/** Entries in the order their posting keeps them: by key. */
export function byKey(a: EntryBody, b: EntryBody): number {
  if (a.source_kind !== b.source_kind) return a.source_kind - b.source_kind
  if (a.source_id !== b.source_id) return a.source_id < b.source_id ? -1 : 1
  return a.line - b.line || a.period - b.period
}

export const DIGEST_BYTES = 16

/** 16 bytes of SHA-256 over the entry and the instant it was booked at. */
export function entryDigest(entry: EntryBody, bookedAt: Date): Buffer {
  const text = `${canonicalEntry(entry)}|${bookedAt.toISOString()}`
  return createHash('sha256').update(text).digest().subarray(0, DIGEST_BYTES)
}

/** A posting's link in the chain: SHA-256 over the previous hash, what it says and its manifest. */
export function postingHash(posting: {
  previousHash: Uint8Array
  providerId: number
  bookedAt: Date
  author: string
  manifest: Uint8Array
}): Buffer {
  const { author, bookedAt, manifest, previousHash, providerId } = posting
  return createHash('sha256')
    .update(previousHash)
    .update(`${providerId}|${bookedAt.toISOString()}|${JSON.stringify(author)}|`)
    .update(manifest)
    .digest()
}

/** What the first posting of a provider's chain follows. */
export const CHAIN_START = Buffer.alloc(32)
