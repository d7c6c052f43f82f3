import { EventEmitter } from 'node:events'
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo } from 'node:net'
import { createControl } from './control.ts'
import { createFaults, type Faults, seededRandom } from './faults.ts'
import { createFileStore } from './file-store.ts'
import { createPage, type PageLink } from './page/page.ts'
import { createTelegram, type Telegram } from './telegram/telegram.ts'
import { createViber, type Viber } from './viber/viber.ts'
import { createClient } from './wire.ts'

const RETRY_MS = 250
// longer than clients keep an idle connection: a shorter time makes sends fail under load
const KEEP_ALIVE_MS = 65_000

export type SimulatorOptions = {
  /** 0, unless told otherwise, takes any free port. */
  port?: number
  /** Loopback unless told otherwise: whoever reaches the simulator controls it. */
  host?: string
  telegramToken: string
  viberToken: string
  /** A second Telegram bot, for the crews; without it there is none. */
  crewToken?: string
  botNames?: { telegram?: string; crew?: string; viber?: string }
  /** Numbers from 0 up to 1; seeded with 1 unless told otherwise. */
  random?: () => number
  now?: () => Date
  /** The first pause before an update that was not taken is sent again; 250 ms unless told. */
  retryMs?: number
  /**
   * Added to the numbers of updates, messages and people; 0 unless told. A bot that keeps its data
   * over a restart of the simulator must not meet the same numbers again.
   */
  firstNumber?: number
  /** Lines at the top of the page: what to try. */
  hints?: string[]
  links?: PageLink[]
}

export type Simulator = {
  /** The page with the phones. */
  url: string
  /** For grammY's `apiRoot`; telegraf takes it as well. */
  telegramApiRoot: string
  /** What comes before `/send_message`. */
  viberApiUrl: string
  telegram: Telegram
  crew: Telegram | null
  viber: Viber
  faults: Faults
  /** The real services' budgets of sends; off at first. */
  setBudgets: (on: boolean) => void
  close: () => Promise<void>
}

/** Telegram's and Viber's servers and a page with their phones, in this process's memory. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { host = '127.0.0.1', now = () => new Date(), botNames = {} } = options
  const server = http.createServer()
  server.keepAliveTimeout = KEEP_ALIVE_MS
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, host, resolve)
  })
  const { port } = server.address() as AddressInfo
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`

  let hasBudgets = false
  const random = options.random ?? seededRandom(1)
  const services = {
    faults: createFaults(random),
    files: createFileStore(url),
    client: createClient(),
    changes: new EventEmitter().setMaxListeners(0),
    random,
    nowMs: () => now().getTime(),
    retryMs: options.retryMs ?? RETRY_MS,
    firstNumber: options.firstNumber ?? 0,
    hasBudgets: () => hasBudgets,
  }
  const telegramBot = (wire: 'telegram' | 'crew', token: string, name: string) =>
    createTelegram({ ...services, wire, token, name, username: `simulated_${wire}_bot` })
  const names = {
    telegram: botNames.telegram ?? 'Оселя',
    crew: botNames.crew ?? 'Оселя: бригади',
    viber: botNames.viber ?? 'Оселя',
  }
  const telegram = telegramBot('telegram', options.telegramToken, names.telegram)
  const crew = options.crewToken ? telegramBot('crew', options.crewToken, names.crew) : null
  const viber = createViber({ ...services, token: options.viberToken, name: names.viber })

  const setBudgets = (on: boolean) => {
    hasBudgets = on
  }
  const bots = { telegram, crew, viber }
  const control = createControl({ ...services, bots, setBudgets })
  const { hints = [], links = [] } = options
  const page = createPage({ hints, links, names, hasCrew: crew !== null })
  server.on('request', (req, res) => {
    route(req, res, { bots, control, page }).catch((error: unknown) => fail(res, error))
  })

  return {
    url,
    telegramApiRoot: url,
    viberApiUrl: `${url}/pa`,
    telegram,
    crew,
    viber,
    faults: services.faults,
    setBudgets,
    close: async () => {
      telegram.close()
      crew?.close()
      viber.close()
      services.client.close()
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

type Bots = { telegram: Telegram; crew: Telegram | null; viber: Viber }

type Handlers = {
  bots: Bots
  control: (req: IncomingMessage, res: ServerResponse, path: string) => Promise<void>
  page: (res: ServerResponse, path: string) => Promise<void>
}

async function route(req: IncomingMessage, res: ServerResponse, handlers: Handlers): Promise<void> {
  const { bots, control, page } = handlers
  const [path = '/', query = ''] = (req.url ?? '/').split('?', 2)
  const method = /^\/bot([^/]+)\/(\w+)$/.exec(path)
  if (method) {
    const bot = botOf(bots, method[1])
    if (bot) return bot.handle(req, res, method[2] ?? '', query)
    return unauthorized(res)
  }
  const file = /^\/file\/bot([^/]+)\/(.+)$/.exec(path)
  if (file) {
    const bot = botOf(bots, file[1])
    return bot ? bot.handleFile(res, file[2] ?? '') : unauthorized(res)
  }
  if (path.startsWith('/pa/')) return bots.viber.handle(req, res, path.slice('/pa/'.length))
  if (path.startsWith('/simulator/')) return control(req, res, req.url ?? path)
  return page(res, path)
}

function botOf({ telegram, crew }: Bots, token: string | undefined): Telegram | undefined {
  return [telegram, crew].find((bot) => bot?.token === token) ?? undefined
}

function unauthorized(res: ServerResponse): void {
  res.writeHead(401, { 'content-type': 'application/json' })
  res.end(JSON.stringify({ ok: false, error_code: 401, description: 'Unauthorized' }))
}

function fail(res: ServerResponse, error: unknown): void {
  if (!res.headersSent) res.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' })
  res.end(String(error))
}
