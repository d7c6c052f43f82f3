import { expect, it } from '@jest/globals'
import { surviveKills } from '../../scripts/soak/kill/survive-kills.ts'
import { serverUrl } from '../support/backends.ts'

const embedded = [{ where: 'the embedded database', options: { residents: 20, kills: 1 } }]
const common = { databaseUrl: serverUrl, residents: 30 }
const server = [
  { where: 'PostgreSQL by webhooks', options: { ...common, kills: 2 } },
  { where: 'PostgreSQL by long polling', options: { ...common, kills: 1, polled: true } },
]

it.each(serverUrl ? [...embedded, ...server] : embedded)(
  'SIGKILL loses, doubles and leaves unanswered nothing of what residents send, on $where',
  async ({ options }) => {
    const report = await surviveKills({ ...options, seed: 11 })
    expect(report).toMatchObject({ lost: 0, doubled: 0, faults: [], left: null })
    expect(report.readings).toBeGreaterThanOrEqual(options.residents)
  },
)
