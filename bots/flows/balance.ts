import { type LinkedAccount } from '../../core/access/linked-accounts.ts'
import { type Context } from '../../core/context.ts'
import { type AgreementBalance } from '../../core/ledger/read-balances.ts'
import { type ChargeInputs, readCharges } from '../../core/billing/explain/read-charges.ts'
import { readStatements } from '../../core/ledger/read-statements.ts'
import { type Statement } from '../../core/ledger/statement.ts'
import { toPay } from '../../core/ledger/to-pay.ts'
import { kopecks } from '../../core/money.ts'
import {
  amount,
  type Choice,
  day,
  type Line,
  money,
  month,
  say,
  words,
} from '../../core/outbox/message.ts'
import { type Period, type PlainDate } from '../../core/period.ts'
import {
  ask,
  finish,
  type Flow,
  type FlowState,
  goTo,
  leaveToMenu,
  type Turn,
} from '../dialog/flow.ts'
import { type Input } from '../dialog/input.ts'
import { pageAsked, pageOf } from '../dialog/paging.ts'
import { readOwnBalances, type Visitor } from '../dialog/visitor.ts'
import { chargeAsked, chargeChoices } from './charge.ts'
import { findOwnAgreement } from './own-agreement.ts'

type Overview = { flow: 'balance'; step: 'enter' | 'overview'; page?: number }
type Service = { flow: 'balance'; step: 'service'; agreementId: number; before?: Period }
type State = FlowState & (Overview | Service)

/** Months of «Стан рахунків» in one message: what a phone shows without scrolling far. */
const MONTHS_SHOWN = 4

/** What is owed: the total, each service, and the months of a service. */
export const balance: Flow<State> = async (ctx, person, state, input) => {
  if (state.step === 'service' && input.kind === 'entered') return showService(ctx, person, state)
  if (state.step === 'service') return leaveService(ctx, person, state, input)
  if (state.step === 'overview' && input.kind === 'choice') {
    const page = pageAsked(input.value)
    if (page !== null) return showOverview(ctx, person, page)
    if (input.value === 'menu') return finish([])
    return showService(ctx, person, { agreementId: input.value as number })
  }
  if (state.step === 'overview') return leaveToMenu(input)
  return showOverview(ctx, person, 0)
}

async function showOverview(ctx: Context, person: Visitor, page: number): Promise<Turn<State>> {
  const linked = person.accounts
  if (linked.length === 0) return goTo({ flow: 'link', step: 'enter' }, [say('menu:link-first')])
  const balances = await readOwnBalances(ctx, person)
  const owed = toPay(balances.map((row) => row.balance))
  const lines: Line[] = [say('balance:total', { total: money(owed) })]
  for (const account of linked) lines.push(...accountLines(account, balances))
  const known = oldest(balances)
  if (known) lines.push(say('balance:as-of', { day: day(known) }))
  const choices = pageOf(balances.map(serviceChoice(linked)), page, [
    { label: say('dialog:to-menu'), value: 'menu' },
  ])
  return ask<State>({ flow: 'balance', step: 'overview', page }, lines, choices)
}

// The total is as old as its oldest part.
function oldest(balances: readonly AgreementBalance[]): PlainDate | null {
  const days = balances.flatMap(({ knownUntil }) => knownUntil ?? [])
  return days.reduce<PlainDate | null>((a, b) => (a && a < b ? a : b), null)
}

function accountLines(account: LinkedAccount, balances: readonly AgreementBalance[]): Line[] {
  const own = balances.filter((row) => row.accountId === account.accountId)
  const { address, number, providerName } = account
  return [
    say('balance:account', { provider: providerName, number, address }),
    ...own.map((row) => standing(row)),
  ]
}

function standing({ balance: owed, serviceName }: AgreementBalance): Line {
  if (owed >= 0n) return say('balance:owed', { service: serviceName, amount: money(owed) })
  return say('balance:overpaid', { service: serviceName, amount: money(kopecks(-owed)) })
}

