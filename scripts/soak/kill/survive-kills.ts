import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Town } from '../../../core/context.ts'
import { openTown } from '../../../core/db/open-town.ts'
import { contextOf } from '../../../core/town.ts'
import { openLog } from '../../../log.ts'
import { seededRandom } from '../../simulator/faults.ts'
import { type Simulator, startSimulator } from '../../simulator/simulator.ts'
import { checkPromises, type Promises } from './check-promises.ts'
import { createResident, type Resident } from './resident.ts'
import { type Household, seedTown } from './seed-town.ts'
import { runProgram, type ServerProcess, type Settings, startServer } from './server-process.ts'

export type KillOptions = {
  /** A PostgreSQL server, where the town gets a schema of its own; without it, embedded. */
  databaseUrl?: string | undefined
  /** Telegram by long polling and no public address; nobody uses Viber then, it cannot be polled. */
  polled?: boolean
  residents: number
  kills: number
  /** The same seed kills after the same pauses; what runs at that instant differs all the same. */
  seed: number
  onKill?: (count: number) => void
}

export type KillReport = Promises & {
  kills: number
  /** The longest anybody waited for an answer. */
  slowestMs: number
  /** Where the town is left when a promise was broken; null when nothing of it stays. */
  left: string | null
}

const TELEGRAM_TOKEN = '7001:soak-token-of-nobody'
const VIBER_TOKEN = 'soak-viber-token-of-nobody'
const SETTINGS = { name: 'Тестове', country: 'ua', currency: 'UAH', zone: 'Europe/Kyiv' } as const
const START_MS = 1_500
const RUN_MS = 4_000
const ANSWERS_MAX = 150
const QUIET_MS = 60_000
const QUIET_STEP_MS = 100

/**
 * Lets residents of a simulated town talk to the real server process while it is killed again and
 * again, by SIGKILL and restarted at once, and tells whether every promise was kept. Throws when
 * the server does not start again, or ends by itself.
 */
export async function surviveKills(options: KillOptions): Promise<KillReport> {
  const place = await choosePlace(options.databaseUrl)
  const households = await place.use((town) => seedTown(town, options.residents))
  const simulator = await startSimulator({
    telegramToken: TELEGRAM_TOKEN,
    viberToken: VIBER_TOKEN,
    random: seededRandom(options.seed),
  })
  const port = await freePort()
  const settings = settingsOf(place.settings, simulator, port, options.polled === true)
  try {
    const { faults, residents } = await liveThroughKills(options, {
      embedded: options.databaseUrl === undefined,
      households,
      port,
      settings,
      simulator,
    })
    const promises = await place.use((town) => checkPromises(town, residents))
    const all = [...faults, ...promises.faults]
    if (all.length === 0) await place.remove()
    const slowestMs = Math.max(...residents.map((resident) => resident.slowestMs()))
    const left = all.length === 0 ? null : place.name
    return { ...promises, faults: all, kills: options.kills, slowestMs, left }
  } finally {
    await simulator.close()
  }
}

type Scene = {
  embedded: boolean
  households: readonly Household[]
  port: number
  settings: Settings
  simulator: Simulator
}

async function liveThroughKills(
  options: KillOptions,
  scene: Scene,
): Promise<{ residents: Resident[]; faults: string[] }> {
  const { embedded, households, port, settings, simulator } = scene
  const random = seededRandom(options.seed + 1)
  const answers = createCounter()
  const residents = households.map((household, index) =>
    createResident(simulator, {
      channel: options.polled || index % 2 === 0 ? 'telegram' : 'viber',
      household,
      random: seededRandom(options.seed + 2 + index),
      onShown: answers.add,
    }),
  )
  let enough = false
  const faults: string[] = []
  let server = startServer(settings)
  try {
    await server.ready
    const lives = residents.map((resident) => resident.live(() => enough))
    const stories = Promise.allSettled(lives)
    for (let kill = 1; kill <= options.kills; kill++) {
      await waitForMoment(kill, server, answers, random)
      await server.kill()
      faults.push(...server.errors)
      server = startServer(settings)
      options.onKill?.(kill)
      if (embedded && kill === 1) faults.push(...(await tryBeside(server, settings, port)))
    }
    await server.ready
    enough = true
    for (const story of await Promise.race([stories, server.death]))
      if (story.status === 'rejected') faults.push(String(story.reason))
    const isQuiet = await Promise.race([becomeQuiet(port, simulator), server.death])
    if (!isQuiet) faults.push('messages are still under way')
    for (const resident of residents) await resident.readOn()
    const exit = await server.stop()
    if (exit !== 0) faults.push(`the server ended with ${exit}`)
    return { residents, faults: [...faults, ...server.errors] }
  } finally {
    await server.stop()
  }
}

