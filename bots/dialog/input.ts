import { type Channel } from '../../core/access/channel.ts'

/** What a person did, as an adapter understood it. */
export type RawInput =
  | { kind: 'text'; text: string }
  /** A button's token; in Viber it arrives as text and is told apart by its form. */
  | { kind: 'button'; token: string }
  /** `own` only when the messenger itself proves that it is the sender's number. */
  | { kind: 'contact'; phone: string; own: boolean }
  | { kind: 'start'; payload: string | null }
  | { kind: 'photo' }
  | { kind: 'other' }

/** One update of a messenger in neutral form. */
export type Update =
  | {
      kind: 'said'
      channel: Channel
      externalId: string
      /** A language the messenger reports; only a first guess. */
      languageHint: string | null
      input: RawInput
      /** Telegram's callback to answer, so that its button stops spinning. */
      callbackId?: string
    }
  /** Said in a group: answered by nothing personal. `chat` is where to answer. */
  | { kind: 'group'; channel: Channel; chat: string; addressed: boolean }
  /** The person blocked the bot or came back. */
  | { kind: 'reachable'; channel: Channel; externalId: string; reachable: boolean }
  /** The messenger's news of a message it was given. */
  | ({ kind: 'receipt' } & Receipt)
  /** Nothing for us. */
  | { kind: 'ignored' }

/** How a message we sent fared. */
export type Receipt = {
  channel: Channel
  messageId: string
  state: 'delivered' | 'seen' | 'failed'
}

/** What a flow gets: a choice is already looked up among those just offered. */
export type Input =
  | { kind: 'entered' }
  | { kind: 'choice'; value: unknown }
  | { kind: 'text'; text: string }
  | { kind: 'contact'; phone: string; own: boolean }
  | { kind: 'photo' }
  | { kind: 'other' }
