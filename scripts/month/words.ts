import { type AccountChange, type MonthComparison } from '../../core/billing/compare-months.ts'
import { type TrialComparison } from '../../core/billing/compare-trial.ts'
import {
  type ExplainedLine,
  type ExplainedMonth,
} from '../../core/billing/explain/explain-month.ts'
import { type Difference } from '../../core/billing/explain/difference.ts'
import { type NamedAgreement } from '../../core/billing/explain/find-agreements.ts'
import { type MonthLint } from '../../core/billing/month-lints.ts'
import { type BillingMonth } from '../../core/billing/read-months.ts'
import { type RunSummary } from '../../core/billing/run/read-runs.ts'
import { addMonths, type Period } from '../../core/period.ts'
import { formatDecimal } from '../../core/quantity.ts'
import { cellText } from '../../core/reports/wire-cell.ts'

/** A month as people write it: 2026-10. */
export function shown(month: Period): string {
  return cellText(month, 'month')
}

function money(amount: bigint): string {
  return cellText(amount, 'kopecks')
}

/** With its sign: `+12.50`. */
function signed(amount: bigint): string {
  return amount > 0n ? `+${money(amount)}` : money(amount)
}

/** A list of months, one a line. */
export function monthsWords(months: readonly BillingMonth[]): string {
  const lines = months.map(({ issuedAt, month, state }) => {
    const since = issuedAt ? ` since ${issuedAt.toISOString()}` : ''
    return `${shown(month)} ${state}${since}\n`
  })
  return lines.join('') || 'no months yet\n'
}

/** How far a run is. */
export function progressWords({ accounts, accountsDone, id, lines }: RunSummary): string {
  return `run ${id}: ${accountsDone} of ${accounts} accounts, ${lines} lines\n`
}

/** A run that ended. */
export function runWords({ accounts, id, kind, leftOut, lines, month, state }: RunSummary): string {
  const left = leftOut > 0 ? `, ${leftOut} left out` : ''
  const what = kind === 'trial' ? 'trial of' : 'draft of'
  return `run ${id}, ${what} ${shown(month)}: ${state}, ${accounts} accounts${left}, ${lines} lines\n`
}

/** A list of runs, one a line. */
export function runsWords(runs: readonly RunSummary[]): string {
  const lines = runs.map((run) => {
    const { accounts, accountsDone, author, createdAt, id, kind, month, state } = run
    const done = state === 'computing' ? ` ${accountsDone} of ${accounts}` : ''
    return `${id} ${shown(month)} ${kind} ${state}${done} by ${author} at ${createdAt.toISOString()}\n`
  })
  return lines.join('') || 'no runs yet\n'
}

/** Findings, one a line. */
export function lintsWords(lints: readonly MonthLint[]): string {
  return lints
    .map(({ accountId, agreementId, code, details, severity }) => {
      const where = [
        ...(accountId === null ? [] : [` account ${accountId}`]),
        ...(agreementId === null ? [] : [` agreement ${agreementId}`]),
      ].join('')
      const told = Object.entries(details).map(([name, value]) => ` ${name} ${String(value)}`)
      return `${severity} ${code}${where}${told.join('')}\n`
    })
    .join('')
}

/** A month against the one before: a table with tabs, volumes, the accounts that change most. */
export function comparisonWords(comparison: MonthComparison): string {
  const { before, changes, month, services, state, total } = comparison
  const head = `${shown(month)} (${state}) against ${shown(before)}\nservice\tagreements\twas\tis\tchange\n`
  const rows = [
    ...services.map((one) => ({ name: `${one.service} ${one.serviceName}`, ...one })),
    { name: 'total', ...total },
  ].map(({ change, is, name, was }) => {
    const counts = `${was.agreements} → ${is.agreements}`
    return `${name}\t${counts}\t${money(was.charged)}\t${money(is.charged)}\t${signed(change)}\n`
  })
  const volumes = services.flatMap(({ service, unit, volumes: mine }) =>
    mine.map(({ is, isAgreements, method, was, wasAgreements }) => {
      const amounts = `${formatDecimal(was)} → ${formatDecimal(is)} ${unit}`
      return `volume ${service} by ${method}: ${amounts}, agreements ${wasAgreements} → ${isAgreements}\n`
    }),
  )
  return [head, ...rows, ...volumes, changesWords(changes)].join('')
}

/** A trial against what was booked. */
export function trialWords(comparison: TrialComparison): string {
  const { changes, leftOut, month, services, total } = comparison
  const head = `${shown(month)} as tried against what was booked\nservice\tagreements\twas\tis\tchange\tmore\tless\tsame\n`
  const rows = [
    ...services.map((one) => ({ name: `${one.service} ${one.serviceName}`, ...one })),
    { name: 'total', ...total },
  ].map(({ agreements, change, is, less, more, name, same, was }) => {
    const sums = `${money(was)}\t${money(is)}\t${signed(change)}`
    return `${name}\t${agreements}\t${sums}\t${more}\t${less}\t${same}\n`
  })
  const left = leftOut > 0 ? [`accounts left out: ${leftOut}\n`] : []
  return [head, ...rows, ...left, changesWords(changes)].join('')
}

function changesWords(changes: readonly AccountChange[]): string {
  return changes
    .map(({ change, is, number, was }) => {
      return `account ${number}: ${money(was)} → ${money(is)} (${signed(change)})\n`
    })
    .join('')
}

/** Every line of an agreement's month with its formula and the sources of its numbers. */
export function explanationWords(
  { service, serviceName }: NamedAgreement,
  { difference, lines, month, statement, unit }: ExplainedMonth,
): string {
  const { accrued, benefit, closing, correction, opening, paid, penalty, subscription, subsidy } =
    statement
  const raised = [opening, accrued, subscription, penalty, correction].map(money).join(' + ')
  const lowered = [benefit, subsidy, paid].map((amount) => ` − ${money(amount)}`).join('')
  return [
    `${service} ${serviceName}, ${shown(month)}\n`,
    `  opening + accrued + subscription + penalty + correction − benefit − subsidy − paid\n`,
    `  ${raised}${lowered} = ${money(closing)}\n`,
    ...lines.map((line) => lineWords(line, unit)),
    ...(difference ? [differenceWords(difference, month)] : []),
  ].join('')
}

function lineWords(line: ExplainedLine, unit: string): string {
  const { about, amount, inputs, isPosted, kind, method, plain, reason, volume, zone } = line
  const told = [
    ...(volume === null ? [] : [` ${formatDecimal(volume)} ${unit} by ${method}`]),
    ...(zone === 0 ? [] : [` zone ${zone}`]),
    ...(about === null ? [] : [` for ${shown(about)}`]),
    ...(reason === null ? [] : [` because ${reason}`]),
    ...(isPosted ? [] : [' (paid to the person)']),
  ].join('')
  const sources = inputs.map(({ details, id, source, value }) => {
    const facts = Object.entries(details ?? {}).flatMap(([name, fact]) =>
      fact === null || fact === '' ? [] : [` ${name} ${fact}`],
    )
    return `      ${formatDecimal(value)} ${source}${id === null ? '' : ` ${id}`}${facts.join('')}\n`
  })
  return [`  ${kind} ${money(amount)}${told}: ${plain}\n`, ...sources].join('')
}

function differenceWords({ change, closing: _closing, ...causes }: Difference, month: Period) {
  const told = Object.entries(causes).flatMap(([name, amount]) =>
    amount === 0n ? [] : [` ${name} ${signed(amount)}`],
  )
  return `  against ${shown(addMonths(month, -1))}: ${signed(change)}${told.join('')}\n`
}
