import { type Context } from '../../core/context.ts'
import { noteOutcomes, noteReceipt, type Outcome } from '../../core/outbox/deliver.ts'
import { type Receipt } from '../dialog/input.ts'

/** Outcomes wait this long to share one statement. */
const NOTE_MS = 15
const RECEIPTS_KEPT_MS = 5_000

export type Notes = {
  add: (outcomes: readonly Outcome[]) => void
  hear: (receipts: readonly Receipt[]) => void
  isDone: () => boolean
  /** From now on nothing more is waited for. */
  hurry: () => void
}

/** Writes down how tries ended, those of a moment in one statement. `onNoted` tells of each. */
export function openNotes(ctx: Context, onNoted: () => void): Notes {
  const receipts = openReceipts(ctx)
  let outcomes: Outcome[] = []
  let noting: Promise<void> | null = null
  let waitMs = NOTE_MS

  async function noteSoon(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, waitMs))
    const batch = outcomes
    outcomes = []
    try {
      await noteOutcomes(ctx, batch)
      await receipts.noteAgain(batch)
    } catch (error) {
      // Not noted means sent again when the lease ends; the database is away, nothing else to do.
      const name = error instanceof Error ? error.name : 'unknown'
      ctx.log.error({ letters: batch.length, error: name }, 'outcomes were not noted')
    }
    noting = outcomes.length > 0 ? noteSoon() : null
    onNoted()
  }

  return {
    add: (more) => {
      outcomes.push(...more)
      if (outcomes.length > 0) noting ??= noteSoon()
    },
    hear: receipts.hear,
    isDone: () => outcomes.length === 0 && !noting,
    hurry: () => void (waitMs = 0),
  }
}

/**
 * Receipts of the last moments. A messenger can be faster than our note of the sending, and such a
 * receipt would find no letter: it is noted again after the letter.
 */
function openReceipts(ctx: Context) {
  let heard: { receipt: Receipt; at: number }[] = []
  return {
    hear: (receipts: readonly Receipt[]): void => {
      if (receipts.length === 0) return
      const at = performance.now()
      heard = heard.filter((each) => at - each.at < RECEIPTS_KEPT_MS)
      heard.push(...receipts.map((receipt) => ({ receipt, at })))
    },
    noteAgain: async (batch: readonly Outcome[]): Promise<void> => {
      const sent = new Set(batch.map((outcome) => (outcome.sent ? outcome.messageId : null)))
      for (const { receipt } of heard)
        if (sent.has(receipt.messageId)) await noteReceipt(ctx, receipt)
    },
  }
}
