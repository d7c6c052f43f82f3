import { createHmac } from 'node:crypto'
import { Api } from 'grammy'
import { type Channel } from '../core/access/channel.ts'
import { type Context } from '../core/context.ts'
import { findFileLink, openFileLink } from '../core/documents/file-link.ts'
import { openInbox } from '../core/inbox/accept-update.ts'
import { type Language, openTranslator, type Translate } from '../templates/translate.ts'
import { type Delivery, startDelivery } from './delivery/delivery.ts'
import { type DrawDocument, type DrawnFile, openDocuments } from './delivery/draw-document.ts'
import { type Sender } from './delivery/sender.ts'
import { openCommands } from './dialog/commands.ts'
import { type Engine } from './dialog/engine.ts'
import { type Handled } from './dialog/handle-updates.ts'
import { type Webhook } from './dialog/webhook.ts'
import { startWorker } from './dialog/worker.ts'
import { humanLines } from './flows/contacts.ts'
import { openFlows } from './flows/flows.ts'
import { openIntents } from './flows/intents.ts'
import { fetchOverHttp } from './telegram/fetch.ts'
import { introduce, IntroductionError } from './telegram/introduce.ts'
import { pollUpdates } from './telegram/poll.ts'
import { readUpdate as readTelegram } from './telegram/read-update.ts'
import { telegramSender } from './telegram/sender.ts'
import { telegramWebhook } from './telegram/webhook.ts'
import { openViberClient, ViberApiError } from './viber/client.ts'
import { readUpdate as readViber } from './viber/read-update.ts'
import { type PublishDocument, viberSender } from './viber/sender.ts'
import { viberWebhook } from './viber/webhook.ts'
import { openWelcome } from './viber/welcome.ts'

export type BotsOptions = {
  telegram: { token: string; apiRoot?: string | undefined } | null
  viber: { token: string; apiUrl?: string | undefined } | null
  /** Where messengers reach us; without it Telegram is polled and Viber cannot work. */
  publicUrl: string | undefined
  /** Transactions at a time; one on the embedded database. */
  lanes: number
  /** Format of the payment code on bills; 002 unless told otherwise. */
  billQr?: '002' | '003'
}

export type Bots = {
  /** To be served under `/webhooks/<name>`. */
  webhooks: Record<string, Webhook>
  /** A document by its token, for messengers that fetch files; null when unknown or expired. */
  openFile: (token: string) => Promise<DrawnFile | null>
  /** Tells the messengers where to send updates; the webhooks must be served by now. */
  start: () => Promise<void>
  /** Ends after the turns under way are committed and their answers sent. */
  stop: () => Promise<void>
}

const TELEGRAM_TIMEOUT_SECONDS = 15
const INTRODUCE_AGAIN_MS = 10_000
const VIBER_API_URL = 'https://chatapi.viber.com/pa/'
const VIBER_EVENTS = [
  'delivered',
  'seen',
  'failed',
  'subscribed',
  'unsubscribed',
  'conversation_started',
]

/** The residents' bots of a town: updates in, turns, answers out. */
export function openBots(ctx: Context, options: BotsOptions): Bots {
  const translate = openTranslator(ctx.currency)
  const engine = openEngine(translate)
  const draw = openDocuments(ctx, translate, options.billQr)
  const api = openTelegram(options)
  const viber = options.viber
    ? openViberClient(options.viber.apiUrl ?? VIBER_API_URL, options.viber.token)
    : null

  const callOperator = (channel: Channel) => (status: number) =>
    ctx.log.error({ channel, status }, 'the messenger refuses the bot: an operator must look')
  const senders: Record<Channel, Sender> = {
    telegram: api ? telegramSender(api, translate, draw, callOperator('telegram')) : away,
    viber: viber
      ? viberSender(viber, translate, publisher(ctx, options, draw), callOperator('viber'))
      : away,
  }
  const delivery = startDelivery(ctx, senders)
  const worker = startWorker(
    ctx,
    engine,
    { telegram: readTelegram, viber: readViber },
    { lanes: options.lanes, onHandled: (handled) => deliver(handled, delivery, api, engine) },
  )
  const inbox = openInbox(ctx, worker.wake)
  // Asked by the last part of an address: `constructor` must not be found.
  const webhooks = Object.create(null) as Record<string, Webhook>
  if (options.telegram)
    webhooks['telegram'] = telegramWebhook(secretOf(options.telegram.token), inbox)
  if (options.viber)
    webhooks['viber'] = viberWebhook(options.viber.token, inbox, openWelcome(ctx, engine))

  let stopPolling: (() => Promise<void>) | null = null
  const { desist, hasEnded, insist } = openInsistence(ctx)
  return {
    webhooks,
    openFile: async (token) => {
      const document = await findFileLink(ctx, token)
      return document && draw(document)
    },
    start: async () => {
      const { publicUrl, telegram } = options
      await insist('telegram', async () => {
        if (!api || !telegram) return
        await introduce(api, { translate, publicUrl, secret: secretOf(telegram.token) })
        // The end may have come while Telegram was thinking.
        if (!publicUrl && !hasEnded()) stopPolling = pollUpdates(api, inbox, ctx.log)
      })
      await insist('viber', async () => {
        await viber?.call('set_webhook', {
          url: `${publicUrl}/webhooks/viber`,
          event_types: VIBER_EVENTS,
          send_name: false,
          send_photo: false,
        })
      })
    },
    stop: async () => {
      desist()
      await stopPolling?.()
      await worker.stop()
      await delivery.stop()
      viber?.close()
    },
  }
}

