import { type Api, GrammyError } from 'grammy'
import { type Language, type Translate } from '../../templates/translate.ts'
import { ALLOWED_UPDATES } from './poll.ts'
import { setCommands } from './set-commands.ts'

/** Telegram did not take the bot's settings; the message says why and holds no token. */
export class IntroductionError extends Error {
  constructor(reason: string) {
    super(`Telegram did not take the bot's settings: ${reason}`)
    this.name = 'IntroductionError'
  }
}

/**
 * Tells Telegram the bot's commands and where to send updates; without a public address it is to
 * keep them until polled. Throws IntroductionError.
 */
export async function introduce(
  api: Api,
  options: {
    translate: (language: Language) => Translate
    publicUrl: string | undefined
    secret: string
  },
): Promise<void> {
  const { publicUrl, secret, translate } = options
  try {
    await setCommands(api, translate)
    if (!publicUrl) await api.deleteWebhook()
    else
      await api.setWebhook(`${publicUrl}/webhooks/telegram`, {
        secret_token: secret,
        allowed_updates: [...ALLOWED_UPDATES],
      })
  } catch (error) {
    throw new IntroductionError(reasonOf(error))
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof GrammyError) return `${error.method}: ${error.description}`
  return error instanceof Error ? error.name : 'unknown'
}