// Two accounts may have a service of one name; the account number tells the buttons apart.
function serviceChoice(linked: readonly LinkedAccount[]) {
  const number = new Map(linked.map((account) => [account.accountId, account.number]))
  return (row: AgreementBalance): Choice => ({
    label: say(linked.length > 1 ? 'balance:service-of' : 'balance:service', {
      service: row.serviceName,
      number: number.get(row.accountId) ?? '',
    }),
    value: row.agreementId,
  })
}

async function showService(
  ctx: Context,
  person: Visitor,
  which: { agreementId: number; before?: Period },
): Promise<Turn<State>> {
  const { agreementId, before } = which
  const own = await findOwnAgreement(ctx, person, agreementId)
  if (!own) return showOverview(ctx, person, 0)
  const options = { limit: MONTHS_SHOWN + 1, ...(before ? { before } : {}) }
  const found = await readStatements(ctx, agreementId, options)
  const shown = found.slice(0, MONTHS_SHOWN)
  const lines = [say('balance:months-of', { service: own.serviceName })]
  const charged = await readCharges(
    ctx,
    agreementId,
    shown.map((row) => row.period),
  )
  for (const row of shown)
    lines.push(
      ...monthLines(
        row,
        charged.find(({ period }) => period === row.period),
      ),
    )
  if (shown.length === 0) lines.push(say('balance:no-months'))
  const newest = shown[0]
  const last = shown.at(-1)
  const choices = newest ? chargeChoices(newest.period) : []
  if (found.length > MONTHS_SHOWN && last)
    choices.push({ label: say('balance:earlier'), value: { before: last.period } })
  choices.push({ label: say('balance:data'), value: 'data' })
  choices.push({ label: say('balance:services'), value: 'overview' })
  choices.push({ label: say('dialog:to-menu'), value: 'menu' })
  const state: State = {
    flow: 'balance',
    step: 'service',
    agreementId,
    ...(before ? { before } : {}),
  }
  return ask<State>(state, lines, choices)
}

/** The row of «Стан рахунків» in words: what a narrow phone can show; zero columns are left out. */
function monthLines(row: Statement, charged: ChargeInputs | undefined): Line[] {
  const columns = ['subscription', 'penalty', 'correction'] as const
  const less = ['benefit', 'subsidy', 'paid'] as const
  return [
    say('balance:month', { month: month(row.period) }),
    say('balance:column.opening', { amount: money(row.opening) }),
    say('balance:column.accrued', { amount: money(row.accrued) }),
    ...(charged ? formulaLines(charged) : []),
    ...[...columns, ...less]
      .filter((column) => row[column] !== 0n || column === 'paid')
      .map((column) => say(`balance:column.${column}`, { amount: money(row[column]) })),
    say('balance:column.closing', { amount: money(row.closing) }),
  ]
}

// Why this much: the volume and the price of each zone.
function formulaLines({ method, parts, unit }: ChargeInputs): Line[] {
  return parts.map(({ price, volume }) =>
    say('balance:formula', {
      volume: amount(volume),
      unit,
      price: { quantity: price.toString() },
      method: words(`balance:method.${method}`),
    }),
  )
}

async function leaveService(
  ctx: Context,
  person: Visitor,
  state: Service,
  input: Input,
): Promise<Turn<State>> {
  if (input.kind !== 'choice') return leaveToMenu(input)
  if (input.value === 'overview') return showOverview(ctx, person, 0)
  if (input.value === 'menu') return finish([])
  const { agreementId } = state
  if (input.value === 'data') return goTo({ flow: 'data', step: 'show', agreementId } as FlowState)
  const charge = chargeAsked(input.value, agreementId)
  if (charge) return goTo(charge)
  const { before } = input.value as { before: Period }
  return showService(ctx, person, { agreementId, before })
}
