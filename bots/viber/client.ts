import http from 'node:http'
import https from 'node:https'
import { parseExact } from './exact-json.ts'

/** Viber said no: `status` is its own code, HTTP is 200 all the same. */
export class ViberApiError extends Error {
  readonly status: number
  constructor(status: number, method: string) {
    super(`Viber refused ${method} with status ${status}`)
    this.name = 'ViberApiError'
    this.status = status
  }
}

type ViberAnswer = { status: number; message_token?: string }
export type ViberClient = {
  call: (method: string, body: object) => Promise<ViberAnswer>
  close: () => void
}

const DEADLINE_MS = 10_000
const ANSWER_BYTES_MAX = 1024 * 1024

/**
 * Viber's REST API over kept-alive connections. `call` throws ViberApiError when Viber refuses and
 * another Error when it could not be asked in ten seconds; neither holds the token.
 */
export function openViberClient(baseUrl: string, token: string): ViberClient {
  const transport = baseUrl.startsWith('https:') ? https : http
  const agent = new transport.Agent({ keepAlive: true, maxSockets: 32 })
  const base = baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`

  async function call(method: string, body: object): Promise<ViberAnswer> {
    const text = await post(new URL(method, base), JSON.stringify(body))
    const answer = parseExact(text) as ViberAnswer
    if (answer.status !== 0) throw new ViberApiError(answer.status, method)
    return answer
  }

  function post(url: URL, json: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const headers = {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(json),
        'x-viber-auth-token': token,
      }
      const options = { method: 'POST', agent, headers, signal: AbortSignal.timeout(DEADLINE_MS) }
      const request = transport.request(url, options, (response) => {
        const chunks: Buffer[] = []
        let size = 0
        response.on('data', (chunk: Buffer) => {
          size += chunk.length
          if (size > ANSWER_BYTES_MAX) request.destroy(new Error('answer too large'))
          chunks.push(chunk)
        })
        response.on('error', reject)
        response.on('end', () => {
          if (response.statusCode === 200) resolve(Buffer.concat(chunks).toString('utf8'))
          else reject(new Error(`HTTP ${response.statusCode}`))
        })
      })
      request.on('error', reject)
      request.end(json)
    })
  }

  return { call, close: () => agent.destroy() }
}
