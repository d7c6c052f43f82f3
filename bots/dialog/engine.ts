import { type Context } from '../../core/context.ts'
import {
  type Button,
  type Choice,
  type Line,
  type Message,
  say,
} from '../../core/outbox/message.ts'
import { type Language, type Translate } from '../../templates/translate.ts'
import { type Command, type Commands } from './commands.ts'
import { type Bubble, type Flow, type FlowState, MENU, type Turn } from './flow.ts'
import { type Input, type RawInput } from './input.ts'
import { renderLabel, renderLine } from './render.ts'
import { isToken, newToken } from './token.ts'
import { type Visitor } from './visitor.ts'

/** A choice as it was offered: found again by its token, or by its label typed in its own step. */
type Offered = { token: string; value: Choice['value']; label: Line }

/** Where a person's conversation stands, as stored. */
export type DialogState = { state: FlowState; offered: Offered[]; updatedAt: Date }

export type Engine = {
  flows: Record<string, Flow<FlowState>>
  translate: (language: Language) => Translate
  commands: Commands
  /** Whether a text a step did not understand must be answered all the same. */
  isEmergency: (text: string) => boolean
  isMeaningful: (text: string) => boolean
  /** The offer of a human. */
  humanLines: (ctx: Context, person: Visitor) => Promise<Line[]>
}

/** What a turn gives: messages in order and the dialog to store; `stale` says a button was not current. */
export type Answer = {
  messages: Message[]
  dialog: { state: FlowState; offered: Offered[] }
  language: string
  stale: boolean
}

const ENTERED: Input = { kind: 'entered' }
/** A conversation left alone this long starts again from the menu. */
const EXPIRES_MS = 24 * 60 * 60 * 1000
/**
 * Stands where a step offers nothing to press: a way out, and in Viber the old keyboard would stay
 * on the screen without it.
 */
const CANCEL = '/cancel'
const CANCEL_CHOICE: Choice = { label: say('dialog:cancel'), value: CANCEL }
/** Messages not understood in a row before a human is offered. */
const MISSES_MAX = 2
/** Flows entered one from another in a single turn; more is a circle. */
const HOPS_MAX = 5

/**
 * One update of one person: finds what was meant, asks the flow, gives back what to say and where
 * the conversation stands. Everything a conversation needs everywhere is here: menu, cancel, help,
 * expiry, buttons that cannot be forged.
 */
export async function takeTurn(
  ctx: Context,
  engine: Engine,
  person: Visitor,
  stored: DialogState | null,
  raw: RawInput,
): Promise<Answer> {
  const translate = engine.translate(person.language as Language)
  const dialog = stored ?? { state: MENU, offered: [], updatedAt: ctx.now() }
  const expired = dialog.state.flow !== MENU.flow && ageMs(ctx, dialog) > EXPIRES_MS
  if (raw.kind === 'button') {
    const chosen = dialog.offered.find((offered) => offered.token === raw.token)
    if (!chosen) return staleAnswer(person, dialog)
    // Its step is over, but a person who only presses buttons needs new ones.
    if (expired) return converse(ctx, engine, person, MENU, ENTERED, [bubble('dialog:expired')])
    if (chosen.value === CANCEL) return obey(ctx, engine, person, dialog, 'cancel')
    return converse(ctx, engine, person, dialog.state, { kind: 'choice', value: chosen.value })
  }
  // A token is what a button sends; typed by hand it is nothing, not even an answer to a question.
  if (raw.kind === 'text' && isToken(raw.text.trim())) return staleAnswer(person, dialog)
  if (raw.kind === 'start') return enter(ctx, engine, person, startState(stored, raw.payload))
  const command = raw.kind === 'text' ? engine.commands.find(raw.text) : null
  if (command) return obey(ctx, engine, person, dialog, command)
  if (expired) return converse(ctx, engine, person, MENU, plain(raw), [bubble('dialog:expired')])
  // Before any step takes it for an answer: a note, a number with digits in it.
  if (raw.kind === 'text' && dialog.state.flow !== MENU.flow && engine.isEmergency(raw.text))
    return converse(ctx, engine, person, MENU, plain(raw))
  if (raw.kind === 'text') {
    const labelled = labelledBy(raw.text, dialog.offered, translate)
    const [only, another] = labelled
    if (only && another) return repeat(person, dialog, [say('dialog:which-one')])
    if (only) {
      if (only.value === CANCEL) return obey(ctx, engine, person, dialog, 'cancel')
      const input: Input = { kind: 'choice', value: only.value }
      return converse(ctx, engine, person, dialog.state, input)
    }
  }
  return converse(ctx, engine, person, dialog.state, plain(raw))
}

