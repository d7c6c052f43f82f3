import { type Kopecks } from '../../money.ts'
import { addMonths, type Period } from '../../period.ts'
import { cost, quantity, rate } from '../../quantity.ts'
import { readLastIssued } from '../../ledger/posting-period.ts'
import { accountKey } from '../../registry/account-number.ts'
import { bookCharges } from '../book-charges.ts'
import { reserveIds } from '../book-entries.ts'
import { type AccountNumber, type Cells } from '../cells.ts'
import { compareRows } from '../compare-rows.ts'
import { countUnreconciled } from '../count-unreconciled.ts'
import { defineKind, type FileRow, type Job } from '../kind.ts'
import { type Layout } from '../layout.ts'
import { lockProviders } from '../lock-providers.ts'
import { resolveAgreements } from '../resolve.ts'
import { chargeKey, type ChargeSums, insertCharges, readCharges } from './charge-store.ts'

type ChargeRow = FileRow &
  ChargeSums & { provider: string; account: AccountNumber; service: string; period: Period }
type AgreedRow = ChargeRow & { agreementId: number; providerId: number }

const LAYOUTS: readonly Layout[] = [
  {
    name: 'town',
    columns: {
      account: { headings: ['Особовий рахунок', 'Лицевой счёт', 'RAH'] },
      provider: { headings: ['ЄДРПОУ', 'УНП', 'EDRPOU'], optional: true },
      service: { headings: ['Послуга', 'Код послуги', 'Код услуги', 'POSL'] },
      period: { headings: ['Період', 'Период', 'PERIOD'] },
      price1: { headings: ['Тариф', 'TAR1'], optional: true },
      volume1: { headings: ["Об'єм", 'OBS1'], optional: true },
      price2: { headings: ['Тариф 2', 'TAR2'], optional: true },
      volume2: { headings: ["Об'єм 2", 'OBS2'], optional: true },
      method: { headings: ['Метод', 'METOD'], optional: true },
      opening: { headings: ['Сальдо на початок', 'Сальдо на начало', 'SALDO_P'] },
      accrued: { headings: ['Нараховано', 'Начислено', 'NARAH'] },
      subscription: { headings: ['Абонплата', 'ABON'], optional: true },
      penalty: { headings: ['Пеня', 'PENYA'], optional: true },
      correction: { headings: ['Корекція', 'KOREK'], optional: true },
      benefit: { headings: ['Пільга', 'PILGA'], optional: true },
      subsidy: { headings: ['Субсидія', 'SUBS'], optional: true },
      paid: { headings: ['Сплачено', 'Оплачено', 'SPLACH'] },
      closing: { headings: ['Сальдо на кінець', 'Сальдо на конец', 'SALDO_K'] },
    },
  },
]

/** Letters of accounting programs for how a charge was made, folded: some programs write Latin ones. */
const METHODS: ReadonlyMap<string, string> = new Map(
  [
    ['', 'none'],
    ['Л', 'meter'],
    ['С', 'average'],
    ['Н', 'norm'],
    ['Б', 'house'],
    ['П', 'area'],
    ['К', 'persons'],
  ].map(([letter = '', method = '']) => [accountKey(letter), method]),
)

/**
 * Finished charges of a provider's program, month by month. Balances and payments in them are claims:
 * each row must close (closing = opening + accrued + subscription + penalty + correction − benefit −
 * subsidy − paid) and open with what the month before closed with, in the file and in the town, else
 * `does-not-reconcile`. A month is charged once: `already-charged`. An issued month takes no charges:
 * `month-issued`; nor does one that is charged here: `charged-here`.
 */
export const charges = defineKind<ChargeRow>({
  layouts: LAYOUTS,
  totals: {
    kopecks: {
      opening: (row) => row.opening,
      accrued: (row) => row.accrued,
      subscription: (row) => row.subscription,
      penalty: (row) => row.penalty,
      correction: (row) => row.correction,
      benefit: (row) => row.benefit,
      subsidy: (row) => row.subsidy,
      paid: (row) => row.paid,
      closing: (row) => row.closing,
    },
  },
  read: readRow,
  async plan(job, rows) {
    const resolved = await resolveAgreements(job, rows)
    // The resolved fields go into the row itself: a file may have as many rows as memory has room for.
    const agreed = resolved.map(({ row, ...ids }): AgreedRow => Object.assign(row, ids))
    const providerIds = [...new Set(agreed.map((row) => row.providerId))]
    await lockProviders(job.tx, providerIds)
    const stored = await readCharges(job.tx, agreed)
    const { fresh } = await compareRows(job.findings, agreed, {
      key: chargeKey,
      content,
      stored: new Map([...stored].map(([key, row]) => [key, content(row)])),
      contradiction: { role: 'period', code: 'already-charged' },
      conflict: { role: 'period', code: 'already-charged' },
    })
    for (const row of agreed) checkIdentity(job, row)
    checkChains(job, agreed, stored)
    await refuseIssued(job, fresh, providerIds)
    const months = agreed.map((row) => row.period)
    return {
      fresh,
      changed: [],
      apply: (batchId) => store(job, batchId, fresh, providerIds),
      unreconciled: () => countUnreconciled(job.tx, providerIds, months),
    }
  },
})

