import { once } from 'node:events'
import { type Server } from 'node:http'
import { type AddressInfo } from 'node:net'
import { createApp } from './api/app.ts'
import { type Bots, openBots } from './bots/bots.ts'
import { type Config, environment, readConfig } from './config.ts'
import { startChargingWorker } from './core/billing/run/charging-worker.ts'
import { type Town } from './core/context.ts'
import { openTown } from './core/db/open-town.ts'
import { releaseAnswers } from './core/outbox/deliver.ts'
import { contextOf } from './core/town.ts'
import { openLog } from './log.ts'
import { serveCommand } from './scripts/command.ts'
import { openDemo } from './scripts/demo.ts'
import { isDemoTown } from './scripts/demo-town.ts'
import { startSweeping } from './schedule.ts'

const config = readConfig(environment())
const log = openLog(config.logLevel)
const { database: where, town: settings } = config
let setReady: (town: Town) => void = () => undefined
const ready = new Promise<Town>((resolve) => (setReady = resolve))
const database = await openTown({
  schema: where.schema,
  databaseUrl: where.url,
  dataDir: where.dataDir,
  log,
  onDeath: () => process.exit(1),
  // A command may come before the town is ready: it waits.
  serve: async (request, output) => serveCommand(await ready, request, output),
}).catch((error: unknown) => {
  log.error(
    { reason: error instanceof Error ? error.message : 'unknown' },
    'the town does not open',
  )
  process.exit(1)
})
const town: Town = await contextOf(database, settings, log)
setReady(town)
// An embedded database has one process: whoever was sending before this start is dead.
if (database.embedded) await releaseAnswers(town)

// Without tokens a new embedded town is the demo; a real one runs without bots, its letters wait.
const hasTokens = config.telegram !== null || config.viber !== null
const isDemo = !hasTokens && database.embedded && (await isDemoTown(town))
if (!hasTokens && !isDemo) log.warn({}, 'no messenger has a token: the bots are silent')
const demo = isDemo ? await openDemo(town, config.http.port && config.http.port + 1) : null
const { bots, server, url } = await listen(demo ? demo.configure(config) : config)
await bots.start()
const stopSweeping = startSweeping(town)
const stopCharging = startChargingWorker(town)
log.info({ url, town: town.schema, embedded: database.embedded }, 'Oselia is ready')
demo?.present(url)

/** HTTP first: messengers check the webhook before they accept it. */
async function listen(chosen: Config): Promise<{ bots: Bots; server: Server; url: string }> {
  const { host, port, publicUrl } = chosen.http
  let bots: Bots | null = null
  const app = createApp(town, {
    webhook: (name) => bots?.webhooks[name],
    openFile: async (token) => (await bots?.openFile(token)) ?? null,
  })
  const server = app.listen(port, host)
  await once(server, 'listening')
  const url = `http://${host}:${(server.address() as AddressInfo).port}`
  bots = openBots(town, {
    telegram: chosen.telegram,
    viber: chosen.viber,
    publicUrl: publicUrl ?? (demo ? url : undefined),
    lanes: database.embedded ? 1 : chosen.workerLanes,
    billQr: chosen.billQr,
  })
  return { bots, server, url }
}

let stopping = false
async function stop(): Promise<void> {
  if (stopping) return
  stopping = true
  server.close()
  server.closeIdleConnections()
  stopSweeping()
  await stopCharging()
  await bots.stop()
  await demo?.close()
  await database.close()
  log.info({}, 'stopped')
  process.exit(0)
}
process.on('SIGTERM', () => void stop())
process.on('SIGINT', () => void stop())
