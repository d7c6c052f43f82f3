import { z } from 'zod'
import { keyboardRows, labelOf, type ViberButton } from './message.ts'
import { type ViberPerson } from './people.ts'

const Text = z.strictObject({ text: z.string().min(1).max(10_000) })
const Open = z.strictObject({ payload: z.string().max(500).exactOptional() })
const Tap = z.strictObject({ label: z.string() })
const Contact = z.strictObject({ phone: z.string(), name: z.string().exactOptional() })
const Raw = z.looseObject({ event: z.string() })

const json = (body: Buffer): unknown => JSON.parse(body.toString('utf8') || '{}')

/** What a person can be told to do over HTTP, by the last part of the address. */
export function viberActions(person: ViberPerson): Record<string, (body: Buffer) => unknown> {
  return {
    text: (body) => person.sendText(Text.parse(json(body)).text),
    open: (body) => person.open(Open.parse(json(body)).payload),
    button: (body) => person.tap(Tap.parse(json(body)).label),
    'own-contact': () => person.shareContact(),
    contact: (body) => person.shareContact(Contact.parse(json(body))),
    picture: (body) => person.sendPicture(body),
    subscribe: () => person.subscribe(),
    unsubscribe: () => person.unsubscribe(),
    raw: (body) => person.sendRaw(Raw.parse(json(body))),
  }
}

/** The person's screen as JSON; buttons are laid out in rows and carry their plain label. */
export function viberSnapshot(person: ViberPerson) {
  const { Buttons = [], InputFieldState = 'regular' } = person.keyboard() ?? {}
  return {
    id: person.id,
    name: person.name,
    phone: person.phone,
    isSubscribed: person.isSubscribed(),
    messages: person
      .history()
      .map((message) => ({ ...message, carousel: laidOut(message.carousel) })),
    keyboard: laidOut(Buttons),
    inputField: InputFieldState,
  }
}

function laidOut(buttons: ViberButton[]) {
  return keyboardRows(buttons).map((row) =>
    row.buttons.map((button) => ({
      label: labelOf(button),
      columns: button.Columns ?? 6,
      rows: button.Rows ?? 1,
      color: button.BgColor ?? null,
      type: button.ActionType ?? 'reply',
    })),
  )
}
