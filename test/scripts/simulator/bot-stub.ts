import http from 'node:http'
import { type AddressInfo } from 'node:net'
import {
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../../../scripts/simulator/simulator.ts'

export const TELEGRAM_TOKEN = '111:telegram-token'
export const CREW_TOKEN = '222:crew-token'
export const VIBER_TOKEN = 'viber-token'

export function startTestSimulator(options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  return startSimulator({
    telegramToken: TELEGRAM_TOKEN,
    crewToken: CREW_TOKEN,
    viberToken: VIBER_TOKEN,
    retryMs: 10,
    ...options,
  })
}

type Json = Record<string, unknown>
export type BotApiAnswer = {
  ok: boolean
  result: Json & { message_id: number; message_thread_id: number }
  error_code: number
  description: string
  parameters?: Json
}

/** Calls a Bot API method with a JSON body, as no library would. */
export async function callTelegram(
  simulator: Simulator,
  method: string,
  body: Json = {},
): Promise<BotApiAnswer> {
  const response = await fetch(`${simulator.telegramApiRoot}/bot${TELEGRAM_TOKEN}/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return (await response.json()) as BotApiAnswer
}

/** Calls a Viber method; the answer's text keeps the digits that JSON.parse would lose. */
export async function callViber(
  simulator: Simulator,
  method: string,
  body: Json = {},
  token: string | null = VIBER_TOKEN,
): Promise<{ text: string; json: Json }> {
  const response = await fetch(`${simulator.viberApiUrl}/${method}`, {
    method: 'POST',
    headers: { ...(token && { 'X-Viber-Auth-Token': token }) },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  return { text, json: JSON.parse(text) as Json }
}

export type Received = { headers: http.IncomingHttpHeaders; raw: string; json: Json; path: string }
type Reply = { status?: number; body?: unknown }

export type Hook = {
  url: string
  received: Received[]
  close: () => Promise<void>
}

/** A server of the bot's: remembers what it is sent; `answer` decides, 200 unless it says other. */
export async function startHook(
  answer: (request: Received, number: number) => Reply | Promise<Reply> | undefined = () => ({}),
): Promise<Hook> {
  const received: Received[] = []
  const server = http.createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      const raw = Buffer.concat(chunks).toString()
      const json = raw ? (JSON.parse(raw) as Json) : {}
      const request = { headers: req.headers, raw, json, path: req.url ?? '' }
      received.push(request)
      void Promise.resolve(answer(request, received.length)).then((reply) => {
        res.writeHead(reply?.status ?? 200, { 'content-type': 'application/json' })
        res.end(reply?.body === undefined ? '' : JSON.stringify(reply.body))
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

/** A PNG of one grey pixel. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
  'base64',
)
