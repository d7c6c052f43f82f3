import { type LinkedAccount } from '../../core/access/linked-accounts.ts'
import { readIssuedMonths } from '../../core/billing/issued-months.ts'
import { type Context } from '../../core/context.ts'
import { type Choice, month, say } from '../../core/outbox/message.ts'
import { type Period } from '../../core/period.ts'
import {
  ask,
  finish,
  type Flow,
  type FlowState,
  goTo,
  leaveToMenu,
  type Turn,
} from '../dialog/flow.ts'
import { pageAsked, pageOf } from '../dialog/paging.ts'

type Enter = { flow: 'bill'; step: 'enter' }
type ChooseAccount = { flow: 'bill'; step: 'account'; page: number }
type ChooseMonth = { flow: 'bill'; step: 'month'; accountId: number }
type State = FlowState & (Enter | ChooseAccount | ChooseMonth)

const MONTHS_OFFERED = 6

/** Sends the month's bill as a PDF: the newest at once, earlier months to choose. */
export const bill: Flow<State> = async (ctx, person, state, input) => {
  const linked = person.accounts
  if (state.step === 'enter') return enter(ctx, linked)
  if (input.kind !== 'choice') return leaveToMenu(input)
  if (input.value === 'menu') return finish([])
  if (state.step === 'account') {
    const page = pageAsked(input.value)
    if (page !== null) return chooseAccount(linked, page)
    return sendNewest(ctx, linked, input.value as number)
  }
  return sendBill(ctx, linked, state.accountId, input.value as Period)
}

function enter(ctx: Context, linked: readonly LinkedAccount[]): Turn<State> | Promise<Turn<State>> {
  const [first, second] = linked
  if (!first) return goTo({ flow: 'link', step: 'enter' }, [say('menu:link-first')])
  return second ? chooseAccount(linked, 0) : sendNewest(ctx, linked, first.accountId)
}

function chooseAccount(linked: readonly LinkedAccount[], page: number): Turn<State> {
  const choices = linked.map((account): Choice => ({
    label: say('bills:account', { provider: account.providerName, number: account.number }),
    value: account.accountId,
  }))
  const toMenu: Choice = { label: say('dialog:to-menu'), value: 'menu' }
  const state: State = { flow: 'bill', step: 'account', page }
  return ask<State>(state, [say('bills:which-account')], pageOf(choices, page, [toMenu]))
}

async function sendNewest(
  ctx: Context,
  linked: readonly LinkedAccount[],
  accountId: number,
): Promise<Turn<State>> {
  const [newest] = await readIssuedMonths(ctx, accountId, 1)
  if (newest === undefined) return finish([say('bills:none-yet')])
  return sendBill(ctx, linked, accountId, newest)
}

async function sendBill(
  ctx: Context,
  linked: readonly LinkedAccount[],
  accountId: number,
  wanted: Period,
): Promise<Turn<State>> {
  const account = linked.find((each) => each.accountId === accountId)
  const months = await readIssuedMonths(ctx, accountId, MONTHS_OFFERED)
  if (!account || !months.includes(wanted)) return finish([say('bills:none-yet')])
  const { number, providerName } = account
  const lines = [say('bills:here', { month: month(wanted), provider: providerName, number })]
  const others = months.filter((each) => each !== wanted)
  const choices = others.map((each): Choice => ({
    label: say('bills:month', { month: month(each) }),
    value: each,
  }))
  return {
    say: [{ lines, document: { kind: 'bill', accountId, month: wanted } }],
    choices: [...choices, { label: say('dialog:to-menu'), value: 'menu' }],
    next: { stay: { flow: 'bill', step: 'month', accountId } },
  }
}
