import { LANGUAGES, type Language, type Translate } from '../../templates/translate.ts'

/** What can be said at any step of any conversation. */
export type Command = 'menu' | 'cancel' | 'help'
const COMMANDS: readonly Command[] = ['menu', 'cancel', 'help']

export type Commands = { find: (text: string) => Command | null }

/**
 * Commands by their slash names and by their words in every language: a person may switch the
 * language and still type the old word.
 */
export function openCommands(translate: (language: Language) => Translate): Commands {
  const known = new Map<string, Command>()
  for (const command of COMMANDS) {
    known.set(`/${command}`, command)
    for (const language of LANGUAGES)
      for (const word of translate(language)(`dialog:command-words.${command}`).split('|'))
        known.set(word, command)
  }
  return { find: (text) => known.get(text.trim().toLocaleLowerCase('uk')) ?? null }
}
