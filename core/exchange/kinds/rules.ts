import { addDays, type PlainDate } from '../../period.ts'
import { type Directory, readDirectory } from '../../registry/read-directory.ts'
import { isRuleKind, RULE_KINDS, type RuleKind } from '../../tariffs/rule-kinds.ts'
import { isKeyOf, ruleName, type RuleScope } from '../../tariffs/rule-scope.ts'
import {
  endOf,
  lockRules,
  type NewRule,
  overlaps,
  readLiveRules,
  storeRules,
  valueText,
} from '../../tariffs/store-rules.ts'
import { type AccountNumber, type Cells } from '../cells.ts'
import { compareRows } from '../compare-rows.ts'
import { defineKind, type FileRow, type Job } from '../kind.ts'
import { type Layout } from '../layout.ts'
import { resolveAccounts, resolveProvider } from '../resolve.ts'

type RuleRow = FileRow & {
  kind: RuleKind
  key: string
  provider: string
  /** '' for all services. */
  service: string
  account: AccountNumber | null
  fromDay: PlainDate
  /** First day it is no longer in force. */
  toDay: PlainDate | null
  value: unknown
  source: string
}
type ScopedRow = FileRow & NewRule

const LAYOUTS: readonly Layout[] = [
  {
    name: 'town',
    columns: {
      kind: { headings: ['Вид'] },
      key: { headings: ['Ключ'], optional: true },
      provider: { headings: ['ЄДРПОУ', 'УНП', 'EDRPOU'], optional: true },
      service: { headings: ['Код послуги', 'Код услуги', 'POSL'], optional: true },
      account: { headings: ['Особовий рахунок', 'Лицевой счёт', 'RAH'], optional: true },
      fromDay: { headings: ['Діє з', 'Действует с', 'DATAZ'] },
      toDay: { headings: ['Діє до', 'Действует до', 'DATAPO'], optional: true },
      value: { headings: ['Значення', 'Значение'] },
      source: { headings: ['Рішення', 'Решение'] },
    },
  },
]

const VALUE_CHARACTERS = 4000
const KEY_CHARACTERS = 40

/**
 * Dated rules: norms, terms, percentages, methods. The last day a file names is the last day in force.
 * A row without provider, service and account is the sender's, or the whole town's without a sender. On
 * its days a rule takes the place of the one of the same kind, key and scope; two of the file that
 * overlap are refused, `rule-overlaps`.
 */
export const rules = defineKind<RuleRow>({
  layouts: LAYOUTS,
  totals: {},
  read: readRow,
  async plan(job, rows) {
    await lockRules(job.tx)
    const scoped = await resolveScopes(job, rows)
    const live = await readLiveRules(
      job.tx,
      scoped.map((row) => row.kind),
    )
    const ended = endAll(job, scoped, live)
    const { fresh, changed } = await compareRows(job.findings, ended, {
      key: versionKey,
      content,
      stored: new Map(live.map((rule) => [versionKey(rule), content(rule)])),
      contradiction: { role: 'fromDay', code: 'duplicate-rule' },
    })
    return {
      fresh,
      changed,
      apply: async () => void (await storeRules(job.tx, [...fresh, ...changed], live)),
    }
  },
})

function readRow(cells: Cells): RuleRow {
  const kind = cells.words('kind', KEY_CHARACTERS)
  const key = cells.text('key', KEY_CHARACTERS)
  const known = isRuleKind(kind) ? kind : null
  if (!known) cells.refuse('kind', 'rule-unknown')
  else if (!isKeyOf(known, key)) cells.refuse('key', 'rule-key-unknown')
  const fromDay = cells.day('fromDay')
  const lastDay = cells.dayOrNull('toDay')
  if (lastDay !== null && lastDay < fromDay) cells.refuse('toDay', 'range-ends-before-start')
  return {
    line: cells.line,
    kind: known ?? 'charging',
    key,
    provider: cells.text('provider', 12),
    service: cells.text('service', 12),
    account: cells.text('account') === '' ? null : cells.account('account'),
    fromDay,
    toDay: lastDay && addDays(lastDay, 1),
    value: readValue(cells, known),
    source: cells.words('source'),
  }
}

function readValue(cells: Cells, kind: RuleKind | null): unknown {
  const text = cells.words('value', VALUE_CHARACTERS)
  const value = parseJson(text)
  if (value === undefined) cells.refuse('value', 'json-unreadable')
  else if (kind && !RULE_KINDS[kind].safeParse(value).success)
    cells.refuse('value', 'rule-value-invalid')
  return value
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

async function resolveScopes(job: Job, rows: readonly RuleRow[]): Promise<ScopedRow[]> {
  const directory = await readDirectory(job.tx)
  const ofAccounts = rows.flatMap((row) => (row.account ? [{ ...row, account: row.account }] : []))
  const accounts = await resolveAccounts(job, directory, ofAccounts)
  const found = new Map(accounts.map((one) => [one.row.line, one]))
  return rows.flatMap((row) => {
    const account = found.get(row.line)
    if (row.account && !account) return []
    const providerId = account ? account.providerId : findProvider(job, directory, row)
    if (providerId === undefined) return []
    const serviceId = findService(job, directory, providerId, row)
    if (serviceId === undefined) return []
    const accountId = account?.account.id ?? null
    return [scopedRow(row, { providerId, serviceId, houseId: null, accountId })]
  })
}

function scopedRow(row: RuleRow, scope: RuleScope): ScopedRow {
  const { fromDay, key, kind, line, source, toDay, value } = row
  return { ...scope, line, kind, key, fromDay, toDay, value, source }
}

/** Null: the whole town; undefined: the row is refused. */
function findProvider(job: Job, directory: Directory, row: RuleRow): number | null | undefined {
  const isOfTown = row.provider === '' && row.service === '' && !job.sender
  return isOfTown ? null : (resolveProvider(job, directory, row) ?? undefined)
}

function findService(
  { findings }: Job,
  directory: Directory,
  providerId: number | null,
  { line, service }: RuleRow,
): number | null | undefined {
  if (service === '') return null
  const found = providerId === null ? null : directory.service(providerId, service)
  if (found) return found.id
  findings.refuse(line, 'service', 'unknown-service', service)
  return undefined
}

/** A version without an end is ended by the next one; of two that overlap the later one is refused. */
function endAll(job: Job, rows: readonly ScopedRow[], live: readonly NewRule[]): ScopedRow[] {
  const inFile = new Map<string, ScopedRow[]>()
  for (const row of rows) inFile.set(ruleName(row), [...(inFile.get(ruleName(row)) ?? []), row])
  const known = new Map<string, NewRule[]>()
  for (const rule of live) known.set(ruleName(rule), [...(known.get(ruleName(rule)) ?? []), rule])
  return rows.map((row) => {
    const others = inFile.get(ruleName(row)) ?? []
    const clash = others.find((other) => other.fromDay < row.fromDay && runsInto(other, row))
    if (clash) job.findings.refuse(row.line, 'fromDay', 'rule-overlaps', row.fromDay)
    return { ...row, toDay: endOf(row, [...others, ...(known.get(ruleName(row)) ?? [])]) }
  })
}

function runsInto(earlier: NewRule, later: NewRule): boolean {
  return earlier.toDay !== null && overlaps(earlier, later)
}

function versionKey(rule: NewRule): string {
  return `${ruleName(rule)}/${rule.fromDay}`
}

function content({ source, toDay, value }: NewRule) {
  return [toDay, valueText(value), source]
}
