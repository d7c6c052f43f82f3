import { matchReversals } from '../../payments/match-reversals.ts'
import { periodOf } from '../../period.ts'
import { reserveIds } from '../book-entries.ts'
import { bookPayments } from '../book-payments.ts'
import { type AccountNumber, type Cells } from '../cells.ts'
import { compareRows } from '../compare-rows.ts'
import { countUnreconciled } from '../count-unreconciled.ts'
import { defineKind, type FileRow, type Job } from '../kind.ts'
import { type Layout } from '../layout.ts'
import { lockProviders } from '../lock-providers.ts'
import { resolveAgreements } from '../resolve.ts'
import {
  insertPayments,
  type NewPayment,
  paymentKey,
  type PaymentFact,
  readPayments,
  readReversible,
} from './payment-store.ts'

type PaymentRow = FileRow & {
  provider: string
  account: AccountNumber
  service: string
} & Pick<
    NewPayment,
    'paidOn' | 'amount' | 'commission' | 'method' | 'externalId' | 'designatedPeriod'
  >
type AgreedRow = PaymentRow & { agreementId: number; providerId: number; source: string }

/** What a reversal takes back: a payment of the same file, or a stored one. */
type Original = AgreedRow | bigint

const LAYOUTS: readonly Layout[] = [
  {
    name: 'town',
    columns: {
      account: { headings: ['Особовий рахунок', 'Лицевой счёт', 'RAH'] },
      provider: { headings: ['ЄДРПОУ', 'УНП', 'EDRPOU'], optional: true },
      service: { headings: ['Код послуги', 'Послуга', 'Код услуги', 'POSL'] },
      paidOn: { headings: ['Дата оплати', 'Дата оплаты', 'DATOPL'] },
      amount: { headings: ['Сума', 'Сумма', 'SUMA'] },
      commission: { headings: ['Комісія', 'Комиссия', 'KOMIS'], optional: true },
      method: { headings: ['Спосіб', 'Способ', 'SPOSIB'], optional: true },
      externalId: { headings: ['Код операції', 'Код операции', 'EXTID'] },
      designated: { headings: ['Період', 'Период', 'PERIOD'], optional: true },
    },
  },
]

/**
 * Payments the provider's program knows of. A payment counts on its own day, in that day's month or,
 * when that is issued, in the first month that is not; the month the payer meant is only remembered.
 * The commission is on top of the sum and is not the agreement's.
 *
 * The program's own id is the key: the same fact again is known, another one is `payment-conflict`. A
 * negative sum takes back the latest payment of that sum (`reversal-without-payment` when there is none).
 */
export const payments = defineKind<PaymentRow>({
  layouts: LAYOUTS,
  totals: {
    kopecks: { amount: (row) => row.amount, commission: (row) => row.commission },
  },
  read: readRow,
  async plan(job, rows) {
    const resolved = await resolveAgreements(job, rows)
    const agreed = resolved.map(({ row, ...ids }): AgreedRow => {
      const source = `import:${row.provider || job.sender?.code}`
      return Object.assign(row, ids, { source })
    })
    const providerIds = [...new Set(agreed.map((row) => row.providerId))]
    await lockProviders(job.tx, providerIds)
    const stored = await readPayments(job.tx, agreed)
    const conflict = { role: 'externalId', code: 'payment-conflict' }
    const { fresh } = await compareRows(job.findings, agreed, {
      key: paymentKey,
      content,
      stored: new Map(stored.map((payment) => [paymentKey(payment), content(payment)])),
      contradiction: conflict,
      conflict,
    })
    const originals = await findOriginals(job, fresh)
    return {
      fresh,
      changed: [],
      apply: (batchId) => store(job, batchId, { fresh, originals, providerIds }),
      unreconciled: () =>
        countUnreconciled(
          job.tx,
          providerIds,
          agreed.map((row) => periodOf(row.paidOn)),
        ),
    }
  },
})

function readRow(cells: Cells): PaymentRow {
  const amount = cells.amount('amount')
  if (amount === 0n) cells.refuse('amount', 'amount-zero')
  return {
    line: cells.line,
    provider: cells.text('provider', 12),
    account: cells.account('account'),
    service: cells.words('service', 12),
    paidOn: cells.pastDay('paidOn'),
    amount,
    commission: cells.amountOrZero('commission'),
    method: cells.text('method', 60),
    externalId: cells.words('externalId', 60),
    designatedPeriod: cells.monthOrNull('designated'),
  }
}

function content({ agreementId, amount, paidOn }: PaymentFact) {
  return [agreementId, paidOn, amount]
}

async function findOriginals(
  { findings, tx }: Job,
  fresh: readonly AgreedRow[],
): Promise<Map<AgreedRow, Original>> {
  const reversals = fresh.flatMap((row) => (row.amount < 0n ? [{ ...row, id: row }] : []))
  const sums = new Set(reversals.map((row) => `${row.agreementId}/${-row.amount}`))
  const inFile = fresh.filter((row) => sums.has(`${row.agreementId}/${row.amount}`))
  const known = await readReversible(tx, reversals)
  const matches = matchReversals<Original, AgreedRow>(reversals, [
    ...known,
    ...inFile.map((row) => ({ ...row, id: row })),
  ])
  for (const { id, line } of reversals)
    if (!matches.has(id)) findings.refuse(line, 'amount', 'reversal-without-payment')
  return matches
}

type Decided = {
  fresh: AgreedRow[]
  originals: ReadonlyMap<AgreedRow, Original>
  providerIds: readonly number[]
}

async function store(job: Job, batchId: number, { fresh, originals, providerIds }: Decided) {
  const { author, tx } = job
  // Oldest first: a month booked behind another one would have to shift it.
  fresh.sort((a, b) => (a.paidOn === b.paidOn ? a.line - b.line : a.paidOn < b.paidOn ? -1 : 1))
  const reserved = await reserveIds(tx, 'payment', fresh.length)
  const ids = new Map(fresh.map((row, index) => [row, reserved[index] ?? 0n]))
  const reversesId = (row: AgreedRow) => {
    const original = originals.get(row)
    return typeof original === 'object' ? (ids.get(original) ?? null) : (original ?? null)
  }
  const stored = fresh.map((row) => ({
    ...row,
    id: ids.get(row) ?? 0n,
    reversesId: reversesId(row),
  }))
  await insertPayments(tx, batchId, stored)
  await bookPayments(tx, { batchId, author, providerIds, payments: stored })
}
