import { bulkInsert } from '../../db/bulk-insert.ts'
import { divideRounded, type Kopecks, kopecks, sum } from '../../money.ts'
import { addDays, monthsBetween, periodOf, type PlainDate } from '../../period.ts'
import { readDirectory } from '../../registry/read-directory.ts'
import { type AccountNumber, type Cells } from '../cells.ts'
import { compareRows } from '../compare-rows.ts'
import { defineKind, type FileRow, type Job } from '../kind.ts'
import { type ColumnSpec, type Layout } from '../layout.ts'
import { agreementOf, resolveAccounts } from '../resolve.ts'

type SubsidyRow = FileRow & {
  provider: string
  account: AccountNumber
  caseNumber: string
  fromDay: PlainDate
  lastDay: PlainDate
  charge: Kopecks
  total: Kopecks
  monthly: Kopecks
  /** By place among the eight services, from 1; only services with a subsidy or an obligatory payment. */
  parts: readonly Part[]
}
type Part = { place: number; subsidy: Kopecks; obligatory: Kopecks }

type Award = FileRow & {
  agreementId: number
  caseNumber: string
  fromDay: PlainDate
  /** First day it no longer runs. */
  toDay: PlainDate
  subsidy: Kopecks
  obligatory: Kopecks
}

const PLACES = [1, 2, 3, 4, 5, 6, 7, 8] as const
const MONTHS_MAX = 6
const KOPECK_E8 = 1_000_000n

function eight(role: string, heading: string): [string, ColumnSpec][] {
  return PLACES.map((place) => [`${role}${place}`, { headings: [`${heading}${place}`] }])
}

/** SUBSIDY file of the social office (J*.dbf): 51 columns, 53 in newer ones. */
const LAYOUTS: readonly Layout[] = [
  {
    name: 'subsidy',
    columns: {
      account: { headings: ['RASH'] },
      provider: { headings: ['EDRPOU'], optional: true },
      caseNumber: { headings: ['NUMB'] },
      fromDay: { headings: ['DAT1'] },
      lastDay: { headings: ['DAT2'] },
      charge: { headings: ['NM_PAY'] },
      ...Object.fromEntries([
        ...eight('charge', 'P'),
        ...eight('total', 'SM'),
        ...eight('monthly', 'SB'),
        ...eight('obligatory', 'OB'),
      ]),
      total: { headings: ['SUMMA'] },
      months: { headings: ['NUMM'] },
      monthly: { headings: ['SUBS'] },
    },
  },
]

/**
 * Subsidies granted. They post nothing: the provider's charges already hold them. A case is granted
 * once; the same case with other sums is refused, `already-awarded`.
 * Source: exchange of the social offices: NM_PAY = ΣP rounded, SUMMA = ΣSM, SUBS = ΣSB,
 * SUMMA = SUBS × NUMM, at most six months.
 */
export const subsidies = defineKind<SubsidyRow>({
  layouts: LAYOUTS,
  totals: {
    kopecks: {
      charge: (row) => row.charge,
      total: (row) => row.total,
      monthly: (row) => row.monthly,
    },
  },
  read: readRow,
  async plan(job, rows) {
    const directory = await readDirectory(job.tx)
    const resolved = await resolveAccounts(job, directory, rows)
    const awards = resolved.flatMap(({ row, providerId, account }) =>
      row.parts.flatMap((part): Award[] => {
        const service = directory.services.find(
          (one) => one.providerId === providerId && one.subsidyPosition === part.place,
        )
        const wanted = { line: row.line, service: String(part.place) }
        const agreementId = agreementOf(job, account, service ?? null, wanted)
        return agreementId === null ? [] : [award(row, part, agreementId)]
      }),
    )
    const { fresh } = await compareRows(job.findings, awards, {
      key: awardKey,
      content,
      stored: await readStored(job, awards),
      contradiction: { role: 'account', code: 'duplicate-award' },
      conflict: { role: 'account', code: 'already-awarded' },
    })
    return {
      fresh,
      changed: [],
      apply: (batchId) => store(job, batchId, fresh),
    }
  },
})

function readRow(cells: Cells): SubsidyRow {
  const amounts = (role: string) => PLACES.map((place) => cells.amountOrZero(`${role}${place}`))
  const monthly = amounts('monthly')
  const obligatory = amounts('obligatory')
  const row = {
    line: cells.line,
    provider: cells.text('provider', 12),
    account: cells.account('account'),
    caseNumber: cells.words('caseNumber', 20),
    fromDay: cells.day('fromDay'),
    lastDay: cells.day('lastDay'),
    charge: cells.amount('charge'),
    total: cells.amount('total'),
    monthly: cells.amount('monthly'),
    parts: PLACES.flatMap((place, index): Part[] => {
      const subsidy = monthly[index] ?? kopecks(0)
      const own = obligatory[index] ?? kopecks(0)
      return subsidy === 0n && own === 0n ? [] : [{ place, subsidy, obligatory: own }]
    }),
  }
  const charges = PLACES.map((place) => cells.quantity(`charge${place}`))
  const charged = divideRounded(
    charges.reduce<bigint>((a, b) => a + b, 0n),
    KOPECK_E8,
  )
  if (charged !== row.charge) cells.refuse('charge', 'does-not-reconcile')
  if (sum(monthly) !== row.monthly) cells.refuse('monthly', 'does-not-reconcile')
  const months = BigInt(cells.integer('months'))
  const isWhole = months === 0n || row.total === row.monthly * months
  if (sum(amounts('total')) !== row.total || !isWhole) cells.refuse('total', 'does-not-reconcile')
  const span = monthsBetween(periodOf(row.fromDay), periodOf(row.lastDay)) + 1
  if (row.fromDay >= row.lastDay) cells.refuse('lastDay', 'range-ends-before-start')
  else if (span > MONTHS_MAX) cells.refuse('lastDay', 'range-too-long')
  return row
}

function award(row: SubsidyRow, part: Part, agreementId: number): Award {
  const { caseNumber, fromDay, lastDay, line } = row
  const { obligatory, subsidy } = part
  return { line, agreementId, caseNumber, fromDay, toDay: addDays(lastDay, 1), subsidy, obligatory }
}

function awardKey({ agreementId, caseNumber, fromDay }: Omit<Award, 'line'>): string {
  return `${agreementId}/${caseNumber}/${fromDay}`
}

function content(one: Omit<Award, 'line'>) {
  const { agreementId, caseNumber, fromDay, obligatory, subsidy, toDay } = one
  return [agreementId, caseNumber, fromDay, toDay, subsidy, obligatory]
}

async function readStored({ tx }: Job, awards: readonly Award[]) {
  const stored = await tx.sql.many<Award>`
    select agreement_id as "agreementId", case_number as "caseNumber", from_day as "fromDay",
      to_day as "toDay", subsidy, obligatory
    from subsidy_award
    where agreement_id = any(${awards.map((one) => one.agreementId)}::int4[])`
  return new Map(stored.map((one) => [awardKey(one), content(one)]))
}

async function store({ tx }: Job, batchId: number, awards: readonly Award[]): Promise<void> {
  const columns = {
    agreement_id: 'int4',
    case_number: 'text',
    from_day: 'date',
    to_day: 'date',
    subsidy: 'int8',
    obligatory: 'int8',
    batch_id: 'int4',
  }
  const rows = awards.map((one) => [...content(one), batchId])
  await bulkInsert(tx.sql, 'subsidy_award', columns, rows)
}
