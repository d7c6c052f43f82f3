import { say } from '../../core/outbox/message.ts'
import { finish, type Flow, type FlowState } from '../dialog/flow.ts'
import { contactLines } from './contacts.ts'

type State = FlowState & { flow: 'help'; step: 'show' | 'human' }

/** What the bot can do and whom to call; `human` gives the phones first. */
export const help: Flow<State> = async (ctx, person, state) => {
  const contacts = await contactLines(ctx, person)
  if (state.step === 'human') return finish([say('help:human'), ...contacts])
  return finish([say('help:what-i-do'), ...contacts])
}