function readRow(cells: Cells): ChargeRow {
  const method = METHODS.get(accountKey(cells.text('method', 10)))
  if (method === undefined) cells.refuse('method', 'method-unknown')
  const none = quantity(0n)
  return {
    line: cells.line,
    provider: cells.text('provider', 12),
    account: cells.account('account'),
    service: cells.words('service', 12),
    period: cells.pastMonth('period'),
    method: method ?? 'none',
    price1: cells.quantityOrNull('price1') ?? none,
    volume1: cells.quantityOrNull('volume1') ?? none,
    price2: cells.quantityOrNull('price2') ?? none,
    volume2: cells.quantityOrNull('volume2') ?? none,
    opening: cells.amount('opening'),
    accrued: cells.amount('accrued'),
    subscription: cells.amountOrZero('subscription'),
    penalty: cells.amountOrZero('penalty'),
    correction: cells.amountOrZero('correction'),
    benefit: cells.amountOrZero('benefit'),
    subsidy: cells.amountOrZero('subsidy'),
    paid: cells.amount('paid'),
    closing: cells.amount('closing'),
  }
}

function content(row: ChargeSums) {
  const { accrued, benefit, closing, correction, method, opening, paid, penalty } = row
  const { price1, price2, subscription, subsidy, volume1, volume2 } = row
  return [
    ...[method, price1, volume1, price2, volume2, opening, accrued, subscription],
    ...[penalty, correction, benefit, subsidy, paid, closing],
  ]
}

function checkIdentity({ findings }: Job, row: AgreedRow): void {
  const charged = row.accrued + row.subscription + row.penalty + row.correction
  const closing = row.opening + charged - row.benefit - row.subsidy - row.paid
  if (closing !== row.closing)
    findings.refuse(row.line, 'closing', 'does-not-reconcile', shown(row.closing))
  const product = cost(row.volume1, rate(row.price1)) + cost(row.volume2, rate(row.price2))
  const isPriced = row.price1 !== 0n || row.price2 !== 0n
  if (isPriced && product !== row.accrued)
    findings.warn(row.line, 'accrued', 'accrued-differs', shown(row.accrued))
}

function shown(amount: Kopecks): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(3, '0')
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

type Balances = Pick<ChargeSums, 'opening' | 'closing'>

function checkChains(
  { findings }: Job,
  rows: readonly AgreedRow[],
  stored: ReadonlyMap<string, Balances>,
): void {
  const inFile = new Map(rows.map((row) => [chargeKey(row), row]))
  const monthOf = (row: AgreedRow, months: number) => {
    const { agreementId } = row
    const key = chargeKey({ agreementId, period: addMonths(row.period, months) })
    return { filed: inFile.get(key), known: stored.get(key) }
  }
  for (const row of rows) {
    const { filed, known } = monthOf(row, -1)
    const before = filed ?? known
    if (before && before.closing !== row.opening)
      findings.refuse(row.line, 'opening', 'does-not-reconcile', shown(row.opening))
    const after = monthOf(row, 1)
    // Within the file the later row is the one refused.
    if (!after.filed && after.known && after.known.opening !== row.closing)
      findings.refuse(row.line, 'closing', 'does-not-reconcile', shown(row.closing))
  }
}

async function refuseIssued(job: Job, fresh: readonly AgreedRow[], providerIds: readonly number[]) {
  for (const providerId of providerIds) {
    const lastIssued = await readLastIssued(job.tx, providerId)
    const { chargedFrom } = await job.tx.sql.one<{ chargedFrom: Period | null }>`
      select charged_from as "chargedFrom" from provider where id = ${providerId}`
    for (const { line, period, providerId: owner } of fresh) {
      if (owner !== providerId) continue
      const refusal =
        lastIssued !== null && period <= lastIssued
          ? 'month-issued'
          : chargedFrom !== null && period >= chargedFrom
            ? 'charged-here'
            : null
      if (refusal) job.findings.refuse(line, 'period', refusal, String(period))
    }
  }
}

async function store(
  { author, tx }: Job,
  batchId: number,
  fresh: AgreedRow[],
  providerIds: readonly number[],
): Promise<void> {
  // Oldest first: a month booked behind another one would have to shift it.
  fresh.sort((a, b) => a.period - b.period || a.line - b.line)
  const ids = await reserveIds(tx, 'charge', fresh.length)
  await insertCharges(tx, batchId, fresh, ids)
  await bookCharges(tx, { batchId, author, providerIds, rows: fresh, ids })
}