/** By turns: when an answer is on a screen and not yet noted as sent, at any time, during a start. */
async function waitForMoment(
  kill: number,
  server: ServerProcess,
  answers: Counter,
  random: () => number,
): Promise<void> {
  if (kill % 3 === 0) return sleep(random() * START_MS)
  await server.ready
  if (kill % 3 === 2) return sleep(random() * RUN_MS)
  const wanted = 1 + Math.floor(random() * ANSWERS_MAX)
  await Promise.race([answers.reach(wanted), sleep(RUN_MS)])
}

type Counter = { add: () => void; reach: (more: number) => Promise<void> }

function createCounter(): Counter {
  let count = 0
  let goal: { at: number; reached: () => void } | null = null
  return {
    add: () => {
      count += 1
      if (goal && count >= goal.at) goal.reached()
    },
    reach: (more) =>
      new Promise((resolve) => {
        goal = { at: count + more, reached: resolve }
      }),
  }
}

/** The data directory has one holder, and the holder does the commands of others. */
async function tryBeside(
  server: ServerProcess,
  settings: Settings,
  port: number,
): Promise<string[]> {
  await server.ready
  const faults: string[] = []
  const second = await runProgram(['server.ts'], { ...settings, PORT: String(port + 1) })
  if (second.exit === 0 || !second.words.includes('is held by another process'))
    faults.push(`a second process was not refused: ${second.words}`)
  const beside = await runProgram(['scripts/command.ts', 'verify'], settings)
  if (beside.exit !== 0) faults.push(`a command beside the server failed: ${beside.words}`)
  return faults
}

/** Waits until no update and no answer is under way; false when that does not come. */
async function becomeQuiet(port: number, { telegram, viber }: Simulator): Promise<boolean> {
  const deadline = performance.now() + QUIET_MS
  for (let quiet = 0; quiet < 3; await sleep(QUIET_STEP_MS)) {
    if (performance.now() > deadline) return false
    const pending = Number(telegram.webhookInfo()['pending_update_count']) + viber.pending()
    const queues = await readQueues(port)
    const isQuiet = pending === 0 && queues?.inbox.waiting === 0 && queues.outbox.waiting === 0
    quiet = isQuiet ? quiet + 1 : 0
  }
  return true
}

type Queues = Record<'inbox' | 'outbox', { waiting: number }>

async function readQueues(port: number): Promise<Queues | null> {
  const answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => null)
  return answer?.ok ? ((await answer.json()) as Queues) : null
}

function settingsOf(
  place: Settings,
  simulator: Simulator,
  port: number,
  polled: boolean,
): Settings {
  const common = {
    ...place,
    PORT: String(port),
    TELEGRAM_TOKEN,
    TELEGRAM_API_ROOT: simulator.telegramApiRoot,
  }
  if (polled) return common
  const viber = { VIBER_TOKEN, VIBER_API_URL: simulator.viberApiUrl }
  return { ...common, ...viber, PUBLIC_URL: `http://127.0.0.1:${port}` }
}

/** Where the town of a run is kept. */
type Place = {
  name: string
  settings: Settings
  /** Opens it for the work; not while a server holds an embedded one. */
  use: <T>(work: (town: Town) => Promise<T>) => Promise<T>
  remove: () => Promise<void>
}

async function choosePlace(databaseUrl: string | undefined): Promise<Place> {
  const log = openLog('warn')
  const schema = `soak_${randomBytes(6).toString('hex')}`
  const dataDir = databaseUrl ? '' : await mkdtemp(path.join(tmpdir(), 'oselia-soak-'))
  const use: Place['use'] = async (work) => {
    const database = await openTown({ schema, databaseUrl, dataDir, log })
    try {
      return await work(await contextOf(database, SETTINGS, log))
    } finally {
      await database.close()
    }
  }
  const where = databaseUrl ? { DATABASE_URL: databaseUrl } : { DATA_DIR: dataDir }
  return {
    name: databaseUrl ? `schema ${schema}` : dataDir,
    settings: { ...where, TOWN_SCHEMA: schema },
    use,
    remove: databaseUrl
      ? () =>
          use(async ({ sql }) => {
            await sql.unsafe(`SET client_min_messages = error; DROP SCHEMA ${schema} CASCADE`)
          })
      : () => rm(dataDir, { recursive: true }),
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
