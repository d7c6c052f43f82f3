import { type ChildProcess, fork } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import http from 'node:http'
import { type AddressInfo } from 'node:net'
import path from 'node:path'
import pg from 'pg'
import { openTown } from '../../core/db/open-town.ts'
import { contextOf } from '../../core/town.ts'
import { openLog } from '../../log.ts'
import { seedBenchTown } from './seed-town.ts'

/** A run of updates against one bot. Rates are a second, times milliseconds. */
type TurnRun = {
  turnsPerSecond: number
  statementsPerTurn: number
  commitsPerTurn: number
  cpuMsPerTurn: number
}
export type TurnBench = {
  ours: TurnRun
  echo: TurnRun
  ratio: number
  synchronousCommit: string
  at200: { p50Ms: number; p95Ms: number }
  idleMb: number
}

const TOKEN = '7100:bench'
const CHATS = 400
const TURNS = 6_000
const WARM_UP = 1_000
/** Updates under way at once, as Telegram's `max_connections` allows. */
const AT_ONCE = 40
const STEADY_PER_SECOND = 200
const STEADY_SECONDS = 10

/**
 * Durable turns a second (balance asked: inbox, dialog, ledger, outbox, answer) against a bare
 * grammY webhook echo on the same stub in the same run. The database is a PostgreSQL server with
 * `synchronous_commit = on`, or it throws: a turn that may be lost is no durable turn.
 */
export async function benchTurns(databaseUrl: string): Promise<TurnBench> {
  const stub = await openStub()
  const schema = `bench_${process.pid}`
  await seed(databaseUrl, schema)
  const product = await start('turn-server.ts', [stub.url, databaseUrl, schema, TOKEN])
  const idleMb = Math.round((await product.stats()).rss / 1024 / 1024)
  const echo = await start('echo-server.ts', [stub.url, TOKEN])
  try {
    if (product.synchronousCommit !== 'on')
      throw new Error(`synchronous_commit is ${product.synchronousCommit}, not on`)
    await run(product, stub, WARM_UP)
    await run(echo, stub, WARM_UP)
    // Turn about, so that a busy neighbour slows both.
    const runs = { ours: [] as TurnRun[], echo: [] as TurnRun[] }
    for (let round = 0; round < 3; round++) {
      runs.ours.push(await run(product, stub, TURNS / 3))
      runs.echo.push(await run(echo, stub, TURNS / 3))
    }
    const at200 = await runSteady(product, stub)
    const ours = mean(runs.ours)
    const floor = mean(runs.echo)
    return {
      ours,
      echo: floor,
      ratio: ours.turnsPerSecond / floor.turnsPerSecond,
      synchronousCommit: product.synchronousCommit,
      at200,
      idleMb,
    }
  } finally {
    product.child.disconnect()
    echo.child.disconnect()
    stub.close()
    await drop(databaseUrl, schema)
  }
}

async function seed(databaseUrl: string, schema: string): Promise<void> {
  const log = openLog('error')
  const database = await openTown({ schema, databaseUrl, log })
  const settings = { name: 'bench', country: 'ua', currency: 'UAH', zone: 'Europe/Kyiv' } as const
  await seedBenchTown(await contextOf(database, settings, log), CHATS)
  await database.close()
}

async function drop(databaseUrl: string, schema: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query(`drop schema "${schema}" cascade`)
  await client.end()
}

type Stub = {
  url: string
  /** Called with the chat of each sent message. */
  onSent: (chat: number) => void
  close: () => void
}

// Answers every method at once: what is measured is the bot, not Telegram.
async function openStub(): Promise<Stub> {
  const stub: Stub = { url: '', onSent: () => undefined, close: () => server.close() }
  let messages = 0
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const method = request.url?.split('/').at(-1) ?? ''
      response.setHeader('content-type', 'application/json')
      if (method !== 'sendMessage') {
        const me = { id: 7100, is_bot: true, first_name: 'bench', username: 'bench_bot' }
        response.end(JSON.stringify({ ok: true, result: method === 'getMe' ? me : true }))
        return
      }
      const sent = JSON.parse(Buffer.concat(chunks).toString()) as { chat_id: string | number }
      const chat = { id: Number(sent.chat_id), type: 'private', first_name: 'x' }
      const result = { message_id: ++messages, date: 0, chat, text: '' }
      response.end(JSON.stringify({ ok: true, result }))
      stub.onSent(chat.id)
    })
  })
  server.keepAliveTimeout = 65_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  stub.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return stub
}

