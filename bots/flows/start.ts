import { setLanguage } from '../../core/access/person.ts'
import { type Choice, say } from '../../core/outbox/message.ts'
import { LANGUAGES } from '../../templates/translate.ts'
import { ask, finish, type Flow, type FlowState, miss } from '../dialog/flow.ts'

type State = FlowState & { flow: 'start'; step: 'choose-language' }

/** Greets in four languages and asks for one; then the menu. */
export const start: Flow<State> = async (ctx, person, state, input) => {
  const welcome = ask(state, [say('start:welcome')], languageChoices())
  if (input.kind === 'entered') return welcome
  const language = input.kind === 'choice' && LANGUAGES.find((known) => known === input.value)
  if (!language) return miss(welcome)
  await setLanguage(ctx, person.consumerId, language)
  person.language = language
  return finish([say('start:hello')])
}

/** The four languages, each by its own name. */
export function languageChoices(): Choice[] {
  return LANGUAGES.map((language) => ({
    label: say(`start:language.${language}`),
    value: language,
  }))
}
