import { meetPerson } from '../../core/access/person.ts'
import { type Context } from '../../core/context.ts'
import { readConversations, saveConversations } from '../../core/inbox/conversations.ts'
import { LANGUAGES, type Language } from '../../templates/translate.ts'
import { type Engine, takeTurn } from '../dialog/engine.ts'
import { dialogOf } from '../dialog/handle-updates.ts'
import { join, openBatch, refreshAccounts } from '../dialog/visitor.ts'
import { bodiesOf } from './message.ts'
import { type Welcome } from './webhook.ts'

/**
 * The answer to a person who opened the chat, made for this person alone. What the deep link
 * carried is stored before they subscribe, so their first word goes on from it.
 */
export function openWelcome(ctx: Context, engine: Engine): Welcome {
  return (event) =>
    ctx.sql.transaction(async (sql) => {
      const tx = { ...ctx, sql }
      const externalId = event.user?.id ?? ''
      const hinted = LANGUAGES.find((known) => known === event.user?.language?.slice(0, 2))
      const language = hinted ?? LANGUAGES[0]
      const person = await meetPerson(tx, { channel: 'viber', externalId, language })
      const [known] = await readConversations(tx, [person])
      const stored = known ? dialogOf(known) : null
      const visitor = join(openBatch(), person)
      await refreshAccounts(tx, visitor)
      const payload = event.context || null
      const answer = await takeTurn(tx, engine, visitor, stored, { kind: 'start', payload })
      const { offered, state } = answer.dialog
      await saveConversations(tx, [{ identityId: person.identityId, state, choices: offered }])
      const [message] = answer.messages
      if (!message) throw new Error('a welcome says something')
      return bodiesOf(message, engine.translate(answer.language as Language)).at(-1) ?? {}
    })
}
