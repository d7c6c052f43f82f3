import { type Town } from '../context.ts'
import { type Prisma } from '../db/generated/client.ts'
import { type ImportKind } from './kind.ts'
import { type ImportReport } from './report.ts'

/** A file that was applied, perhaps undone later. */
export type Batch = {
  id: number
  kind: ImportKind
  /** Code of the sender; null when the file named its providers itself. */
  provider: string | null
  fileName: string
  state: 'applied' | 'undone'
  author: string
  appliedAt: Date
  undoneAt: Date | null
  /** With who undid it and why. */
  report: ImportReport & { undo?: { author: string; reason: string } }
}

export type BatchFilter = {
  /** Only batches of these senders. */
  providers?: readonly string[]
  /** Only batches of these authors. */
  authors?: readonly string[]
  kind?: ImportKind
}

/** Batches, newest first, at most `limit`, those with ids below `before`. */
export async function readBatches(
  town: Town,
  filter: BatchFilter & { before?: number; limit: number },
): Promise<Batch[]> {
  const senders = await readSenders(town)
  const rows = await town.prisma.importBatch.findMany({
    where: {
      ...where(senders, filter),
      ...(filter.before === undefined ? {} : { id: { lt: filter.before } }),
    },
    orderBy: { id: 'desc' },
    take: filter.limit,
  })
  return rows.map((row) => batchOf(row, senders))
}

/** The batch of this id, or null; also null when the filter leaves it out. */
export async function readBatch(
  town: Town,
  id: number,
  filter: BatchFilter = {},
): Promise<Batch | null> {
  const senders = await readSenders(town)
  const row = await town.prisma.importBatch.findFirst({
    where: { ...where(senders, filter), id },
  })
  return row && batchOf(row, senders)
}

/** Codes of providers by id: a batch outlives what it refers to, so it is no relation. */
async function readSenders({ prisma }: Town): Promise<Map<number, string>> {
  const providers = await prisma.provider.findMany({ select: { id: true, code: true } })
  return new Map(providers.map(({ code, id }) => [id, code]))
}

function where(
  senders: ReadonlyMap<number, string>,
  { authors, kind, providers }: BatchFilter,
): Prisma.ImportBatchWhereInput {
  const ids = [...senders].flatMap(([id, code]) => (providers?.includes(code) ? [id] : []))
  return {
    ...(providers ? { providerId: { in: ids } } : {}),
    ...(authors ? { author: { in: [...authors] } } : {}),
    ...(kind ? { kind } : {}),
  }
}

function batchOf(row: Prisma.ImportBatchModel, senders: ReadonlyMap<number, string>): Batch {
  const { appliedAt, author, fileName, id, providerId, undoneAt } = row
  return {
    id,
    kind: row.kind as ImportKind,
    provider: providerId === null ? null : (senders.get(providerId) ?? null),
    fileName,
    state: row.state as Batch['state'],
    author,
    appliedAt,
    undoneAt,
    // Only the importer and the undo write it.
    report: row.report as Batch['report'],
  }
}