type Stats = { statements: number; transactions: number; cpuMs: number; rss: number }
type Subject = {
  child: ChildProcess
  url: string
  synchronousCommit: string
  stats: () => Promise<Stats>
}

async function start(file: string, argv: string[]): Promise<Subject> {
  const child = fork(path.join(import.meta.dirname, file), argv, {
    execArgv: ['--import', 'tsx'],
  })
  const [ready] = (await once(child, 'message')) as [{ url: string; synchronousCommit?: string }]
  return {
    child,
    url: ready.url,
    synchronousCommit: ready.synchronousCommit ?? '',
    stats: async () => {
      child.send('stats')
      const [stats] = (await once(child, 'message')) as [Stats]
      return stats
    },
  }
}

let updateId = 1
const agent = new http.Agent({ keepAlive: true, maxSockets: AT_ONCE })
const secret = createHmac('sha256', TOKEN).update('webhook').digest('hex')

function sendUpdate(url: string, chat: number): Promise<void> {
  const from = { id: chat, is_bot: false, first_name: 'x', language_code: 'uk' }
  const update = {
    update_id: updateId++,
    message: { message_id: 1, date: 0, chat: { id: chat, type: 'private' }, from, text: 'баланс' },
  }
  const json = JSON.stringify(update)
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(json),
    'x-telegram-bot-api-secret-token': secret,
  }
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', agent, headers }
    const request = http.request(`${url}/webhooks/telegram`, options, (response) => {
      response.resume()
      response.on('end', () => resolve())
    })
    request.on('error', reject)
    request.end(json)
  })
}

// As many updates as fit, each chat's next one after its answer.
async function run(subject: Subject, stub: Stub, turns: number): Promise<TurnRun> {
  const before = await subject.stats()
  const startedAt = performance.now()
  let sent = 0
  await new Promise<void>((resolve, reject) => {
    let answered = 0
    const next = (chat: number) => {
      if (sent >= turns) return
      sent++
      sendUpdate(subject.url, chat).catch(reject)
    }
    stub.onSent = (chat) => {
      answered++
      if (answered === turns) resolve()
      else next(chat)
    }
    for (let chat = 1; chat <= CHATS; chat++) next(chat)
  })
  const seconds = (performance.now() - startedAt) / 1000
  const after = await subject.stats()
  return {
    turnsPerSecond: turns / seconds,
    statementsPerTurn: (after.statements - before.statements) / turns,
    commitsPerTurn: (after.transactions - before.transactions) / turns,
    cpuMsPerTurn: (after.cpuMs - before.cpuMs) / turns,
  }
}

async function runSteady(subject: Subject, stub: Stub): Promise<{ p50Ms: number; p95Ms: number }> {
  const startedAt = new Map<number, number>()
  const times: number[] = []
  stub.onSent = (chat) => times.push(performance.now() - (startedAt.get(chat) ?? 0))
  const total = STEADY_PER_SECOND * STEADY_SECONDS
  const begin = performance.now()
  for (let index = 0; index < total; index++) {
    const due = begin + (index * 1000) / STEADY_PER_SECOND
    const waitMs = due - performance.now()
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
    const chat = (index % CHATS) + 1
    startedAt.set(chat, performance.now())
    void sendUpdate(subject.url, chat)
  }
  while (times.length < total && performance.now() - begin < STEADY_SECONDS * 3_000)
    await new Promise((resolve) => setTimeout(resolve, 50))
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.floor(times.length * share)] ?? Number.NaN
  return { p50Ms: at(0.5), p95Ms: at(0.95) }
}

function mean(runs: readonly TurnRun[]): TurnRun {
  const average = (name: keyof TurnRun) =>
    runs.reduce((total, each) => total + each[name], 0) / runs.length
  return {
    turnsPerSecond: average('turnsPerSecond'),
    statementsPerTurn: average('statementsPerTurn'),
    commitsPerTurn: average('commitsPerTurn'),
    cpuMsPerTurn: average('cpuMsPerTurn'),
  }
}
