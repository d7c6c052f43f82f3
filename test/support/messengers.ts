import { once } from 'node:events'
import { type AddressInfo } from 'node:net'
import { afterAll } from '@jest/globals'
import { createApp } from '../../api/app.ts'
import { type Bots, openBots } from '../../bots/bots.ts'
import { type Simulator, startSimulator } from '../../scripts/simulator/simulator.ts'
import { type TestTown } from './town.ts'

export type Messengers = {
  simulator: Simulator
  url: string
  /** Waits until every update is handled and every due message sent. */
  settle: () => Promise<void>
}

export const TELEGRAM_TOKEN = '7001:test-token-of-nobody'
export const VIBER_TOKEN = 'test-viber-token-of-nobody'
const SETTLE_MS = 15_000
const SETTLE_STEP_MS = 5

/**
 * The whole way of a message for one test file: simulated messengers, webhooks over HTTP, inbox,
 * worker, flows, outbox, delivery; `lanes` turns at a time. Closed after its tests.
 */
export async function openMessengers(
  town: TestTown,
  { lanes = town.database.embedded ? 1 : 4 } = {},
): Promise<Messengers> {
  const simulator = await startSimulator({
    telegramToken: TELEGRAM_TOKEN,
    viberToken: VIBER_TOKEN,
    retryMs: 20,
  })
  let bots: Bots | null = null
  const app = createApp(
    { ...town, prisma: town.database.prisma },
    {
      webhook: (name) => bots?.webhooks[name],
      openFile: async (token) => (await bots?.openFile(token)) ?? null,
    },
  )
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  bots = openBots(town, {
    telegram: { token: TELEGRAM_TOKEN, apiRoot: simulator.telegramApiRoot },
    viber: { token: VIBER_TOKEN, apiUrl: simulator.viberApiUrl },
    publicUrl: url,
    lanes,
  })
  await bots.start()
  afterAll(async () => {
    await bots?.stop()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await simulator.close()
  })
  return { simulator, url, settle: () => settle(town, simulator) }
}

async function settle(town: TestTown, simulator: Simulator): Promise<void> {
  const deadline = Date.now() + SETTLE_MS
  for (let quiet = 0; quiet < 2;) {
    if (Date.now() > deadline) throw new Error('messages are still under way')
    await simulator.telegram.idle()
    await simulator.viber.idle()
    const { waiting } = await town.sql.one<{ waiting: number }>`
      select (select count(*)::int4 from inbox where state = 'waiting')
        + (select count(*)::int4 from outbox where state = 'waiting'
            and not_before <= ${town.now()}::timestamptz + interval '1 minute') as waiting`
    quiet = waiting === 0 ? quiet + 1 : 0
    await new Promise((resolve) => setTimeout(resolve, SETTLE_STEP_MS))
  }
}