function openEngine(translate: (language: Language) => Translate): Engine {
  const intents = openIntents(translate)
  return {
    flows: openFlows(intents),
    translate,
    commands: openCommands(translate),
    isEmergency: intents.isEmergency,
    isMeaningful: intents.isMeaningful,
    humanLines,
  }
}

function openTelegram({ telegram }: BotsOptions): Api | null {
  if (!telegram) return null
  return new Api(telegram.token, {
    timeoutSeconds: TELEGRAM_TIMEOUT_SECONDS,
    // grammY reads status and JSON of an answer, nothing else of the type.
    fetch: fetchOverHttp as unknown as typeof fetch,
    ...(telegram.apiRoot ? { apiRoot: telegram.apiRoot } : {}),
  })
}

// Viber fetches papers by itself: each gets an address nobody can guess.
function publisher(ctx: Context, { publicUrl }: BotsOptions, draw: DrawDocument): PublishDocument {
  return async (document) => {
    const { bytes, name } = await draw(document)
    const token = await openFileLink(ctx, document)
    const url = `${publicUrl}/files/${token}/${encodeURIComponent(name)}`
    return { url, bytes: bytes.length, name }
  }
}

/** Tries again what a messenger did not take, until it does or `desist` ends it. */
function openInsistence({ log }: Context) {
  const timers = new Map<Channel, NodeJS.Timeout>()
  let ended = false
  // A messenger that is away must not stop the other one, nor the start.
  async function insist(channel: Channel, introduction: () => Promise<void>): Promise<void> {
    try {
      await introduction()
    } catch (error) {
      log.warn({ channel, reason: reasonOf(error) }, 'the messenger cannot be told where we are')
      if (ended) return
      const again = () => void insist(channel, introduction)
      timers.set(channel, setTimeout(again, INTRODUCE_AGAIN_MS))
    }
  }
  const desist = () => {
    ended = true
    for (const timer of timers.values()) clearTimeout(timer)
  }
  return { insist, desist, hasEnded: () => ended }
}

// Nobody has to keep another secret: whoever has the token could set the webhook anyway.
function secretOf(token: string): string {
  return createHmac('sha256', token).update('webhook').digest('hex')
}

// Errors of these kinds are made without the token; the text of any other may hold it.
function reasonOf(error: unknown): string {
  if (error instanceof IntroductionError || error instanceof ViberApiError) return error.message
  return error instanceof Error ? error.name : 'unknown'
}

async function away() {
  return { sent: false, then: 'again', afterMs: null, error: 'channel-not-configured' } as const
}

function deliver(handled: Handled, delivery: Delivery, api: Api | null, engine: Engine): void {
  delivery.take(handled.letters)
  delivery.hear(handled.receipts)
  delivery.wake()
  for (const { callbackId, language, stale } of handled.presses) {
    const text = stale ? engine.translate(language as 'uk')('dialog:step-finished') : undefined
    // Only stops the button's spinning; a late one is refused and nothing is lost.
    api?.answerCallbackQuery(callbackId, text ? { text } : {}).catch(() => undefined)
  }
}
