import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Context } from '../../context.ts'
import { writeBackup } from '../../db/backup.ts'
import { restoreBackup } from '../../db/restore.ts'
import { type MonthDigest, readJournalDigests } from '../../ledger/journal-digests.ts'
import { accept, refuse } from '../../result.ts'
import { readOperations } from './operations.ts'
import { repeatOperation } from './repeat-operation.ts'

/** What is made from inputs, and the inputs that come one operation at a time. */
const NOT_COPIED: ReadonlySet<string> = new Set([
  'journal',
  'posting',
  'entry',
  'statement',
  'billing_period',
  'run',
  'run_chunk',
  'run_line',
  'run_lint',
  'run_rerating',
  'charge',
  'payment',
])

export type Replayed = {
  operations: number
  entries: number
  /** Provider-months that came out otherwise, or are in one of the two only. */
  differences: { providerId: number; period: number }[]
}

/**
 * Makes the whole journal again from inputs alone, in an empty town of any database, and compares it
 * with what stands: registry, tariffs, rules and facts are copied, every import, correction, transfer and
 * month's run is done anew in the order of its instant. The town itself is only read.
 *
 * Gives how many operations and entries, and which months differ (none when all is the same).
 * Refuses: `town-not-empty` for a target with rows.
 */
export async function replayTown(
  source: Context,
  target: Context,
  told: (done: number, all: number) => void = () => {},
) {
  const folder = await mkdtemp(path.join(tmpdir(), 'oselia-replay-'))
  try {
    const file = path.join(folder, 'town')
    await writeBackup(source, file)
    const restored = await restoreBackup(target.sql, file, NOT_COPIED)
    if (!restored.ok) return refuse('town-not-empty', { code: restored.code })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  const operations = await readOperations(source)
  for (const [index, operation] of operations.entries()) {
    await repeatOperation(source, { ...target, now: () => operation.at }, operation)
    told(index + 1, operations.length)
  }
  const [ours, theirs] = [await readJournalDigests(source), await readJournalDigests(target)]
  const entries = ours.reduce((total, month) => total + month.entries, 0)
  return accept<Replayed>({
    operations: operations.length,
    entries,
    differences: differencesOf(ours, theirs),
  })
}

function differencesOf(ours: readonly MonthDigest[], theirs: readonly MonthDigest[]) {
  const name = ({ period, providerId }: MonthDigest) => `${providerId}/${period}`
  const unmatched = new Map(theirs.map((month) => [name(month), month]))
  const wrong = ours.filter((month) => {
    const other = unmatched.get(name(month))
    unmatched.delete(name(month))
    return other?.sha256 !== month.sha256
  })
  return [...wrong, ...unmatched.values()].map(({ period, providerId }) => ({ providerId, period }))
}
