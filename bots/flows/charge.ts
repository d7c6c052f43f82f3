import { explainMonth, type ExplainedMonth } from '../../core/billing/explain/explain-month.ts'
import { readLines } from '../../core/billing/explain/read-lines.ts'
import { type Context } from '../../core/context.ts'
import { type Choice, month, say } from '../../core/outbox/message.ts'
import { addMonths, type Period } from '../../core/period.ts'
import {
  ask,
  finish,
  type Flow,
  type FlowState,
  goTo,
  leaveToMenu,
  type Turn,
} from '../dialog/flow.ts'
import { type Visitor } from '../dialog/visitor.ts'
import { differenceLines } from './charge-difference.ts'
import { whyLines } from './charge-lines.ts'
import { findOwnAgreement } from './own-agreement.ts'

type View = 'why' | 'changed'
type State = FlowState & { flow: 'charge'; step: View; agreementId: number; month: Period }

/** Why a month of a service costs what it costs, and what changed since the month before. */
export const charge: Flow<State> = async (ctx, person, state, input) => {
  if (input.kind === 'entered') return show(ctx, person, state)
  if (input.kind !== 'choice') return leaveToMenu(input)
  if (input.value === 'menu') return finish([])
  if (input.value === 'months') return toMonths(state.agreementId)
  const { month: wanted, view } = input.value as { view: View; month: Period }
  return show(ctx, person, { ...state, step: view, month: wanted })
}

/** The buttons under a month's figures: both views of the month. */
export function chargeChoices(of: Period, views: readonly View[] = ['why', 'changed']): Choice[] {
  return views.map((view) => ({
    label: say(view === 'why' ? 'charge:why' : 'charge:changed', { month: month(of) }),
    value: { view, month: of },
  }))
}

/** The view of a month that a choice of `chargeChoices` asks for, or null for any other choice. */
export function chargeAsked(value: unknown, agreementId: number): State | null {
  if (typeof value !== 'object' || value === null || !('view' in value)) return null
  const { month: wanted, view } = value as { view: View; month: Period }
  return { flow: 'charge', step: view, agreementId, month: wanted }
}

async function show(ctx: Context, person: Visitor, state: State): Promise<Turn<State>> {
  const { agreementId, month: period, step } = state
  const own = await findOwnAgreement(ctx, person, agreementId)
  const explained = own && (await explainMonth(ctx, { agreementId, month: period }))
  if (!explained?.ok) return toMonths(agreementId)
  const told = { service: own?.serviceName ?? '', month: month(period) }
  const title = say(step === 'why' ? 'charge:why-title' : 'charge:changed-title', told)
  const lines =
    step === 'why' ? whyLines(explained.value) : await changedLines(ctx, explained.value)
  const hasBefore = explained.value.difference !== null
  const choices = [
    ...chargeChoices(period, [step === 'why' ? 'changed' : 'why']),
    ...(hasBefore ? chargeChoices(addMonths(period, -1), [step]) : []),
    { label: say('charge:months'), value: 'months' },
    { label: say('dialog:to-menu'), value: 'menu' },
  ]
  return ask<State>(state, [title, ...lines], choices)
}

async function changedLines(ctx: Context, explained: ExplainedMonth) {
  const { agreementId, difference, month: period } = explained
  const previous = addMonths(period, -1)
  if (difference === null) return [say('charge:nothing-before', { month: month(previous) })]
  const before = await readLines(ctx, agreementId, previous)
  return differenceLines({ ...explained, difference }, before)
}

function toMonths(agreementId: number): Turn<never> {
  return goTo({ flow: 'balance', step: 'service', agreementId } as FlowState)
}
