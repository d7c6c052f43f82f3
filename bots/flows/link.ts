import { linkAccount } from '../../core/access/link-account.ts'
import { requestLink } from '../../core/access/link-request.ts'
import { type Proof, type ProofKind } from '../../core/access/proof.ts'
import { type Context } from '../../core/context.ts'
import { kopecks } from '../../core/money.ts'
import { tellOfFailedTries, tellOfNewLink } from '../../core/notices/warn-holders.ts'
import { type Choice, type Line, say } from '../../core/outbox/message.ts'
import { makeDate, type PlainDate } from '../../core/period.ts'
import { accountKey } from '../../core/registry/account-number.ts'
import { ask, finish, type Flow, type FlowState, miss, type Turn } from '../dialog/flow.ts'
import { type Input } from '../dialog/input.ts'
import { parseSum } from '../dialog/number.ts'
import { refreshAccounts, type Visitor } from '../dialog/visitor.ts'

type Enter = { flow: 'link'; step: 'enter' | 'number'; code?: string }
type ChooseProof = { flow: 'link'; step: 'proof'; number: string }
type EnterFact = { flow: 'link'; step: 'fact'; number: string; proof: ProofKind }
type EnterNote = { flow: 'link'; step: 'note'; number: string }
type State = FlowState & (Enter | ChooseProof | EnterFact | EnterNote)

const NUMBER_LENGTH_MAX = 30
const NOTE_LENGTH_MAX = 500

/**
 * Links an account by two facts: its number and one thing only its people know. Before that
 * nothing of the account is said, and a wrong number sounds like a wrong fact.
 */
export const link: Flow<State> = async (ctx, person, state, input) => {
  switch (state.step) {
    case 'enter':
      return ask({ ...state, step: 'number' }, [say('link:ask-number')])
    case 'number':
      return takeNumber(ctx, person, state, input)
    case 'proof':
      return takeProofKind(person, state, input)
    case 'fact':
      return takeFact(ctx, person, state, input)
    case 'note':
      return takeNote(ctx, person, state, input)
  }
}

function takeNumber(
  ctx: Context,
  person: Visitor,
  state: Enter,
  input: Input,
): Turn<State> | Promise<Turn<State>> {
  const number = input.kind === 'text' ? input.text.trim() : ''
  if (!/\d/.test(number) || number.length > NUMBER_LENGTH_MAX)
    return miss(ask<State>(state, [say('link:number-unclear')]))
  // The code came with the link from a bill: both facts are here.
  if (state.code)
    return tryFact(ctx, person, { number, proof: { kind: 'bill-code', code: state.code } })
  return askProof(person, number)
}

function askProof(person: Visitor, number: string, before: Line[] = []): Turn<State> {
  const state: State = { flow: 'link', step: 'proof', number }
  return ask<State>(state, [...before, say('link:ask-proof', { number })], proofChoices(person))
}

function proofChoices(person: Visitor): Choice[] {
  // Viber cannot prove that a shared contact is the sender's own.
  const kinds: (ProofKind | 'staff')[] =
    person.channel === 'telegram'
      ? ['bill-code', 'meter', 'payment', 'phone', 'staff']
      : ['bill-code', 'meter', 'payment', 'staff']
  return kinds.map((kind) => ({ label: say(`link:proof.${kind}`), value: kind }))
}

function takeProofKind(person: Visitor, state: ChooseProof, input: Input): Turn<State> {
  if (input.kind !== 'choice')
    return miss(askProof(person, state.number, [say('dialog:press-or-type')]))
  const { number } = state
  if (input.value === 'staff') {
    return ask<State>({ flow: 'link', step: 'note', number }, [say('link:ask-note')])
  }
  const proof = input.value as ProofKind
  return askFact({ flow: 'link', step: 'fact', number, proof })
}

function askFact(state: EnterFact, before: Line[] = []): Turn<State> {
  const lines = [...before, say(`link:ask-fact.${state.proof}`)]
  const asksContact = state.proof === 'phone'
  return { say: [{ lines, asksContact }], choices: [], next: { stay: state } }
}

function takeFact(
  ctx: Context,
  person: Visitor,
  state: EnterFact,
  input: Input,
): Turn<State> | Promise<Turn<State>> {
  const proof = readFact(state.proof, input)
  if (!proof) return miss(askFact(state, [say(`link:fact-unclear.${state.proof}`)]))
  return tryFact(ctx, person, { number: state.number, proof })
}

function readFact(kind: ProofKind, input: Input): Proof | null {
  if (kind === 'phone')
    return input.kind === 'contact' && input.own ? { kind, phone: input.phone } : null
  if (input.kind !== 'text') return null
  const text = input.text.trim()
  if (text === '' || text.length > NUMBER_LENGTH_MAX) return null
  if (kind === 'meter') return /\d/.test(text) ? { kind, serial: text } : null
  if (kind === 'bill-code') return isBillCode(text) ? { kind, code: text } : null
  return readPayment(text)
}

// A slip of the finger must not cost one of the day's tries.
function isBillCode(text: string): boolean {
  return /^[0-9A-Z]{10}$/.test(accountKey(text).replaceAll('-', ''))
}

// `200,20 15.10.2026`: the sum, then the day.
function readPayment(text: string): Proof | null {
  const match = /^(.+?)[\s;,]+(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})$/.exec(text)
  const amount = match?.[1] === undefined ? null : parseSum(match[1])
  const paidOn: PlainDate | null =
    match && makeDate(fullYear(Number(match[4])), Number(match[3]), Number(match[2]))
  return amount === null || !paidOn ? null : { kind: 'payment', amount: kopecks(amount), paidOn }
}

function fullYear(year: number): number {
  return year < 100 ? 2000 + year : year
}

async function tryFact(
  ctx: Context,
  person: Visitor,
  given: { number: string; proof: Proof },
): Promise<Turn<State>> {
  const result = await linkAccount(ctx, { person, ...given })
  const { consumerId } = person
  if (result.ok) {
    await refreshAccounts(ctx, person)
    await tellOfNewLink(ctx, { accountIds: result.value.newAccountIds, consumerId })
    const added = person.accounts.filter((a) => result.value.accountIds.includes(a.accountId))
    return finish(
      added.map(({ address, number, providerName }) =>
        say('link:done', { provider: providerName, number, address }),
      ),
    )
  }
  if (result.code === 'too-many-tries') return finish([say('link:too-many-tries')])
  await tellOfFailedTries(ctx, { accountIds: result.warn, consumerId })
  return askProof(person, given.number, [say('link:not-accepted')])
}

async function takeNote(
  ctx: Context,
  person: Visitor,
  state: EnterNote,
  input: Input,
): Promise<Turn<State>> {
  if (input.kind !== 'text') return miss(ask<State>(state, [say('link:ask-note')]))
  const note = input.text.slice(0, NOTE_LENGTH_MAX)
  const result = await requestLink(ctx, { person, number: state.number, note })
  if (!result.ok) return finish([say('link:too-many-requests')])
  return finish([say('link:request-taken', { no: result.value.requestId })])
}