function ageMs(ctx: Context, dialog: DialogState): number {
  return ctx.now().getTime() - dialog.updatedAt.getTime()
}

function plain(raw: Exclude<RawInput, { kind: 'button' | 'start' }>): Input {
  if (raw.kind === 'text') return { kind: 'text', text: raw.text }
  if (raw.kind === 'contact') return raw
  return { kind: raw.kind === 'photo' ? 'photo' : 'other' }
}

function startState(stored: DialogState | null, payload: string | null): FlowState {
  if (payload && !isToken(payload))
    return { flow: 'link', step: 'enter', code: payload } as FlowState
  return stored ? MENU : { flow: 'start', step: 'choose-language' }
}

function obey(
  ctx: Context,
  engine: Engine,
  person: Visitor,
  dialog: DialogState,
  command: Command,
): Promise<Answer> {
  if (command === 'help') return enter(ctx, engine, person, { flow: 'help', step: 'show' })
  const interrupted = command === 'cancel' && dialog.state.flow !== MENU.flow
  const said = interrupted ? [bubble('dialog:cancelled')] : []
  return converse(ctx, engine, person, MENU, ENTERED, said)
}

function enter(ctx: Context, engine: Engine, person: Visitor, state: FlowState): Promise<Answer> {
  return converse(ctx, engine, person, state, ENTERED)
}

async function converse(
  ctx: Context,
  engine: Engine,
  person: Visitor,
  from: FlowState,
  first: Input,
  before: Bubble[] = [],
): Promise<Answer> {
  const said = [...before]
  let state = from
  let input = first
  for (let hop = 0; hop < HOPS_MAX; hop++) {
    const flow = engine.flows[state.flow]
    // A flow that a deploy removed: the conversation goes on from the menu.
    if (!flow) return enter(ctx, engine, person, MENU)
    const turn: Turn = await flow(ctx, person, state, input)
    if (isMeantForMenu(engine, state, turn, input)) {
      state = MENU
      continue
    }
    said.push(...turn.say)
    if ('stay' in turn.next) {
      const misses = turn.missed ? (from.misses ?? 0) + 1 : 0
      if (misses >= MISSES_MAX) addLines(said, await engine.humanLines(ctx, person))
      return answer(ctx, person, said, turn.choices, { ...turn.next.stay, misses })
    }
    state = turn.next.go
    input = turn.next.input ?? ENTERED
  }
  throw new Error(`flows lead in a circle at ${state.flow}`)
}

// Words that a step cannot use may be for the menu: a balance, a bill, a human.
function isMeantForMenu(engine: Engine, { flow }: FlowState, turn: Turn, input: Input): boolean {
  return (
    turn.missed === true &&
    flow !== MENU.flow &&
    input.kind === 'text' &&
    engine.isMeaningful(input.text)
  )
}

function addLines(said: Bubble[], lines: readonly Line[]): void {
  const last = said.pop() ?? { lines: [] }
  said.push({ ...last, lines: [...last.lines, ...lines] })
}

function answer(
  ctx: Context,
  person: Visitor,
  said: Bubble[],
  choices: readonly Choice[],
  state: FlowState,
): Answer {
  const bubbles = said.length > 0 ? said : [bubble('menu:title')]
  const offered = (choices.length > 0 ? choices : [CANCEL_CHOICE]).map(({ label, value }) => ({
    token: newToken(ctx),
    value,
    label,
  }))
  const messages = bubbles.map((each, index): Message =>
    index === bubbles.length - 1 ? { ...each, buttons: buttonsOf(offered) } : each,
  )
  return { messages, dialog: { state, offered }, language: person.language, stale: false }
}

function bubble(key: string): Bubble {
  return { lines: [say(key)] }
}

function buttonsOf(offered: readonly Offered[]): Button[] {
  return offered.map(({ label, token }) => ({ label, token }))
}

function labelledBy(text: string, offered: readonly Offered[], translate: Translate): Offered[] {
  const typed = fold(text)
  return offered.filter(({ label }) =>
    // As it reads on the button, or whole when the button shows it shortened.
    [renderLabel, renderLine].some((render) => fold(render(label, translate)) === typed),
  )
}

function fold(text: string): string {
  return text.replace(/\s+/g, ' ').trim().toLocaleLowerCase('uk')
}

// The dialog stays as it was: its buttons are offered again with the tokens they had.
function repeat(person: Visitor, dialog: DialogState, lines: Line[]): Answer {
  const { offered, state } = dialog
  const messages = [{ lines, buttons: buttonsOf(offered) }]
  return { messages, dialog: { state, offered }, language: person.language, stale: false }
}

function staleAnswer(person: Visitor, dialog: DialogState): Answer {
  return { ...repeat(person, dialog, [say('dialog:step-finished')]), stale: true }
}
