import { type Context } from '../../core/context.ts'
import { type Input } from './input.ts'
import { type Visitor } from './visitor.ts'
import { type Choice, type DocumentRef, type Line } from '../../core/outbox/message.ts'

/**
 * Plain JSON kept between updates: which conversation, at which step, with what is known. `misses`,
 * how many messages in a row were not understood, is the engine's.
 */
export type FlowState = { flow: string; step: string; misses?: number }

/** A bubble a flow says. */
export type Bubble = { lines: Line[]; document?: DocumentRef; asksContact?: boolean }

/**
 * What a flow answers: bubbles to say, choices under the last one, and where the conversation
 * stands next. `go` enters another flow in the same turn, with `input` to take there.
 */
export type Turn<S extends FlowState = FlowState> = {
  say: Bubble[]
  choices: Choice[]
  next: { stay: S } | { go: FlowState; input?: Input }
  /** The step could not use what the person said: an emergency is looked for, a human is offered. */
  missed?: true
}

/** A conversation: state in, turn out. It knows no messenger and no words. */
export type Flow<S extends FlowState> = (
  ctx: Context,
  person: Visitor,
  state: S,
  input: Input,
) => Promise<Turn<S>>

/** Where every conversation ends: the main menu. */
export const MENU: FlowState = { flow: 'menu', step: 'choose' }

/** Says lines and waits in `state` with `choices` to press. */
export function ask<S extends FlowState>(state: S, lines: Line[], choices: Choice[] = []): Turn<S> {
  return { say: [{ lines }], choices, next: { stay: state } }
}

/** Says lines and goes back to the main menu, whose buttons come under the last bubble. */
export function finish(lines: Line[]): Turn<never> {
  return { say: lines.length > 0 ? [{ lines }] : [], choices: [], next: { go: MENU } }
}

/** Goes on in another flow without a word of its own. */
export function goTo(state: FlowState, lines: Line[] = []): Turn<never> {
  return { say: lines.length > 0 ? [{ lines }] : [], choices: [], next: { go: state } }
}

/** Marks a turn that asks again because the step did not understand. */
export function miss<S extends FlowState>(turn: Turn<S>): Turn<S> {
  return { ...turn, missed: true }
}

/** Lets the menu understand what this step could not: free text works everywhere. */
export function leaveToMenu(input: Input): Turn<never> {
  return { say: [], choices: [], next: { go: MENU, input } }
}
