import { type Api } from 'grammy'
import { LANGUAGES, type Language, type Translate } from '../../templates/translate.ts'

const COMMANDS = ['menu', 'cancel', 'help'] as const

/** Shows the commands in Telegram's menu, in each language; Ukrainian for all others. */
export async function setCommands(
  api: Api,
  translate: (language: Language) => Translate,
): Promise<void> {
  const commandsIn = (language: Language) =>
    COMMANDS.map((command) => ({
      command,
      description: translate(language)(`dialog:command.${command}`),
    }))
  await api.setMyCommands(commandsIn(LANGUAGES[0]))
  for (const language of LANGUAGES)
    await api.setMyCommands(commandsIn(language), { language_code: language })
}
