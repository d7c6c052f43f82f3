import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import https from 'node:https'

const AGENT_SOCKETS_MAX = 256

/** The whole body of a request or an answer; null when it is longer than `limitBytes`. */
export function readBody(stream: IncomingMessage, limitBytes: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    stream.on('data', (chunk: Buffer) => {
      length += chunk.length
      // the rest is still read: a client that is uploading sees the answer only afterwards
      if (length <= limitBytes) chunks.push(chunk)
      else chunks.length = 0
    })
    stream.on('end', () => resolve(length > limitBytes ? null : Buffer.concat(chunks)))
    stream.on('error', reject)
    stream.on('close', () => {
      if (!stream.complete) reject(new Error('the connection was closed in the middle of a body'))
    })
  })
}

/** Ends the answer with JSON text that is already written out. */
export function sendJson(res: ServerResponse, status: number, json: string): void {
  const body = Buffer.from(json)
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length })
  res.end(body)
}

type Answer = { status: number; headers: http.IncomingHttpHeaders; body: Buffer }

type Request = {
  method: 'GET' | 'HEAD' | 'POST'
  headers?: Record<string, string>
  body?: Buffer
  timeoutMs: number
  /** A longer answer is an error. */
  limitBytes: number
}

export type Client = {
  /** Rejects when the other side cannot be asked, is silent for too long or answers too much. */
  send: (url: string, request: Request) => Promise<Answer>
  close: () => void
}

/** What the messengers' own servers use to call webhooks and fetch media: keep-alive node:http. */
export function createClient(): Client {
  const agents = {
    'http:': new http.Agent({ keepAlive: true, maxSockets: AGENT_SOCKETS_MAX }),
    'https:': new https.Agent({ keepAlive: true, maxSockets: AGENT_SOCKETS_MAX }),
  }
  return {
    send: async (address, { method, headers, body, timeoutMs, limitBytes }) => {
      const url = new URL(address)
      const secure = url.protocol === 'https:'
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        const request = (secure ? https : http).request(url, {
          method,
          agent: secure ? agents['https:'] : agents['http:'],
          headers: { ...headers, ...(body && { 'content-length': String(body.length) }) },
          signal: AbortSignal.timeout(timeoutMs),
        })
        request.on('response', resolve)
        request.on('error', reject)
        request.end(body)
      })
      const bytes = await readBody(response, limitBytes)
      if (!bytes) throw new Error(`the answer is longer than ${limitBytes} bytes`)
      return { status: response.statusCode ?? 0, headers: response.headers, body: bytes }
    },
    close: () => {
      agents['http:'].destroy()
      agents['https:'].destroy()
    },
  }
}
