import { expect, it } from '@jest/globals'
import { surviveMonths } from '../../../../scripts/soak/month/survive-month.ts'
import { serverUrl } from '../../../support/backends.ts'

const PATIENCE_MS = 240_000
const embedded = [{ where: 'the embedded database', options: { accounts: 600, kills: 2 } }]
const server = [
  { where: 'PostgreSQL', options: { databaseUrl: serverUrl, accounts: 1_100, kills: 5 } },
]

it.each(serverUrl ? [...embedded, ...server] : embedded)(
  'SIGKILL of its workers leaves no half of a month, and not another kopeck, on $where',
  async ({ options }) => {
    const report = await surviveMonths({ ...options, seed: 7 })
    expect(report).toMatchObject({ faults: [], left: null })
    expect(report.kills).toBeGreaterThanOrEqual(options.kills)
    expect(report.compared).toBeGreaterThan(options.accounts)
  },
  PATIENCE_MS,
)
