import { z } from 'zod'
import { type Person } from './people.ts'
import { type Telegram } from './telegram.ts'

const Text = z.strictObject({ text: z.string().min(1).max(10_000) })
const Start = z.strictObject({ payload: z.string().max(64).exactOptional() })
const Tap = z.strictObject({ label: z.string(), messageId: z.number().int().exactOptional() })
const Contact = z.strictObject({
  phone: z.string(),
  firstName: z.string().exactOptional(),
  userId: z.number().int().exactOptional(),
})
const Edit = z.strictObject({ messageId: z.number().int(), text: z.string().min(1) })
const Raw = z.looseObject({ update_id: z.number().int() })

const json = (body: Buffer): unknown => JSON.parse(body.toString('utf8') || '{}')

/** What a person can be told to do over HTTP, by the last part of the address. */
export function telegramActions(person: Person): Record<string, (body: Buffer) => unknown> {
  return {
    text: (body) => person.sendText(Text.parse(json(body)).text),
    start: (body) => person.pressStart(Start.parse(json(body)).payload),
    'inline-button': (body) => {
      const { label, messageId } = Tap.parse(json(body))
      return person.tapInline(label, messageId)
    },
    'reply-button': (body) => person.tapReply(Tap.parse(json(body)).label),
    'own-contact': () => person.shareOwnContact(),
    contact: (body) => person.shareContact(Contact.parse(json(body))),
    picture: (body) => person.sendPhoto(body),
    edit: (body) => {
      const { messageId, text } = Edit.parse(json(body))
      person.editMessage(messageId, text)
    },
    block: () => person.block(),
    unblock: () => person.unblock(),
    raw: (body) => person.sendRaw(Raw.parse(json(body))),
  }
}

/** The person's screen as JSON. */
export function telegramSnapshot(bot: Telegram, person: Person) {
  return {
    id: person.id,
    name: person.firstName,
    phone: person.phone,
    hasBlocked: person.hasBlocked(),
    messages: person.history(),
    keyboard: person.keyboard(),
    answers: person.callbackAnswers(),
    commands: bot.commands('uk'),
  }
}
