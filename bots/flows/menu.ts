import { type LinkedAccount } from '../../core/access/linked-accounts.ts'
import { type Choice, say } from '../../core/outbox/message.ts'
import { ask, type Flow, type FlowState, goTo, miss } from '../dialog/flow.ts'
import { type Intent, type Intents } from './intents.ts'
import { readTypedReading } from './typed-reading.ts'

type State = FlowState & { flow: 'menu'; step: 'choose' }

/** The flow behind each button, in the order of the buttons. */
const DOORS = ['balance', 'reading', 'bill', 'link', 'settings', 'help'] as const
type Door = (typeof DOORS)[number]
const NEEDS_ACCOUNT: readonly Door[] = ['balance', 'reading', 'bill']

/** The main menu: buttons, and free text that means one of them. */
export function openMenu(intents: Intents): Flow<State> {
  return async (_ctx, person, _state, input) => {
    const linked = person.accounts
    const choices = doorChoices(linked)
    const menu: State = { flow: 'menu', step: 'choose' }
    if (input.kind === 'entered') {
      if (linked.length > 0) return { say: [], choices, next: { stay: menu } }
      return ask(menu, [say('menu:no-account')], choices)
    }
    if (input.kind === 'choice') return enterDoor(input.value as Door, linked)
    if (input.kind === 'text') {
      const shortcut = readShortcut(input.text, linked)
      if (shortcut) return goTo(shortcut)
      const intent = intents.find(input.text)
      if (intent === 'emergency') return ask(menu, [say('menu:emergency')], choices)
      if (intent) return enterIntent(intent, linked)
    }
    return miss(ask(menu, [say('menu:not-understood')], choices))
  }
}

function doorChoices(linked: readonly LinkedAccount[]): Choice[] {
  const open = DOORS.filter((door) => linked.length > 0 || !NEEDS_ACCOUNT.includes(door))
  return open.map((door) => ({ label: say(`menu:door.${door}`), value: door }))
}

function enterDoor(door: Door, linked: readonly LinkedAccount[]) {
  if (linked.length === 0 && NEEDS_ACCOUNT.includes(door))
    return goTo({ flow: 'link', step: 'enter' }, [say('menu:link-first')])
  return goTo({ flow: door, step: door === 'help' ? 'show' : 'enter' })
}

function enterIntent(intent: Exclude<Intent, 'emergency'>, linked: readonly LinkedAccount[]) {
  if (intent === 'human') return goTo({ flow: 'help', step: 'human' })
  return enterDoor(intent, linked)
}

// `101 123`: the account and its reading; a number alone is a reading too.
function readShortcut(text: string, linked: readonly LinkedAccount[]): FlowState | null {
  if (linked.length === 0) return null
  const typed = readTypedReading(text, linked)
  if (!typed) return null
  const { numberKey, value } = typed
  const state = { flow: 'reading', step: 'enter', typed: value.toString() }
  return numberKey === null ? state : ({ ...state, numberKey } as FlowState)
}
