import { meetPerson } from '../../core/access/person.ts'
import { type Context } from '../../core/context.ts'
import { readConversations, saveConversations } from '../../core/inbox/conversations.ts'
import { say } from '../../core/outbox/message.ts'
import { LANGUAGES, type Language } from '../../templates/translate.ts'
import { type Engine, takeTurn } from '../dialog/engine.ts'
import { dialogOf } from '../dialog/handle-updates.ts'
import { join, openBatch, refreshAccounts } from '../dialog/visitor.ts'
import { bodiesOf } from './message.ts'
import { type Welcome } from './webhook.ts'

/** Viber waits a few seconds; a database busy with an import must not keep it. */
const PATIENCE_MS = 3_000
/** What a deep link may carry; anything else is somebody's invention. */
const PAYLOAD = /^[\w-]{1,64}$/

/**
 * The answer to a person who opened the chat, made for this person alone. What the deep link
 * carried is stored before they subscribe, so their first word goes on from it. When the database
 * is slow the greeting comes without buttons, and the first word gets them.
 */
export function openWelcome(ctx: Context, engine: Engine): Welcome {
  return async (event) => {
    const { user } = event
    if (!user) return {}
    const hinted = LANGUAGES.find((known) => known === user.language?.slice(0, 2))
    const language = hinted ?? LANGUAGES[0]
    const made = greet(ctx, engine, { externalId: user.id, language, context: event.context })
    made.catch((error: unknown) => {
      const name = error instanceof Error ? error.name : 'unknown'
      ctx.log.error({ error: name }, 'a welcome could not be made')
    })
    const plain = bodiesOf({ lines: [say('start:welcome')] }, engine.translate(language)).at(-1)
    return Promise.race([made.catch(() => plain ?? {}), after(PATIENCE_MS, plain ?? {})])
  }
}

function after<T>(ms: number, value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(resolve, ms, value).unref())
}

type Opened = { externalId: string; language: Language; context: string | undefined }

function greet(
  ctx: Context,
  engine: Engine,
  { context, externalId, language }: Opened,
): Promise<object> {
  return ctx.sql.transaction(async (sql) => {
    const tx = { ...ctx, sql }
    const person = await meetPerson(tx, { channel: 'viber', externalId, language })
    const [known] = await readConversations(tx, [person])
    const visitor = join(openBatch(), person)
    await refreshAccounts(tx, visitor)
    const payload = context && PAYLOAD.test(context) ? context : null
    const stored = known ? dialogOf(known) : null
    const answer = await takeTurn(tx, engine, visitor, stored, { kind: 'start', payload })
    const { offered, state } = answer.dialog
    await saveConversations(tx, [{ identityId: person.identityId, state, choices: offered }])
    const [message] = answer.messages
    if (!message) throw new Error('a welcome says something')
    return bodiesOf(message, engine.translate(answer.language as Language)).at(-1) ?? {}
  })
}
