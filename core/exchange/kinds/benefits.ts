import { bulkInsert } from '../../db/bulk-insert.ts'
import { divideRounded, type Kopecks } from '../../money.ts'
import { makeDate, type Period, period } from '../../period.ts'
import { type Quantity } from '../../quantity.ts'
import { readDirectory } from '../../registry/read-directory.ts'
import { type AccountNumber, type Cells } from '../cells.ts'
import { compareRows } from '../compare-rows.ts'
import { defineKind, type FileRow, type Job } from '../kind.ts'
import { type Layout } from '../layout.ts'
import { agreementOf, resolveAccounts } from '../resolve.ts'

type Claim = {
  period: Period
  category: string
  percent: number
  persons: number
  volume: Quantity
  price: Quantity
  amount: Kopecks
}
type BenefitRow = FileRow &
  Claim & {
    provider: string
    account: AccountNumber
    /** The service as the form codes it. */
    service: string
  }
type AgreedClaim = FileRow & Claim & { agreementId: number }

/** The form 2-пільга: 17 columns. */
const LAYOUTS: readonly Layout[] = [
  {
    name: 'form2',
    columns: {
      account: { headings: ['RS'] },
      provider: { headings: ['CDPR'], optional: true },
      year: { headings: ['YEARIN'] },
      month: { headings: ['MONTHIN'] },
      service: { headings: ['LGCODE'] },
      persons: { headings: ['LGKOL'] },
      category: { headings: ['LGKAT'] },
      percent: { headings: ['LGPRC'] },
      amount: { headings: ['SUMM'] },
      volume: { headings: ['FACT'] },
      price: { headings: ['TARIF'] },
    },
  },
]

/** kopecks = 10⁻⁸ × 10⁻⁸ × percent / 10¹⁶ */
const PRODUCT_SCALE = 10n ** 16n

/**
 * Benefits claimed for a month. They post nothing: the provider's charges already hold them. A claim is
 * made once; the same one with another sum is refused, `already-claimed`.
 * Source: form 2-пільга: SUMM = FACT × TARIF × LGPRC / 100, rounded once.
 */
export const benefits = defineKind<BenefitRow>({
  layouts: LAYOUTS,
  totals: { kopecks: { amount: (row) => row.amount } },
  read: readRow,
  async plan(job, rows) {
    const directory = await readDirectory(job.tx)
    const resolved = await resolveAccounts(job, directory, rows)
    const claims = resolved.flatMap(({ row, providerId, account }): AgreedClaim[] => {
      const service = directory.services.find(
        (one) => one.providerId === providerId && one.benefitCode === row.service,
      )
      const agreementId = agreementOf(job, account, service ?? null, row)
      return agreementId === null ? [] : [{ ...row, agreementId }]
    })
    const { fresh } = await compareRows(job.findings, claims, {
      key: claimKey,
      content,
      stored: await readStored(job, claims),
      contradiction: { role: 'account', code: 'duplicate-claim' },
      conflict: { role: 'account', code: 'already-claimed' },
    })
    return { fresh, changed: [], apply: (batchId) => store(job, batchId, fresh) }
  },
})

function readRow(cells: Cells): BenefitRow {
  const year = cells.integer('year')
  const month = cells.integer('month')
  const isMonth = makeDate(year, month, 1) !== null
  if (!isMonth) cells.refuse('month', 'period-not-in-calendar')
  const row = {
    line: cells.line,
    provider: cells.text('provider', 12),
    account: cells.account('account'),
    service: cells.words('service', 12),
    period: period(isMonth ? year * 100 + month : 190001),
    category: cells.words('category', 10),
    percent: cells.integer('percent'),
    persons: cells.integer('persons'),
    volume: cells.quantity('volume'),
    price: cells.quantity('price'),
    amount: cells.amount('amount'),
  }
  if (row.percent > 100) cells.refuse('percent', 'percent-out-of-range')
  const product = row.volume * row.price * BigInt(row.percent)
  if (divideRounded(product, PRODUCT_SCALE) !== row.amount)
    cells.refuse('amount', 'does-not-reconcile')
  return row
}

function claimKey({ agreementId, category, period: month }: Claim & { agreementId: number }) {
  return `${agreementId}/${month}/${category}`
}

function content(claim: Claim & { agreementId: number }) {
  const { agreementId, amount, category, percent, persons, price, volume } = claim
  return [agreementId, claim.period, category, percent, persons, volume, price, amount]
}

async function readStored({ tx }: Job, claims: readonly AgreedClaim[]) {
  const stored = await tx.sql.many<AgreedClaim>`
    select agreement_id as "agreementId", period, category, percent, persons, volume_e8 as volume,
      price_e8 as price, amount
    from benefit_claim
    where agreement_id = any(${claims.map((claim) => claim.agreementId)}::int4[])`
  return new Map(stored.map((claim) => [claimKey(claim), content(claim)]))
}

async function store({ tx }: Job, batchId: number, claims: readonly AgreedClaim[]): Promise<void> {
  const columns = {
    agreement_id: 'int4',
    period: 'int4',
    category: 'text',
    percent: 'int4',
    persons: 'int4',
    volume_e8: 'int8',
    price_e8: 'int8',
    amount: 'int8',
    batch_id: 'int4',
  }
  const rows = claims.map((claim) => [...content(claim), batchId])
  await bulkInsert(tx.sql, 'benefit_claim', columns, rows)
}
