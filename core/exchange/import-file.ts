import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { type Context } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { dayIn } from '../period.ts'
import { accept, refuse } from '../result.ts'
import { bookBatch, findApplied, lockImports } from './batch.ts'
import { reserveIds } from './book-entries.ts'
import { readCells } from './cells.ts'
import { type Findings, openFindings } from './findings.ts'
import { type Delimiter } from './formats/delimiter.ts'
import { type Encoding } from './formats/encoding.ts'
import { readTable } from './formats/read-table.ts'
import { type ReadRow, type Table } from './formats/table.ts'
import { type ImportKind, type Intake, type Kind, type Sender } from './kind.ts'
import { accounts } from './kinds/accounts.ts'
import { benefits } from './kinds/benefits.ts'
import { calendar } from './kinds/calendar.ts'
import { charges } from './kinds/charges.ts'
import { houseVolumes } from './kinds/house-volumes.ts'
import { meters } from './kinds/meters.ts'
import { payments } from './kinds/payments.ts'
import { providers } from './kinds/providers.ts'
import { readings } from './kinds/readings.ts'
import { rules } from './kinds/rules.ts'
import { services } from './kinds/services.ts'
import { subsidies } from './kinds/subsidies.ts'
import { tariffs } from './kinds/tariffs.ts'
import { volumes } from './kinds/volumes.ts'
import { type Match, matchLayout } from './layout.ts'
import { type ImportReport, makeReport } from './report.ts'

const KINDS = {
  providers,
  services,
  tariffs,
  accounts,
  rules,
  calendar,
  meters,
  charges,
  payments,
  readings,
  volumes,
  'house-volumes': houseVolumes,
  subsidies,
  benefits,
} satisfies Record<ImportKind, Kind>

export type ImportInput = {
  kind: ImportKind
  /** For the record only: the type is found by content. */
  fileName: string
  content: Buffer
  /** ЄДРПОУ or УНП of the sender: rows that name no provider are its. */
  provider?: string
  /** Rows of other providers than the sender are refused. */
  ownOnly?: boolean
  /** Given by the operator, these win over what the content says. */
  encoding?: Encoding
  delimiter?: Delimiter
  /** Everything but the writing. */
  dryRun: boolean
  author: string
}

/** More rows are a mistake, or belong into several files: all of them are held at once. */
const ROWS_MAX = 500_000
/** Rows read before other work of the process gets its turn. */
const ROWS_A_TURN = 2000

/**
 * Imports a file: all of its rows, or none when one of them is refused. Type, encoding and delimiter
 * are found by content, columns by their headings. The same file again changes nothing and gives the
 * first report; the same facts in another file are `unchanged`.
 *
 * Refuses: `rows-refused` with the report; `no-rows`; `too-many-rows`; `column-missing` with the
 * headings missing and found; `unknown-provider` (the sender); and for a file that is no table
 * whatever `readTable` refuses.
 */
export async function importFile(ctx: Context, input: ImportInput) {
  const hash = createHash('sha256').update(input.content).digest()
  const found = await readTable(input.content, {
    ...(input.encoding && { encoding: input.encoding }),
    ...(input.delimiter && { delimiter: input.delimiter }),
  })
  if (!found.ok) return found
  const table = found.value
  const kind: Kind = KINDS[input.kind]
  const match = matchLayout(kind.layouts, table.columns)
  if (!match.ok) return match
  const findings = openFindings(match.value)
  const intake = kind.open(match.value.layout, findings)
  const rows = await readRows(ctx, table, { match: match.value, findings, intake })
  if (rows === 0) return refuse('no-rows')
  if (rows > ROWS_MAX) return refuse('too-many-rows', { limit: ROWS_MAX })

  return transaction(ctx, async (tx) => {
    await lockImports(tx)
    const sender = await readSender(tx, input)
    if (!sender.ok) return sender
    const source = { kind: input.kind, hash, providerId: sender.value?.id ?? null }
    const applied = await findApplied(tx, source)
    if (applied) return accept<ImportReport>({ ...applied, replayed: true })

    const { author, ownOnly = false } = input
    const plan = await intake.plan({ tx, findings, sender: sender.value, ownOnly, author })
    const report = () =>
      makeReport(input.kind, table, match.value, { rows, findings, plan, intake })
    if (findings.refused() > 0) return refuse('rows-refused', { report: report() })
    if (input.dryRun) return accept(report())
    const [reserved = 0n] = await reserveIds(tx, 'import_batch', 1)
    const batchId = Number(reserved)
    await plan.apply(batchId)
    const unreconciled = await plan.unreconciled?.()
    const done = { ...report(), batchId, ...(unreconciled !== undefined && { unreconciled }) }
    await bookBatch(tx, { ...source, batchId, fileName: input.fileName, author, report: done })
    return accept<ImportReport>(done)
  })
}

type Reading = { match: Match; findings: Findings; intake: Intake }

async function readRows(ctx: Context, table: Table, { match, findings, intake }: Reading) {
  const today = dayIn(ctx.now(), ctx.zone)
  const cellsOf = readCells(match, findings, { decimal: table.decimal, today })
  const used = new Map([...match.places].map(([role, place]) => [place.index, role]))
  let rows = 0
  for await (const row of table.rows) {
    rows += 1
    if (rows > ROWS_MAX) break
    if (row.ok) {
      warnOfCleaned(row, used, findings)
      intake.take(cellsOf(row))
    } else findings.refuse(row.line, null, row.code)
    if (rows % ROWS_A_TURN === 0) await setImmediate()
  }
  return rows
}

function warnOfCleaned(row: ReadRow, used: ReadonlyMap<number, string>, findings: Findings): void {
  for (const column of row.cleaned)
    findings.warn(row.line, used.get(column) ?? null, 'control-characters')
}

async function readSender({ sql }: Context, { kind, provider }: ImportInput) {
  // Providers come before there are any.
  if (provider === undefined || kind === 'providers') return accept<Sender | null>(null)
  const sender = await sql.maybe<Sender>`select id, code from provider where code = ${provider}`
  return sender ? accept<Sender | null>(sender) : refuse('unknown-provider', { provider })
}
