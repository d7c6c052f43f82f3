import { say } from '../../core/outbox/message.ts'
import { finish, type Flow, type FlowState } from '../dialog/flow.ts'
import { contactLines, humanLines } from './contacts.ts'

type State = FlowState & { flow: 'help'; step: 'show' | 'human' }

/** What the bot can do and whom to call; `human` gives the phones first. */
export const help: Flow<State> = async (ctx, person, state) => {
  if (state.step === 'human') return finish(await humanLines(ctx, person))
  return finish([say('help:what-i-do'), ...(await contactLines(ctx, person))])
}
