import { type Choice, say } from '../../core/outbox/message.ts'

/** Buttons under one message; more are paged. */
const BUTTONS_MAX = 8

/**
 * The choices of a page, at most eight with `extra` and «далі». The next page is the choice
 * `{ page: n }`; after the last comes the first again.
 */
export function pageOf(all: readonly Choice[], page: number, extra: readonly Choice[]): Choice[] {
  if (all.length + extra.length <= BUTTONS_MAX) return [...all, ...extra]
  const room = BUTTONS_MAX - extra.length - 1
  const pages = Math.ceil(all.length / room)
  const start = (page % pages) * room
  const next: Choice = { label: say('dialog:more'), value: { page: (page + 1) % pages } }
  return [...all.slice(start, start + room), next, ...extra]
}

/** The page asked for by a choice of `pageOf`, or null for any other choice. */
export function pageAsked(value: unknown): number | null {
  if (typeof value !== 'object' || value === null || !('page' in value)) return null
  return typeof value.page === 'number' ? value.page : null
}
